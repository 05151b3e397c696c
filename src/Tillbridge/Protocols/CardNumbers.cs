using System.Text;
using Tillbridge.Domain;
using Tillbridge.Wire;

namespace Tillbridge.Protocols;

/// <summary>Finds and hides card numbers, wherever a terminal may have put one.</summary>
internal static class CardNumbers
{
    public const int FewestDigits = 13;
    public const int MostDigits = 19;

    // PCI DSS 4.0 §3.4.1: no more than an eight-digit BIN and the last four may be seen.
    private const int MostShownDigits = 12;
    private const int FewestHiddenDigits = 4;

    // 99 bytes is the longest LLVAR field.
    private const int MostNibbles = 198;

    /// <summary>A packed card number, masked; null when it holds no digit. What follows a track separator D is dropped.</summary>
    public static string? ShowPacked(ReadOnlySpan<byte> packed)
    {
        Span<char> nibbles = stackalloc char[MostNibbles];
        packed = packed[..Math.Min(packed.Length, MostNibbles / 2)];
        nibbles = nibbles[..(packed.Length * 2)];
        Bcd.Spread(packed, nibbles);
        var separator = nibbles.IndexOf('D');
        if (separator >= 0) nibbles = nibbles[..separator];
        nibbles = nibbles.TrimEnd('F');
        if (nibbles.IsEmpty) return null;

        nibbles.Replace('E', '*');
        var hidden = nibbles.Count('*');
        var maskedAlready = hidden >= FewestHiddenDigits && nibbles.Length - hidden <= MostShownDigits;
        return maskedAlready ? new string(nibbles) : CardView.Mask(nibbles);
    }

    /// <summary>
    /// Text in which each run of 13 to 19 digits that could be a card number is masked, also when it is printed in groups.
    /// </summary>
    public static string MaskIn(string text)
    {
        StringBuilder? masked = null;
        for (var start = 0; start < text.Length; start++)
        {
            if (!char.IsAsciiDigit(text[start]) || (start > 0 && char.IsAsciiDigit(text[start - 1]))) continue;
            var length = CardLength(text.AsSpan(start));
            if (length == 0) continue;
            masked ??= new StringBuilder(text);
            HideMiddle(masked, start, length);
            start += length - 1;
        }

        return masked?.ToString() ?? text;
    }

    /// <summary>
    /// Hides with nibble E what could be a card number in bytes that nobody can name, packed or as characters.
    /// True when something was hidden.
    /// </summary>
    public static bool HideIn(Span<byte> unknown) =>
        unknown.Length * 2 >= FewestDigits && HideNibbles(unknown) | HideCharacters(unknown);

    /// <summary>Hides all but six and four digits of a packed card number in place, unless the terminal did so already.</summary>
    public static void HidePacked(Span<byte> packed)
    {
        var shown = ShowPacked(packed) ?? "";
        for (var nibble = 0; nibble < packed.Length * 2; nibble++)
        {
            var keep = nibble < shown.Length ? shown[nibble] != '*' : Nibble(packed, nibble) == 0xF;
            if (!keep) SetNibble(packed, nibble, 0xE);
        }
    }

    public static bool IsCardNumber(ReadOnlySpan<char> digits)
    {
        // No card number begins with 0 (ISO/IEC 7812); without this every row of zeros would be one.
        if (digits.Length is < FewestDigits or > MostDigits || digits[0] == '0') return false;
        var sum = 0;
        for (var index = 0; index < digits.Length; index++)
        {
            var digit = digits[^(index + 1)] - '0';
            if (index % 2 == 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
            sum += digit;
        }

        return sum % 10 == 0;
    }

    // How many characters from here are a card number: one unbroken run, or groups of four to six with one blank or dash between.
    private static int CardLength(ReadOnlySpan<char> text)
    {
        Span<char> digits = stackalloc char[MostDigits];
        var (count, group, best) = (0, 0, 0);
        for (var index = 0; index <= text.Length; index++)
        {
            var isDigit = index < text.Length && char.IsAsciiDigit(text[index]);
            if (isDigit)
            {
                if (count == MostDigits) return best;
                digits[count++] = text[index];
                group++;
                continue;
            }

            if (IsCardNumber(digits[..count])) best = index;
            var goesOn = index < text.Length - 1 && text[index] is ' ' or '-' && char.IsAsciiDigit(text[index + 1]);
            if (!goesOn || group is < 4 or > 6) return best;
            group = 0;
        }

        return best;
    }

    private static void HideMiddle(StringBuilder text, int start, int length)
    {
        var digits = 0;
        for (var index = start; index < start + length; index++) digits += char.IsAsciiDigit(text[index]) ? 1 : 0;
        var seen = 0;
        for (var index = start; index < start + length; index++)
        {
            if (!char.IsAsciiDigit(text[index])) continue;
            if (seen >= 6 && seen < digits - 4) text[index] = '*';
            seen++;
        }
    }

    private static bool HideNibbles(Span<byte> bytes)
    {
        var hidden = false;
        Span<char> digits = stackalloc char[MostDigits];
        for (var start = 0; start < bytes.Length * 2; start++)
        {
            var length = 0;
            while (start + length < bytes.Length * 2 && Nibble(bytes, start + length) <= 9) length++;
            if (length is >= FewestDigits and <= MostDigits)
            {
                for (var index = 0; index < length; index++) digits[index] = (char)('0' + Nibble(bytes, start + index));
                if (IsCardNumber(digits[..length]))
                {
                    for (var index = 6; index < length - 4; index++) SetNibble(bytes, start + index, 0xE);
                    hidden = true;
                }
            }

            start += length;
        }

        return hidden;
    }

    private static bool HideCharacters(Span<byte> bytes)
    {
        var text = Encoding.Latin1.GetString(bytes);
        var masked = MaskIn(text);
        if (ReferenceEquals(text, masked)) return false;
        Encoding.Latin1.GetBytes(masked, bytes);
        return true;
    }

    private static int Nibble(ReadOnlySpan<byte> bytes, int index) => bytes[index >> 1] >> ((index & 1) == 0 ? 4 : 0) & 0x0F;

    private static void SetNibble(Span<byte> bytes, int index, byte nibble)
    {
        var shift = (index & 1) == 0 ? 4 : 0;
        bytes[index >> 1] = (byte)((bytes[index >> 1] & ~(0x0F << shift)) | nibble << shift);
    }
}
