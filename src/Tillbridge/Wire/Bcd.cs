using System.Diagnostics.CodeAnalysis;

namespace Tillbridge.Wire;

/// <summary>Packed decimal digits, the most significant nibble first. A nibble above 9 is never taken for a digit.</summary>
internal static class Bcd
{
    /// <summary>Nine bytes are 18 digits, the most that a <see cref="long"/> always holds.</summary>
    public const int MostNumberBytes = 9;

    public static bool IsDigits(ReadOnlySpan<byte> packed)
    {
        foreach (var pair in packed)
        {
            if (pair > 0x99 || (pair & 0x0F) > 9) return false;
        }

        return true;
    }

    public static bool TryDigits(ReadOnlySpan<byte> packed, [NotNullWhen(true)] out string? digits)
    {
        digits = null;
        if (!IsDigits(packed)) return false;
        digits = string.Create(packed.Length * 2, packed, static (text, bytes) => Spread(bytes, text));
        return true;
    }

    public static bool TryNumber(ReadOnlySpan<byte> packed, out long number)
    {
        number = 0;
        if (packed.Length > MostNumberBytes) return false;
        foreach (var pair in packed)
        {
            if (pair > 0x99 || (pair & 0x0F) > 9) return false;
            number = number * 100 + (pair >> 4) * 10 + (pair & 0x0F);
        }

        return true;
    }

    /// <summary>Digits as they stand, with leading zeros up to the width of the field.</summary>
    public static void WriteDigits(ReadOnlySpan<char> digits, Span<byte> to)
    {
        Invariant.Holds(digits.Length <= to.Length * 2, "digits fit into their field");
        to.Clear();
        var nibble = to.Length * 2 - digits.Length;
        foreach (var digit in digits)
        {
            Invariant.Holds(char.IsAsciiDigit(digit), "a decimal field is written from decimal digits");
            to[nibble >> 1] |= (byte)((digit - '0') << ((nibble & 1) == 0 ? 4 : 0));
            nibble++;
        }
    }

    public static void WriteNumber(long number, Span<byte> to)
    {
        Invariant.Holds(number >= 0, "a packed number carries no sign");
        for (var index = to.Length - 1; index >= 0; index--)
        {
            (number, var pair) = Math.DivRem(number, 100);
            to[index] = (byte)(pair / 10 << 4 | pair % 10);
        }

        Invariant.Holds(number == 0, "a number fits into its field");
    }

    /// <summary>Every nibble as one hexadecimal digit, for fields in which letters have a meaning of their own.</summary>
    public static void Spread(ReadOnlySpan<byte> packed, Span<char> nibbles)
    {
        const string Hex = "0123456789ABCDEF";
        for (var index = 0; index < packed.Length; index++)
        {
            nibbles[index * 2] = Hex[packed[index] >> 4];
            nibbles[index * 2 + 1] = Hex[packed[index] & 0x0F];
        }
    }
}
