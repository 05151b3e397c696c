using System.Collections.Frozen;
using System.Text;

namespace Tillbridge.Gateway.Receipts;

/// <summary>Letters as bytes of one printer's table; what a table has not becomes its base letter.</summary>
internal static class PrinterLetters
{
    private const byte Space = 0x20;
    private const byte Delete = 0x7F;

    /// <summary>The tables in the order in which they are tried.</summary>
    public static IReadOnlyList<EscPosTable> Order { get; } =
    [
        EscPosTable.Cp437, EscPosTable.Cp858, EscPosTable.Cp852, EscPosTable.Wpc1250, EscPosTable.Wpc1252, EscPosTable.Cp866,
        EscPosTable.Wpc1251,
    ];

    private static readonly FrozenDictionary<EscPosTable, Encoding> Encodings = new Dictionary<EscPosTable, int>
    {
        [EscPosTable.Cp437] = 437, [EscPosTable.Cp858] = 858, [EscPosTable.Cp852] = 852, [EscPosTable.Wpc1250] = 1250,
        [EscPosTable.Wpc1252] = 1252, [EscPosTable.Cp866] = 866, [EscPosTable.Wpc1251] = 1251,
    }.ToFrozenDictionary(pair => pair.Key, pair => CodePagesEncodingProvider.Instance.GetEncoding(
        pair.Value, new EncoderReplacementFallback("\0"), DecoderFallback.ReplacementFallback)!);

    // First what stands for the others; the runtime's own decomposition needs data that a till's machine need not have.
    private static readonly FrozenDictionary<char, string> Bases = new (string Base, string Letters)[]
    {
        ("A", "ÀÁÂÃÄÅĀĂĄǍ"), ("a", "àáâãäåāăąǎ"), ("C", "ÇĆĈĊČ"), ("c", "çćĉċč"), ("D", "ĎĐÐ"), ("d", "ďđð"), ("E", "ÈÉÊËĒĔĖĘĚ"),
        ("e", "èéêëēĕėęě"), ("G", "ĜĞĠĢ"), ("g", "ĝğġģ"), ("H", "ĤĦ"), ("h", "ĥħ"), ("I", "ÌÍÎÏĨĪĬĮİ"), ("i", "ìíîïĩīĭįı"), ("J", "Ĵ"),
        ("j", "ĵ"), ("K", "Ķ"), ("k", "ķĸ"), ("L", "ĹĻĽĿŁ"), ("l", "ĺļľŀł"), ("N", "ÑŃŅŇŊ"), ("n", "ñńņňŋ"), ("O", "ÒÓÔÕÖØŌŎŐ"),
        ("o", "òóôõöøōŏő"), ("R", "ŔŖŘ"), ("r", "ŕŗř"), ("S", "ŚŜŞŠȘ"), ("s", "śŝşšș"), ("T", "ŢŤŦȚ"), ("t", "ţťŧț"), ("U", "ÙÚÛÜŨŪŬŮŰŲ"),
        ("u", "ùúûüũūŭůűų"), ("W", "Ŵ"), ("w", "ŵ"), ("Y", "ÝŶŸ"), ("y", "ýÿŷ"), ("Z", "ŹŻŽ"), ("z", "źżž"), ("AE", "Æ"), ("ae", "æ"),
        ("OE", "Œ"), ("oe", "œ"), ("ss", "ßẞ"), ("TH", "Þ"), ("th", "þ"), ("EUR", "€"), ("\"", "„“”«»"), ("'", "‚‘’‹›"), ("-", "‐‑‒–—−"),
        ("...", "…"), ("x", "×"), (" ", "\u00A0\u2007\u2009\u202F"), ("Г", "Ґ"), ("г", "ґ"), ("И", "І"), ("и", "і"), ("*", "•·"),
    }.SelectMany(row => row.Letters.Select(letter => (Letter: letter, row.Base))).ToFrozenDictionary(row => row.Letter, row => row.Base);

    /// <summary>Whether the table has every letter of the text.</summary>
    public static bool Has(EscPosTable table, string text) => Missing(table, text) == 0;

    /// <summary>How many letters of the text the table has not.</summary>
    public static int Missing(EscPosTable table, string text) =>
        text.Count(letter => ByteOf(Encodings[table], letter) is null);

    /// <summary>The text in the table; a question mark for a letter that has no base in it either.</summary>
    public static byte[] Encode(EscPosTable table, string text)
    {
        var encoding = Encodings[table];
        var bytes = new List<byte>(text.Length);
        foreach (var letter in text)
        {
            if (ByteOf(encoding, letter) is { } own) bytes.Add(own);
            else if (char.IsLowSurrogate(letter)) continue; // One mark for the pair.
            else foreach (var based in Bases.GetValueOrDefault(letter, "?")) bytes.Add(ByteOf(encoding, based) ?? (byte)'?');
        }

        return [.. bytes];
    }

    // The tables give pictures to the control codes; a picture must not become a command.
    private static byte? ByteOf(Encoding encoding, char letter)
    {
        Span<byte> bytes = stackalloc byte[4];
        var count = encoding.GetBytes([letter], bytes);
        return count == 1 && bytes[0] is >= Space and not Delete ? bytes[0] : null;
    }
}
