using System.Globalization;
using System.Text;

namespace Tillbridge;

/// <summary>
/// Words of others on their way to a screen, a log or a line of JSON: the one place that makes visible what a screen would obey. A control
/// character, an order to write from right to left, what has no width and what ends a line stand there as <c>\u001B</c>, so that nobody's
/// text moves the cursor, hides words or begins a line of its own.
/// </summary>
internal static class VisibleText
{
    /// <summary>The words in one line.</summary>
    public static string Line(string text) => Show(text, keepsLines: false);

    /// <summary>The words with their ends of lines, for what is written in several on purpose.</summary>
    public static string Lines(string text) => Show(text, keepsLines: true);

    /// <summary>The words in one line of at most so many characters.</summary>
    public static string Line(string text, int most) => Line(text.Length > most ? string.Concat(text.AsSpan(0, most), "…") : text);

    private static string Show(string text, bool keepsLines)
    {
        var first = 0;
        while (first < text.Length && Stays(text, first, keepsLines)) first++;
        if (first == text.Length) return text;
        var shown = new StringBuilder(text, 0, first, text.Length + 16);
        for (var index = first; index < text.Length; index++)
        {
            if (Stays(text, index, keepsLines)) shown.Append(text[index]);
            else Number(shown, text[index]);
        }

        return shown.ToString();
    }

    // As JSON writes them, so that a line of JSON says the same afterwards.
    private static void Number(StringBuilder shown, char letter) => _ = letter switch
    {
        '\n' => shown.Append("\\n"),
        '\r' => shown.Append("\\r"),
        '\t' => shown.Append("\\t"),
        _ => shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:X4}"),
    };

    private static bool Stays(string text, int index, bool keepsLines)
    {
        var letter = text[index];
        if (letter is >= ' ' and < '\u007F') return true;
        if (letter is '\n') return keepsLines;
        // Alone it sets the cursor back, and what follows hides what was there.
        if (letter is '\r') return keepsLines && index + 1 < text.Length && text[index + 1] is '\n';
        if (letter is '\t') return keepsLines;
        return char.GetUnicodeCategory(letter) switch
        {
            UnicodeCategory.Control or UnicodeCategory.Format => false,
            UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
            UnicodeCategory.Surrogate => IsWholePair(text, index),
            _ => true,
        };
    }

    // The tags of the last plane are letters without a width; half of a pair is no letter.
    private static bool IsWholePair(string text, int index)
    {
        var first = char.IsHighSurrogate(text[index]) ? index : index - 1;
        return first >= 0 && first + 1 < text.Length && char.IsSurrogatePair(text[first], text[first + 1])
            && CharUnicodeInfo.GetUnicodeCategory(text, first) is not UnicodeCategory.Format;
    }
}
