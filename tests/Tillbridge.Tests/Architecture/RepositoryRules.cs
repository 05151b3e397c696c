using System.Text.RegularExpressions;

namespace Tillbridge.Tests.Architecture;

/// <summary>What holds for the repository as a whole.</summary>
internal static partial class RepositoryRules
{
    private const string Protocols = "src/Tillbridge/Protocols/";
    private const string Catalog = "src/Tillbridge/Catalog/ProtocolCatalog.cs";

    // A folder whose vectors carry the name of the wire and not of the class prefix.
    private static readonly Dictionary<string, string> VectorFolders = new()
    {
        ["BProtocol"] = "gpe",
        ["CaisseAp"] = "caisse-ap",
        ["PrivatBank"] = "privatbank-json",
    };

    /// <summary>Text files: everything that holds no zero byte.</summary>
    public static IEnumerable<(string File, string Text)> Texts() =>
        Repository.Files.Select(file => (file, Repository.Read(file))).Where(read => !read.Item2.Contains('\0', StringComparison.Ordinal));

    public static IEnumerable<Violation> ProtocolFolders(IReadOnlyCollection<string> files, string catalog)
    {
        bool Has(string start, string end = "") =>
            files.Any(file => file.StartsWith(start, StringComparison.Ordinal) && file.EndsWith(end, StringComparison.Ordinal));

        var names = files.Where(file => file.StartsWith(Protocols, StringComparison.Ordinal))
            .Select(file => file[Protocols.Length..].Split('/')).Where(parts => parts.Length > 1).Select(parts => parts[0]).Distinct();
        foreach (var name in names)
        {
            var folder = Protocols + name;
            var vectors = $"vectors/{VectorFolders.GetValueOrDefault(name, name.ToLowerInvariant())}/";
            var tests = $"tests/Tillbridge.Tests/Protocols/{name}/";
            if (!Has($"{folder}/README.md")) yield return new(folder, 0, "no README.md");
            if (!Has($"{folder}/{name}Protocol.cs")) yield return new(folder, 0, $"no descriptor {name}Protocol.cs");
            if (!Has(vectors, ".jsonl")) yield return new(folder, 0, $"no vectors in {vectors}");
            if (!Has(tests, ".cs")) yield return new(folder, 0, $"no tests in {tests}");
            if (!catalog.Contains($"new {name}Protocol(", StringComparison.Ordinal)) yield return new(folder, 0, $"no line in {Catalog}");
        }
    }

    public static string CatalogText() => Repository.Files.Contains(Catalog) ? Repository.Read(Catalog) : "";

    public static IEnumerable<Violation> MachinePaths(string file, string text)
    {
        var line = 0;
        foreach (var row in text.Split('\n'))
        {
            line++;
            if (MachinePath.Match(row) is { Success: true } path) yield return new(file, line, path.Value);
        }
    }

    // Folders of one person or one workplace; what every system has, such as /tmp or /dev, is not meant.
    [GeneratedRegex(@"(?<![\w.~:/*-])/(home|Users|root|work|builds)/\w[\w./-]*|\b[A-Z]:\\+Users\\+\w+")]
    private static partial Regex MachinePath { get; }
}
