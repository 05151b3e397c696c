using System.Text;
using Tillbridge.Protocols;
using Tillbridge.Wire;

namespace Tillbridge.Laboratory.Fuzz.Parsers;

/// <summary>Packed digits, field formats, code pages.</summary>
internal static class WireParsers
{
    private const char Replacement = '\uFFFD';

    private static readonly Encoding[] Pages = [.. CodePages.Names.Order(StringComparer.Ordinal).Select(name => CodePages.Find(name)!)];
    private static readonly FieldFormat[] Formats = Enum.GetValues<FieldFormat>();

    public static IReadOnlyList<ProtocolParser> All { get; } =
    [
        BytesParser.Canonical("wire/bcd-digits", ReadDigits),
        BytesParser.Canonical("wire/bcd-number", ReadNumber),
        new BytesParser("wire/formats", ReadFormat),
        new BytesParser("wire/code-pages", input => ReadPage(input), WritePage),
    ];

    private static byte[]? ReadDigits(byte[] input)
    {
        if (!Bcd.TryDigits(input, out var digits)) return null;
        var packed = new byte[input.Length];
        Bcd.WriteDigits(digits, packed);
        Invariant.Holds(packed.AsSpan().SequenceEqual(input), "digits are packed as they stood");
        return packed;
    }

    private static byte[]? ReadNumber(byte[] input)
    {
        if (!Bcd.TryNumber(input, out var number)) return null;
        var packed = new byte[input.Length];
        Bcd.WriteNumber(number, packed);
        Invariant.Holds(packed.AsSpan().SequenceEqual(input), "a number is packed as it stood");
        return packed;
    }

    // The first byte chooses the format, the second the code page.
    private static string? ReadFormat(byte[] input) =>
        input.Length >= 2
        && Formats[input[0] % Formats.Length].TryShow(input.AsSpan(2), Pages[input[1] % Pages.Length], out var shown)
            ? shown
            : null;

    // A byte that means nothing in a set is shown as a mark and cannot be written as it was.
    private static (int Page, string Text)? ReadPage(byte[] input)
    {
        if (input.Length == 0) return null;
        var page = input[0] % Pages.Length;
        var text = CodePages.Read(input.AsSpan(1), Pages[page]);
        return text.Contains(Replacement, StringComparison.Ordinal) ? null : (page, text);
    }

    private static byte[] WritePage(object read)
    {
        var (page, text) = ((int, string))read;
        var bytes = Pages[page].GetBytes(text);
        Invariant.Holds(text == Pages[page].GetString(bytes), "the short way reads as the long one");
        return [(byte)page, .. bytes];
    }
}
