using System.Text;
using Tillbridge.Domain;
using Tillbridge.Domain.Cards;
using Tillbridge.Wire;

namespace Tillbridge.Protocols;

/// <summary>Finds and hides card numbers, wherever a terminal may have put one.</summary>
internal static class CardNumbers
{
    public const int FewestDigits = CardNumberRules.FewestDigits;
    public const int MostDigits = CardNumberRules.MostDigits;

    // PCI DSS 4.0 §3.4.1: no more than an eight-digit BIN and the last four may be seen.
    private const int MostShownDigits = 12;
    private const int FewestHiddenDigits = 4;

    // Packed digits can look like characters and characters like packed digits, each masking making the other anew.
    private const int MostWalks = 8;

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
    public static string MaskIn(string text, int from = 0) => CardText.Mask(text, from);

    /// <summary>
    /// The bytes as text without card numbers, also where a mark between the digits is a letter in the code page of the message.
    /// </summary>
    public static string Read(ReadOnlySpan<byte> text, Encoding encoding)
    {
        if (text.Length < FewestDigits) return CodePages.Read(text, encoding);
        var copy = text.ToArray();
        return MaskIn(CodePages.Read(HideCharacters(copy) ? copy : text, encoding));
    }

    /// <summary>Packed digits that no document limits, with <c>*</c> for hidden ones.</summary>
    public static string ReadDigits(ReadOnlySpan<byte> packed, string digits)
    {
        var copy = packed.ToArray();
        return HideIn(copy) ? FieldFormatting.Loose(copy) : MaskIn(digits);
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
        if (ShowPacked(packed) is not { } shown)
        {
            // A track without a number: padding says the same, and reads so again (found by fuzzing).
            packed.Fill(0xFF);
            return;
        }

        for (var nibble = 0; nibble < packed.Length * 2; nibble++)
        {
            // What follows the number becomes padding, or it would read as digits that are hidden.
            if (nibble >= shown.Length) SetNibble(packed, nibble, 0xF);
            else if (shown[nibble] == '*') SetNibble(packed, nibble, 0xE);
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
    // is of the common 16 digits, anywhere when it ends where the run ends, or in front of its expiry.
    private static bool HideFrom(Span<byte> bytes, int start, int end)
    {
        if (IsText(bytes, start, Math.Min(end, start + FewestDigits)) || Nibble(bytes, start) == 0) return false;
        Span<int> digits = stackalloc int[MostDigits];
        var available = Math.Min(end - start, MostDigits);
        for (var index = 0; index < available; index++) digits[index] = Nibble(bytes, start + index);
        var length = LengthOf(bytes, digits[..available], start, end);
        for (var index = 6; index < length - 4; index++) SetNibble(bytes, start + index, 0xE);
        return length > 0;
    }

    // Looked at from every nibble, so it goes over the digits once.
    private static int LengthOf(Span<byte> bytes, ReadOnlySpan<int> digits, int start, int end)
    {
        const int CommonDigits = 16;
        var (check, best) = (new CheckDigit(), 0);
        for (var length = 1; length <= digits.Length; length++)
        {
            check.Add(digits[length - 1]);
            if (length < FewestDigits || !check.Fits) continue;
            var isAll = length == end - start;
            var isCommon = length == CommonDigits && start % 2 == 0 && digits[0] is >= 2 and <= 6;
            if (isAll || isCommon || (IsExpiry(bytes, start + length, end) && CardNumberRules.IsLikely(digits[..length]))) best = length;
        }

        return best;
    }

    // YYMM, alone or with the service code behind it.
    private static bool IsExpiry(Span<byte> bytes, int start, int end) =>
        end - start is 4 or 7 && Nibble(bytes, start + 2) * 10 + Nibble(bytes, start + 3) is >= 1 and <= 12;

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
