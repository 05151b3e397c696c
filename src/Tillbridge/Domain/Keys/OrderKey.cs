using System.Globalization;
using System.Text;

namespace Tillbridge.Domain.Keys;

/// <summary>
/// What an idempotency key may be, and when two are the same. Every interface asks here: two keys that look alike to a person must not be
/// two payments.
/// </summary>
internal static class OrderKey
{
    /// <summary>The longest key.</summary>
    public const int MostCharacters = 128;

    // What Unicode lets a screen leave out (Default_Ignorable_Code_Point) and does not count as a format character, and the empty Braille
    // cell. In pairs of first and last.
    private static readonly int[] Unseen =
    [
        0x034F, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180F, 0x2800, 0x2800, 0x3164, 0x3164, 0xFE00, 0xFE0F, 0xFFA0, 0xFFA0,
        0xE0000, 0xE0FFF,
    ];

    /// <summary>
    /// What is wrong with a key that is not in the journal yet, to be put behind the key's name; null when nothing is. A key that is in the
    /// journal was taken by an older version and is answered whatever it holds.
    /// </summary>
    public static string? Fault(string key, int most = MostCharacters)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length == 0 || key.Length > most) return $"must be 1 to {most} printable characters.";
        if (!IsWellFormed(key)) return $"must be 1 to {most} printable characters, and half of a surrogate pair is none.";
        foreach (var rune in key.EnumerateRunes())
        {
            if (!IsPrintable(rune))
                return $"must be 1 to {most} printable characters, and U+{rune.Value:X4} cannot be seen or looks like another.";
        }

        if (key[0] == ' ' || key[^1] == ' ') return $"must be 1 to {most} printable characters without a blank at an end; take it off.";
        return Normal(key).Length > most ? $"must be 1 to {most} printable characters in Unicode's normal form C." : null;
    }

    /// <summary>The form in which keys are kept: Unicode's normal form C.</summary>
    public static string Normal(string key) => NormalForms.Composed(key);

    /// <summary>
    /// The forms under which the journal may have this key: as it is given, because older versions kept it so, then normal form C, which is
    /// kept now, and D, which systems of Apple send. One for a key of plain letters; none for one that no version took.
    /// </summary>
    public static IReadOnlyList<string> Forms(string? key)
    {
        if (key is not { Length: > 0 and <= MostCharacters } || !IsWellFormed(key)) return [];
        if (key.All(char.IsAscii)) return [key];
        return [.. new[] { key, Normal(key), NormalForms.Decomposed(key) }.Distinct(StringComparer.Ordinal)];
    }

    private static bool IsWellFormed(string key)
    {
        for (var at = 0; at < key.Length; at += char.IsSurrogate(key[at]) ? 2 : 1)
        {
            if (char.IsSurrogate(key[at]) && (at + 1 == key.Length || !char.IsSurrogatePair(key[at], key[at + 1]))) return false;
        }

        return true;
    }

    private static bool IsPrintable(Rune rune)
    {
        for (var pair = 0; pair < Unseen.Length; pair += 2)
        {
            if (rune.Value >= Unseen[pair] && rune.Value <= Unseen[pair + 1]) return false;
        }

        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned => false,
            UnicodeCategory.SpaceSeparator => rune.Value == ' ',
            _ => true,
        };
    }
}
