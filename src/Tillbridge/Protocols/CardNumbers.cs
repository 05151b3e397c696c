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

    // As far as a number printed in groups can reach.
    private const int Reach = 32;

    // Packed digits can look like characters and characters like packed digits, each masking making the other anew.
    private const int MostWalks = 8;

    private const string GroupMarks = " -./\u00A0";

    // A number with points or slashes is mostly an order's; the common length alone is taken for a card's.
    private const int LeastWithSigns = 16;

    private const int MostUnknown = 2048;

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
    /// Text in which each run of 13 to 19 digits that could be a card number is masked, also when it is printed in groups, and with it
    /// what follows it on a track.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where its words begin: what stands before is a mark and no digit of theirs.</param>
    public static string MaskIn(string text, int from = 0)
    {
        char[]? masked = null;
        for (var start = from; start < text.Length; start++)
        {
            var seen = masked ?? text.AsSpan();
            if (!char.IsAsciiDigit(seen[start]) || (start > from && char.IsAsciiDigit(seen[start - 1]))) continue;
            var length = CardLength(seen[start..]);
            if (length == 0) continue;
            masked ??= text.ToCharArray();
            HideMiddle(masked, start, length);
            HideTrack(masked.AsSpan(start + length));
            // Masking cuts a row of digits into shorter ones, so that what lies just before is looked at again; a whole new walk
            // for each would take a hostile text seconds (found by the laboratory).
            start = Math.Max(from, start - Reach) - 1;
        }

        return masked is null ? text : new string(masked);
    }

    /// <summary>
    /// Hides with nibble E what could be a card number in bytes that nobody can name, packed or as characters.
    /// True when something was hidden.
    /// </summary>
    public static bool HideIn(Span<byte> unknown)
    {
        if (unknown.Length * 2 < FewestDigits) return false;
        // Nobody reads so much of what has no name; looking through all of it would take a hostile frame half a second.
        var hidden = unknown.Length > MostUnknown;
        if (hidden) unknown[MostUnknown..].Fill(0xEE);
        unknown = unknown[..Math.Min(unknown.Length, MostUnknown)];
        for (var walks = 0; HideCharacters(unknown) | HideNibbles(unknown); walks++)
        {
            hidden = true;
            if (walks < MostWalks) continue;
            // Only bytes made for it keep turning from one form into the other: nothing of them is worth showing.
            unknown.Fill(0xEE);
            break;
        }

        return hidden;
    }

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

    // How many characters from here are a card number: one unbroken run, or groups of four to six with one mark between.
    private static int CardLength(ReadOnlySpan<char> text)
    {
        Span<char> digits = stackalloc char[MostDigits];
        var (count, group, best, least) = (0, 0, 0, FewestDigits);
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

            if (count >= least && IsCardNumber(digits[..count])) best = index;
            var goesOn = index < text.Length - 1 && GroupMarks.Contains(text[index]) && char.IsAsciiDigit(text[index + 1]);
            if (!goesOn || group is < 4 or > 6) return best;
            if (text[index] is '.' or '/') least = LeastWithSigns;
            group = 0;
        }

        return best;
    }

    // The rest of track 2 is digits behind = or D, that of track 1 a name, ^ and digits (ISO/IEC 7813). A track ends with ? or its line.
    private static void HideTrack(Span<char> rest)
    {
        if (rest.Length < 2 || rest[0] is not ('=' or 'D' or '^')) return;
        var isTrack1 = rest[0] == '^';
        for (var index = 1; index < rest.Length && rest[index] is not ('?' or '\r' or '\n'); index++)
        {
            if (char.IsAsciiDigit(rest[index]) || (isTrack1 && rest[index] != '^')) rest[index] = '*';
            else if (!isTrack1) return;
        }
    }

    private static void HideMiddle(Span<char> text, int start, int length)
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
        var (hidden, nibbles, end) = (false, bytes.Length * 2, 0);
        for (var at = 0; at <= nibbles - FewestDigits; at++)
        {
            if (at >= end)
            {
                end = at;
                while (end < nibbles && Nibble(bytes, end) <= 9) end++;
            }

            if (end - at < FewestDigits)
            {
                at = Math.Max(at, end - 1);
                end = at + 1;
                continue;
            }

            if (!HideFrom(bytes, at, end)) continue;
            // The run is shorter now, and a number may end where it ends.
            (hidden, end) = (true, 0);
            at = Math.Max(0, at - MostDigits) - 1;
        }

        return hidden;
    }

    // A run of digits may begin with a length or a tag that happens to be decimal, so the number may begin later: at any byte when it
    // is of the common 16 digits, anywhere when it ends where the run ends.
    private static bool HideFrom(Span<byte> bytes, int start, int end)
    {
        const int CommonDigits = 16;
        if (IsText(bytes, start, Math.Min(end, start + FewestDigits))) return false;
        Span<char> digits = stackalloc char[MostDigits];
        var available = Math.Min(end - start, MostDigits);
        for (var index = 0; index < available; index++) digits[index] = (char)('0' + Nibble(bytes, start + index));
        var length = end - start <= MostDigits && IsCardNumber(digits[..available]) ? available
            : start % 2 == 0 && available >= CommonDigits && IsCardNumber(digits[..CommonDigits]) && digits[0] is >= '2' and <= '6'
                ? CommonDigits
                : 0;
        for (var index = 6; index < length - 4; index++) SetNibble(bytes, start + index, 0xE);
        return length > 0;
    }

    // Printed digits and blanks are packed digits too, every other one a 2 or 3; the search for characters has seen them.
    private static bool IsText(ReadOnlySpan<byte> bytes, int start, int end)
    {
        for (var nibble = start + start % 2; nibble < end; nibble += 2)
        {
            if (Nibble(bytes, nibble) is not (2 or 3)) return false;
        }

        return true;
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
