using System.Globalization;
using Tillbridge.Catalog;
using Tillbridge.Domain.Proof;

namespace Tillbridge.Laboratory.Free;

/// <summary>Which free run it is, in a line that a person can copy: equal lines are equal runs.</summary>
/// <param name="Protocol">What the terminal speaks.</param>
/// <param name="Seed">The run's seed.</param>
internal sealed record FreeId(string Protocol, ulong Seed)
{
    private const string Mark = "free";
    private const string Dropped = "?without=";

    /// <summary>Only these oddities may come, each as session and name; null leaves all to the dice.</summary>
    public IReadOnlySet<(int Session, Oddity Oddity)>? Only { get; init; }

    /// <summary>The session with which the run begins; those before are left out.</summary>
    public int First { get; init; } = 1;

    /// <summary>Assumptions that are not made of the terminal: no excuse then.</summary>
    public Grounds Without { get; init; }

    /// <summary>True for a line that <see cref="ToString"/> wrote, readable or not.</summary>
    public static bool IsOne(string text) => text.StartsWith(Mark + ":", StringComparison.Ordinal);

    /// <summary>Reads such a line; null when it names no run.</summary>
    public static FreeId? TryParse(string text)
    {
        var parts = text.Split(':');
        var what = parts.Length < 2 ? [] : parts[1].Split(Dropped, 2);
        var without = what.Length < 2 ? Grounds.None : Grounds.Of(what[1].Split(','));
        if (parts.Length is < 3 or > 5 || parts[0] != Mark || !ProtocolCatalog.ByName.ContainsKey(what[0])
            || !without.All(Ground.Assumptions.Contains)
            || !ulong.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var seed)) return null;
        if (parts.Length == 3) return new FreeId(what[0], seed) { Without = without };
        var only = new HashSet<(int, Oddity)>();
        foreach (var one in parts[3].Split('+', StringSplitOptions.RemoveEmptyEntries))
        {
            var dot = one.IndexOf('.', StringComparison.Ordinal);
            if (dot < 1 || !int.TryParse(one[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var session)
                || !Enum.TryParse<Oddity>(one[(dot + 1)..], out var oddity)) return null;
            only.Add((session, oddity));
        }

        var first = 1;
        if (parts.Length == 5 && !int.TryParse(parts[4], NumberStyles.None, CultureInfo.InvariantCulture, out first)) return null;
        if (first < 1) return null;
        return new FreeId(what[0], seed) { Only = only, First = first, Without = without };
    }

    public override string ToString() => $"{Mark}:{Protocol}"
        + (Without.Count == 0 ? "" : $"{Dropped}{string.Join(',', Without)}") + $":{Seed}"
        + (Only is null ? "" : ":" + string.Join('+', Only.Order().Select(one => $"{one.Session}.{one.Oddity}")))
        + (First == 1 ? "" : $":{First}");

    public bool Equals(FreeId? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
