using System.Text;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Fuzz.Parsers;

/// <summary>What hides card numbers: what was hidden once is not hidden further, and no card number is left.</summary>
internal static class CardParsers
{
    public static IReadOnlyList<ProtocolParser> All { get; } =
    [
        BytesParser.Canonical("cards/text", input =>
            Encoding.Latin1.GetBytes(Mask(Encoding.Latin1.GetString(input[..Math.Min(input.Length, MostBytes)])))),
        BytesParser.Canonical("cards/unknown-bytes", Hide),
        // What is no card number at all may be hidden a little more the second time.
        new BytesParser("cards/packed", HidePacked),
    ];

    private const int MostBytes = 16 * 1024;

    private static string Mask(string text)
    {
        var masked = CardNumbers.MaskIn(text);
        Invariant.Holds(masked.Length == text.Length, "a masked text is as long as it was");
        return masked;
    }

    private static byte[] Hide(byte[] bytes)
    {
        CardNumbers.HideIn(bytes);
        return bytes;
    }

    private static byte[] HidePacked(byte[] bytes)
    {
        CardNumbers.HidePacked(bytes);
        var shown = CardNumbers.ShowPacked(bytes) ?? "";
        Invariant.Holds(!shown.Any(char.IsAsciiDigit) || shown.Length - shown.Count(letter =>
            letter == '*') <= 12, "twelve digits at most are seen");
        return bytes;
    }
}
