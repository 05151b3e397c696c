using System.Collections;

namespace Tillbridge.Domain.Proof;

/// <summary>
/// Codes out of <see cref="Ground"/>, each once and in one order, so that equal ones are equal whoever put them together. The default
/// is none.
/// </summary>
public readonly struct Grounds : IReadOnlyList<string>, IEquatable<Grounds>
{
    private readonly string[]? codes;

    private Grounds(string[] codes) => this.codes = codes;

    /// <summary>No ground at all.</summary>
    public static Grounds None => default;

    /// <inheritdoc/>
    public int Count => codes?.Length ?? 0;

    /// <inheritdoc/>
    public string this[int index] => (codes ?? [])[index];

    /// <summary>These codes; one that is not known, as from a later version, stands behind the known ones.</summary>
    public static Grounds Of(params IEnumerable<string> codes)
    {
        string[] sorted = [.. codes.Distinct().OrderBy(PlaceOf).ThenBy(code => code, StringComparer.Ordinal)];
        return sorted.Length == 0 ? default : new Grounds(sorted);
    }

    /// <summary>The same and these codes.</summary>
    public Grounds With(params IEnumerable<string> more) => Of((codes ?? []).Concat(more));

    /// <summary>True when the code is among them.</summary>
    public bool Has(string code) => codes is not null && Array.IndexOf(codes, code) >= 0;

    /// <inheritdoc/>
    public bool Equals(Grounds other) => (codes ?? []).AsSpan().SequenceEqual(other.codes ?? []);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Grounds other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var code in codes ?? []) hash.Add(code, StringComparer.Ordinal);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)(codes ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The codes with commas between them.</summary>
    public override string ToString() => string.Join(", ", codes ?? []);

    /// <summary>True when both have the same codes.</summary>
    public static bool operator ==(Grounds left, Grounds right) => left.Equals(right);

    /// <summary>True when one has a code that the other has not.</summary>
    public static bool operator !=(Grounds left, Grounds right) => !left.Equals(right);

    private static int PlaceOf(string code)
    {
        for (var place = 0; place < Ground.Facts.Count; place++)
            if (Ground.Facts[place] == code) return place;
        for (var place = 0; place < Ground.Assumptions.Count; place++)
            if (Ground.Assumptions[place] == code) return Ground.Facts.Count + place;
        return int.MaxValue;
    }
}
