using System.Globalization;
using System.Text;
using Tillbridge.Wire;

namespace Tillbridge.Protocols.Zvt.Apdu;

/// <summary>Which character set a message's texts are in.</summary>
/// <param name="Setting">The terminal's configured set, or <c>auto</c>.</param>
/// <param name="Negotiated">The set of tag 14 that registration agreed on, if it did.</param>
internal sealed record ZvtText(string Setting = "auto", byte? Negotiated = null)
{
    private const string Auto = "auto";
    private const byte IsoLast = 0x10;
    private const byte Utf8Set = 0xFE;
    private const byte Cp437Set = 0xFF;

    public static ZvtText Default { get; } = new();

    /// <summary>zvt.md §3: tag 14 of the message itself, then the negotiated set, then the setting, then CP437.</summary>
    public Encoding Resolve(byte? inMessage) =>
        OfSet(inMessage) ?? OfSet(Negotiated) ?? (Setting == Auto ? null : CodePages.Find(Setting)) ?? CodePages.Cp437;

    /// <summary>Both as one word, kept with a frame whose text is made later.</summary>
    public string Form => Negotiated is { } set ? $"{Setting}+{set:X2}" : Setting;

    /// <summary>Reads that word; one that nobody wrote is as none.</summary>
    public static ZvtText OfForm(string form)
    {
        var parts = form.Split('+');
        var hasSet = byte.TryParse(parts[^1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var set);
        return new ZvtText(parts[0], parts.Length > 1 && hasSet ? set : null);
    }

    /// <summary>
    /// Seven-bit text (§3). Bytes outside of the set become what the set writes for them, so that it reads the same when it is sent on.
    /// </summary>
    public static string SevenBit(ReadOnlySpan<byte> bytes)
    {
        var set = CodePages.ZvtSevenBit;
        return set.GetString(set.GetBytes(set.GetString(bytes)));
    }

    // zvt.md §10, tag 14: 00 ASCII, 01 to 10 the parts of ISO 8859, FE UTF-8, FF CP437. A set that we do not know decides nothing.
    private static Encoding? OfSet(byte? set) => set switch
    {
        null => null,
        0 => Encoding.ASCII,
        <= IsoLast => CodePages.Find($"iso-8859-{set}"),
        Utf8Set => CodePages.Utf8,
        Cp437Set => CodePages.Cp437,
        _ => null,
    };
}
