namespace Tillbridge.Tests.Architecture;

/// <summary>Who may use whom inside the library.</summary>
internal sealed class FolderRules(IReadOnlyDictionary<string, string[]> arrows)
{
    private const string Root = "Tillbridge";
    private const string Protocols = "Protocols";
    private const string Facades = "Facades";
    private const string Catalog = "Catalog";

    /// <summary>Left may use right; a folder may use itself, and every folder the root files.</summary>
    public static IReadOnlyDictionary<string, string[]> Ours { get; } = new Dictionary<string, string[]>
    {
        ["Domain"] = [],
        ["Wire"] = [],
        ["Transports"] = [],
        [Protocols] = ["Domain", "Wire", "Transports"],
        ["Journal"] = ["Domain"],
        ["Sessions"] = ["Domain", "Journal", "Transports", Protocols],
        [Facades] = ["Domain", "Sessions"],
        [Catalog] = ["Domain", "Transports", Protocols],
    };

    /// <summary>Why a type of one namespace must not use one of another; null when it may.</summary>
    public string? Forbids(string fromNamespace, string toNamespace)
    {
        if (Place.Of(toNamespace) is not { } to || Place.Of(fromNamespace) is not { } from) return null;
        if (to.Folder.Length == 0) return null;
        if (from.Folder.Length == 0) return "root files use no folder";
        if (!arrows.ContainsKey(from.Folder)) return $"folder {from.Folder} has no line in FolderRules";
        if (from.Folder != to.Folder) return ForbidsAcross(from, to);
        if (from.Folder is not (Protocols or Facades) || to.Slice.Length == 0 || from.Slice == to.Slice) return null;
        return from.Slice.Length == 0
            ? $"what {from.Folder} share never sees one of them"
            : $"siblings in {from.Folder} never see each other";
    }

    private string? ForbidsAcross(Place from, Place to)
    {
        if (!arrows[from.Folder].Contains(to.Folder)) return $"{from.Folder} may not use {to.Folder}";
        var isConcrete = to is { Folder: Protocols, Slice.Length: > 0 };
        return isConcrete && from.Folder != Catalog ? "from outside only the contract of Protocols is visible" : null;
    }

    /// <summary>A folder of the library, and inside of protocols and facades the one that is meant.</summary>
    private sealed record Place(string Folder, string Slice)
    {
        // Null when the namespace is not the library's.
        public static Place? Of(string name)
        {
            if (name == Root) return new("", "");
            if (!name.StartsWith(Root + ".", StringComparison.Ordinal)) return null;
            var parts = name.Split('.');
            return new(parts[1], parts.Length > 2 && parts[1] is Protocols or Facades ? parts.ElementAtOrDefault(2) ?? "" : "");
        }
    }
}
