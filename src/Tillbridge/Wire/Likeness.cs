namespace Tillbridge.Wire;

/// <summary>What some bytes resemble.</summary>
/// <param name="Code">Stable, lower case, for example <c>http</c>.</param>
/// <param name="Name">For a sentence, for example "an HTTP server".</param>
/// <param name="IsWeak">So few bytes tell it that noise looks the same.</param>
internal sealed record Resemblance(string Code, string Name, bool IsWeak = false);

/// <summary>
/// Whose words the first bytes of a peer may be, by the marks with which they begin. A guess for a message to a person, never
/// a decision.
/// </summary>
internal static class Likeness
{
    private const byte Stx = 0x02;
    private const byte Enq = 0x05;
    private const byte Ack = 0x06;
    private const byte Nak = 0x15;
    private const byte TlsAlert = 0x15;
    private const byte TlsHandshake = 0x16;
    private const int FewestLetters = 4;

    /// <summary>Null when nothing known begins so.</summary>
    public static Resemblance? Of(ReadOnlySpan<byte> first) => first switch
    {
        [] => null,
        [.. var text] when text.StartsWith("HTTP/"u8) => new("http", "an HTTP server"),
        [.. var text] when text.StartsWith("SSH-"u8) => new("ssh", "an SSH server"),
        [.. var text] when text.StartsWith("220 "u8) || text.StartsWith("220-"u8) => new("mail-or-ftp", "a mail or FTP server"),
        [TlsHandshake, 0x03, ..] or [TlsHandshake] or [TlsAlert, 0x03, <= 0x04, 0x00, 0x02, ..] => new("tls", "a TLS server", IsWeak: true),
        [0xFF, >= 0xFB and <= 0xFE, ..] => new("telnet", "a Telnet server", IsWeak: true),
        // csob-b.md §2
        [Stx, (byte)'B', >= (byte)'0' and <= (byte)'4', ..] => new("b-protocol", "a terminal with the B-protocol (GPE, ČSOB; STX B0)"),
        [Stx, <= 0x0F, _, _, ..] => new("b-pos", "a terminal with a B-POS protocol (STX and a length)", IsWeak: true), // bpos1.md §7
        [Stx, ..] => new("stx", "a terminal protocol whose frames begin with STX", IsWeak: true),
        [0x00, 0x00, ..] => new("banner", "another terminal protocol, whose banner has a length before it", IsWeak: true),
        [(byte)'{', ..] or [0x00, (byte)'{', ..] => Json(first),
        [(byte)'[', ..] => new("json", "something that speaks JSON"),
        [(byte)'<', ..] => new("xml", "something that speaks XML or HTML", IsWeak: true),
        [Nak, ..] => new("refusal", "a terminal with ECR-17, Concert or another protocol that refuses by 15", IsWeak: true),
        [Enq] or [Ack] or [Enq, Enq, ..] or [Ack, Ack, ..] =>
            new("concert", "a terminal with Concert (it asks by 05 and acknowledges by 06)", IsWeak: true), // concert.md §3
        [.. var text] when IsTaggedText(text) => new("caisse-ap", "a terminal with Caisse-AP (Concert V3)"), // caisse-ap.md §2
        [.. var text] when IsModem(text) => new("modem", "a modem (AT commands)"),
        [.. var text] when IsText(text) => new("text", "something that speaks plain text", IsWeak: true),
        _ => null,
    };

    // privatbank-json.md §2: one object and a zero byte.
    private static Resemblance Json(ReadOnlySpan<byte> first) => first.IndexOf("\"method\""u8) >= 0 || first[0] == 0 || first[^1] == 0
        ? new("privatbank-json", "a terminal with PrivatBank's JSON protocol")
        : new("json", "something that speaks JSON");

    // caisse-ap.md §3: two capital letters and three digits of length.
    private static bool IsTaggedText(ReadOnlySpan<byte> text) => text.Length >= 5
        && char.IsAsciiLetterUpper((char)text[0]) && char.IsAsciiLetterUpper((char)text[1])
        && char.IsAsciiDigit((char)text[2]) && char.IsAsciiDigit((char)text[3]) && char.IsAsciiDigit((char)text[4]);

    private static bool IsModem(ReadOnlySpan<byte> text) =>
        text.StartsWith("AT"u8) || text.IndexOf("\r\nOK\r\n"u8) >= 0 || text.IndexOf("\r\nERROR\r\n"u8) >= 0
        || text.IndexOf("NO CARRIER"u8) >= 0;

    private static bool IsText(ReadOnlySpan<byte> text)
    {
        foreach (var octet in text)
        {
            if (octet is not ((>= 0x20 and <= 0x7E) or (byte)'\r' or (byte)'\n' or (byte)'\t')) return false;
        }

        return text.Length >= FewestLetters;
    }
}
