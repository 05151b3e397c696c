using Tillbridge.Wire;

namespace Tillbridge.Protocols.Zvt.Apdu;

/// <summary>Where a walk over BMPs stands.</summary>
internal enum ZvtBmpStep
{
    Field,
    End,

    /// <summary>A BMP that no table knows. Its length is unknown too: all from it on is <see cref="ZvtBmpReader.Rest"/>.</summary>
    Unknown,

    /// <summary>A field that breaks its own rule; <see cref="ZvtBmpReader.Fault"/> says which.</summary>
    Broken,
}

/// <summary>Walks the BMPs of a message by the table, without an allocation.</summary>
/// <param name="data">The BMPs.</param>
/// <param name="start">Where they begin in the APDU.</param>
internal ref struct ZvtBmpReader(ReadOnlySpan<byte> data, int start)
{
    private readonly ReadOnlySpan<byte> data = data;
    private readonly int start = start;
    private int position = 0;

    /// <summary>The row of the present field; null before the first.</summary>
    public FieldRow? Row { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Where the present field's tag stands in the APDU.</summary>
    public int Offset { get; private set; }

    /// <summary>Where its value stands in the APDU.</summary>
    public int ValueOffset { get; private set; }

    public DecodeFault? Fault { get; private set; }

    public readonly ReadOnlySpan<byte> Rest => data[position..];

    public ZvtBmpStep Next()
    {
        if (position >= data.Length) return ZvtBmpStep.End;
        Offset = start + position;
        var row = ZvtFields.Bmps.At(data[position]);
        if (row is null) return ZvtBmpStep.Unknown;

        Row = row;
        var why = row.Rule.Measure(data[(position + 1)..], out var prefix, out var length);
        if (why is not null)
        {
            Fault = new DecodeFault(row.Name, Offset, why);
            return ZvtBmpStep.Broken;
        }

        var valueAt = position + 1 + prefix;
        ValueOffset = start + valueAt;
        Value = data.Slice(valueAt, length);
        position = valueAt + length;
        return ZvtBmpStep.Field;
    }

    /// <summary>The present field does not hold what its format allows.</summary>
    public readonly DecodeFault Wrong(string text) => new(Row?.Name ?? "", Offset, text);

    /// <summary>True when the data is BMPs to its last byte.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> data)
    {
        var reader = new ZvtBmpReader(data, 0);
        while (true)
        {
            var step = reader.Next();
            if (step != ZvtBmpStep.Field) return step == ZvtBmpStep.End;
        }
    }
}
