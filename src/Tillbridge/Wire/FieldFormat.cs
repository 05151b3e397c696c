using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text;

namespace Tillbridge.Wire;

/// <summary>What the bytes of a field mean.</summary>
internal enum FieldFormat
{
    /// <summary>Bytes that are shown as hexadecimal digits.</summary>
    Hex,

    /// <summary>Packed decimal digits that are shown with their leading zeros.</summary>
    Digits,

    /// <summary>A packed decimal amount in minor units.</summary>
    Amount,

    /// <summary>A packed card number: E is a hidden digit, D a separator, F at the end a filler.</summary>
    CardDigits,

    /// <summary>Packed digits that a terminal may hide with E or fill with F without saying anything about money.</summary>
    LooseDigits,

    /// <summary>Characters of the message's code page.</summary>
    Text,

    /// <summary>A binary number, the most significant byte first.</summary>
    Number,

    /// <summary>Objects inside.</summary>
    Container,
}

/// <summary>Fields as text for a reader.</summary>
internal static class FieldFormatting
{
    // The decimal digits of a long number take quadratic time, and no field that counts something is longer.
    private const int MostNumberBytes = 16;

    /// <summary>The value as text; false when the bytes break the format.</summary>
    public static bool TryShow(
        this FieldFormat format, ReadOnlySpan<byte> value, Encoding encoding, [NotNullWhen(true)] out string? shown)
    {
        switch (format)
        {
            case FieldFormat.Digits:
                return Bcd.TryDigits(value, out shown);
            case FieldFormat.Amount:
                shown = Bcd.TryNumber(value, out var amount) ? amount.ToString() : null;
                return shown is not null;
            case FieldFormat.CardDigits:
                // Whoever may show a card number masks it with Protocols.CardNumbers; here nobody knows how.
                shown = "**";
                return true;
            case FieldFormat.LooseDigits:
                shown = Loose(value);
                return true;
            case FieldFormat.Text:
                shown = CodePages.Read(value, encoding).TrimEnd('\0');
                return true;
            case FieldFormat.Number when value.Length <= MostNumberBytes:
                shown = new BigInteger(value, isUnsigned: true, isBigEndian: true).ToString();
                return true;
            default:
                shown = Convert.ToHexString(value);
                return true;
        }
    }

    /// <summary>Digits with <c>*</c> for each nibble that hides one.</summary>
    public static string Loose(ReadOnlySpan<byte> value) =>
        string.Create(value.Length * 2, value, static (text, bytes) =>
        {
            Bcd.Spread(bytes, text);
            text.Replace('E', '*');
        });
}
