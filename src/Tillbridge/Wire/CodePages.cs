using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Tillbridge.Wire;

/// <summary>Character sets by the names that the configuration uses. None of them fails on any byte.</summary>
internal static class CodePages
{
    public static Encoding Cp437 { get; } = Windows(437);

    public static Encoding Utf8 { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <summary>zvt.md §3: ASCII in which eight places hold German letters; old display commands and software versions.</summary>
    public static Encoding ZvtSevenBit { get; } = new SingleByteEncoding(SevenBit());

    // ISO 8859-10, -14 and -16 from A0 on; the runtime does not have them.
    private const string Latin6 =
        "\u00A0ĄĒĢĪĨĶ§ĻĐŠŦŽ\u00ADŪŊ°ąēģīĩķ·ļđšŧž―ūŋĀÁÂÃÄÅÆĮČÉĘËĖÍÎÏÐŅŌÓÔÕÖŨØŲÚÛÜÝÞßāáâãäåæįčéęëėíîïðņōóôõöũøųúûüýþĸ";

    private const string Latin8 =
        "\u00A0Ḃḃ£ĊċḊ§Ẁ©ẂḋỲ\u00AD®ŸḞḟĠġṀṁ¶ṖẁṗẃṠỳẄẅṡÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏŴÑÒÓÔÕÖṪØÙÚÛÜÝŶßàáâãäåæçèéêëìíîïŵñòóôõöṫøùúûüýŷÿ";

    private const string Latin10 =
        "\u00A0ĄąŁ€„Š§š©Ș«Ź\u00ADźŻ°±ČłŽ”¶·žčș»ŒœŸżÀÁÂĂÄĆÆÇÈÉÊËÌÍÎÏĐŃÒÓÔŐÖŚŰÙÚÛÜĘȚßàáâăäćæçèéêëìíîïđńòóôőöśűùúûüęțÿ";

    private static readonly FrozenDictionary<string, Encoding> ByName = new Dictionary<string, Encoding>
    {
        ["ascii"] = Encoding.ASCII,
        ["utf-8"] = Utf8,
        ["cp437"] = Cp437,
        ["cp850"] = Windows(850),
        ["cp852"] = Windows(852),
        ["windows-1250"] = Windows(1250),
        ["windows-1251"] = Windows(1251),
        ["windows-1252"] = Windows(1252),
        ["zvt-7bit"] = ZvtSevenBit,
        ["iso-8859-1"] = Encoding.Latin1,
        ["iso-8859-2"] = Windows(28592),
        ["iso-8859-3"] = Windows(28593),
        ["iso-8859-4"] = Windows(28594),
        ["iso-8859-5"] = Windows(28595),
        ["iso-8859-6"] = Windows(28596),
        ["iso-8859-7"] = Windows(28597),
        ["iso-8859-8"] = Windows(28598),
        ["iso-8859-9"] = Windows(28599),
        ["iso-8859-10"] = Latin(Latin6),
        // Windows-874 is the same Thai set with a few more signs in 80-9F.
        ["iso-8859-11"] = Windows(874),
        ["iso-8859-13"] = Windows(28603),
        ["iso-8859-14"] = Latin(Latin8),
        ["iso-8859-15"] = Windows(28605),
        ["iso-8859-16"] = Latin(Latin10),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static IEnumerable<string> Names => ByName.Keys;

    public static Encoding? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>
    /// Text in one of the sets above that hold ASCII as it is; plain ASCII, which is nearly everything, by the short way.
    /// </summary>
    public static string Read(ReadOnlySpan<byte> text, Encoding encoding)
    {
        if (Ascii.IsValid(text) && encoding != ZvtSevenBit) return Encoding.ASCII.GetString(text);
        return encoding is UTF8Encoding ? ReadUtf8(text) : encoding.GetString(text);
    }

    // The runtime's own reader takes 32 bytes of memory for each byte that is no UTF-8; this one writes the same without.
    private static string ReadUtf8(ReadOnlySpan<byte> text)
    {
        var characters = ArrayPool<char>.Shared.Rent(text.Length);
        try
        {
            var done = System.Text.Unicode.Utf8.ToUtf16(text, characters, out _, out var written);
            Invariant.Holds(done is OperationStatus.Done, "a byte becomes at most one character");
            return new(characters, 0, written);
        }
        finally
        {
            // It may hold a card number that is masked only later.
            ArrayPool<char>.Shared.Return(characters, clearArray: true);
        }
    }

    private static Encoding Windows(int page)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(
            page, new EncoderReplacementFallback("?"), new DecoderReplacementFallback("\uFFFD"));
        Invariant.Holds(encoding is not null, "the runtime brings its code pages");
        return encoding;
    }

    private static SingleByteEncoding Latin(string upperPart) =>
        new([.. Enumerable.Range(0, 0xA0).Select(octet => (char)octet), .. upperPart]);

    private static char[] SevenBit()
    {
        var table = Enumerable.Range(0, 256).Select(octet => octet < 0x80 ? (char)octet : '\uFFFD').ToArray();
        (table[0x5B], table[0x5C], table[0x5D]) = ('Ä', 'Ö', 'Ü');
        (table[0x7B], table[0x7C], table[0x7D], table[0x7E]) = ('ä', 'ö', 'ü', 'ß');
        return table;
    }
}
