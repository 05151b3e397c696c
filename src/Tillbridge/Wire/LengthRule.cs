namespace Tillbridge.Wire;

/// <summary>The ways in which a field tells its length.</summary>
internal enum LengthKind
{
    /// <summary>Always the same number of bytes.</summary>
    Fixed,

    /// <summary>Decimal digits in the low nibbles of bytes <c>Fx</c> before the value (LLVAR, LLLVAR of ZVT).</summary>
    MarkedDigits,

    /// <summary>A BER length before the value.</summary>
    Ber,

    /// <summary>Everything to the end of the message.</summary>
    Rest,
}

/// <summary>How long a field is, read from the bytes that follow its tag.</summary>
/// <param name="Kind">The way.</param>
/// <param name="Size">Bytes of the value for a fixed field, bytes of the length for a marked one.</param>
internal readonly record struct LengthRule(LengthKind Kind, int Size)
{
    public static LengthRule LlVar { get; } = new(LengthKind.MarkedDigits, 2);

    public static LengthRule LllVar { get; } = new(LengthKind.MarkedDigits, 3);

    public static LengthRule Ber { get; } = new(LengthKind.Ber, 0);

    public static LengthRule Rest { get; } = new(LengthKind.Rest, 0);

    public static LengthRule Bytes(int count) => new(LengthKind.Fixed, count);

    /// <summary>How many bytes the length itself takes and how many the value; null, or what is wrong with it.</summary>
    public string? Measure(ReadOnlySpan<byte> bytes, out int prefix, out int length)
    {
        (prefix, length) = (0, Size);
        switch (Kind)
        {
            case LengthKind.MarkedDigits when !TryMarked(bytes, out length):
                return "the length is cut short or not of the form Fx Fy";
            case LengthKind.MarkedDigits:
                prefix = Size;
                break;
            case LengthKind.Ber when !Tlv.TryLength(bytes, out prefix, out length):
                return "the length is cut short or not one of 00-7F, 81, 82";
            case LengthKind.Rest:
                length = bytes.Length;
                break;
        }

        return length <= bytes.Length - prefix ? null : $"{length} bytes announced, {bytes.Length - prefix} are there";
    }

    private bool TryMarked(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (bytes.Length < Size) return false;
        foreach (var mark in bytes[..Size])
        {
            if (mark is < 0xF0 or > 0xF9) return false;
            length = length * 10 + (mark & 0x0F);
        }

        return true;
    }
}
