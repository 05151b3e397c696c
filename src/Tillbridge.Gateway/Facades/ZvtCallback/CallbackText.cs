using System.Collections.Frozen;
using System.Text;

namespace Tillbridge.Gateway.Facades.ZvtCallback;

/// <summary>Texts as this face carries them: a character set under base64 (reference §4.1).</summary>
internal sealed class CallbackText(string charset)
{
    private static readonly FrozenDictionary<string, Encoding> Known = new Dictionary<string, Encoding>
    {
        ["utf-8"] = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        ["iso-8859-1"] = Of(28591),
        ["windows-1252"] = Of(1252),
        ["cp437"] = Of(437),
        ["ascii"] = Of(20127),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly Encoding encoding = Known[charset];
    private long replaced;

    /// <summary>The sets that can be chosen.</summary>
    public static IEnumerable<string> Charsets => Known.Keys.Order(StringComparer.Ordinal);

    /// <summary>Characters that the set lacks and that became a question mark.</summary>
    public long Replaced => Interlocked.Read(ref replaced);

    /// <summary>The name of the set.</summary>
    public string Charset { get; } = charset;

    /// <summary>True for a set that can be chosen.</summary>
    public static bool Knows(string charset) => Known.ContainsKey(charset);

    /// <summary>The text in base64; "" for none. Control characters but the form feed are left out.</summary>
    public string Encode(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var clean = string.Concat(text.EnumerateRunes().Where(rune => !Rune.IsControl(rune) || rune.Value == '\f'));
        var bytes = encoding.GetBytes(clean);
        if (encoding is not UTF8Encoding)
        {
            var marks = clean.Count(character => character == '?');
            Interlocked.Add(ref replaced, Math.Max(0, bytes.Count(octet => octet == '?') - marks));
        }

        return Convert.ToBase64String(bytes);
    }

    private static Encoding Of(int page)
    {
        var (unknown, broken) = (new EncoderReplacementFallback("?"), new DecoderReplacementFallback("?"));
        // Latin-1 and ASCII are the runtime's own; the others come with its code pages.
        return page is 28591 or 20127
            ? Encoding.GetEncoding(page, unknown, broken)
            : CodePagesEncodingProvider.Instance.GetEncoding(page, unknown, broken)
                ?? throw new InvariantException("the runtime brings its code pages");
    }
}
