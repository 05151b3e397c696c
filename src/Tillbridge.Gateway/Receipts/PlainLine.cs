using Tillbridge.Domain;

namespace Tillbridge.Gateway.Receipts;

/// <summary>The text of a line without anything that could command a printer, a terminal window or a browser.</summary>
internal static class PlainLine
{
    private const int MostIndent = 15;
    private const int MostCharacters = 200;

    /// <summary>The cleaned text, indented.</summary>
    public static string Of(ReceiptLine line)
    {
        var text = line.Text.Length > MostCharacters ? line.Text[..MostCharacters] : line.Text;
        var clean = string.Concat(text.Select(character => IsHarmless(character) ? character : ' ')).TrimEnd();
        return new string(' ', Math.Clamp(line.Indent, 0, MostIndent)) + clean;
    }

    // Besides control characters: line separators and the marks that turn the reading direction around, by which a
    // line could be made to show another amount than it holds.
    private static bool IsHarmless(char character) => !char.IsControl(character)
        && char.GetUnicodeCategory(character) is not (System.Globalization.UnicodeCategory.Format
            or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator);
}
