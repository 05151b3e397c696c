using System.Collections.Frozen;

namespace Tillbridge.Wire;

/// <summary>One field of a protocol.</summary>
/// <param name="Tag">Its tag's bytes as one number.</param>
/// <param name="Name">Its name in snake case.</param>
/// <param name="Rule">How its length is told.</param>
/// <param name="Format">What its bytes mean.</param>
/// <param name="Secret">It must never be shown, logged or kept.</param>
internal sealed record FieldRow(uint Tag, string Name, LengthRule Rule, FieldFormat Format, bool Secret = false);

/// <summary>The fields of a protocol by their tags.</summary>
internal sealed class FieldTable
{
    private readonly FieldRow?[] byOctet = new FieldRow?[256];
    private readonly FrozenDictionary<uint, FieldRow> byTag;

    public FieldTable(IReadOnlyList<FieldRow> rows)
    {
        byTag = rows.ToFrozenDictionary(row => row.Tag);
        foreach (var row in rows.Where(row => row.Tag < byOctet.Length)) byOctet[row.Tag] = row;
    }

    public IEnumerable<FieldRow> Rows => byTag.Values;

    /// <summary>The row of a one-byte tag by array lookup: this is the hot path of decoding.</summary>
    public FieldRow? At(byte tag) => byOctet[tag];

    public FieldRow? Find(uint tag) => tag < byOctet.Length ? byOctet[tag] : byTag.GetValueOrDefault(tag);
}
