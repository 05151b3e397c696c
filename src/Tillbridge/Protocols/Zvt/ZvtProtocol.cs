using System.Collections.Frozen;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Tillbridge.Domain;
using Tillbridge.Domain.Messages;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Protocols.Zvt.Virtual;
using Tillbridge.Transports;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Protocols.Zvt;

/// <summary>ZVT (PA00P015, PA00P016): Germany, Austria, Switzerland.</summary>
public sealed class ZvtProtocol : IProtocol
{
    private const string StatusPrefix = "zvt.status.";

    private ZvtText read = ZvtText.Default;

    /// <summary>Without TLV there is no place for cashback (1F25), so it would be charged as goods.</summary>
    internal static Capabilities CapabilitiesOf(ZvtDialect dialect) => new(
        Enum.GetValues<RequestKind>().Where(kind => kind is not (RequestKind.Configuration or RequestKind.LastTotals)
            && (dialect.RegistrationTlv || kind is not RequestKind.SaleWithCashback)).ToFrozenSet(),
        FrozenSet<string>.Empty)
    {
        CanConfirm = true,
        CanAbort = dialect.AbortsPayments,
        CarriesReference = dialect.RegistrationTlv,
    };

    /// <inheritdoc/>
    public string Name => "zvt";

    /// <inheritdoc/>
    public string Summary => "ZVT (PA00P015/PA00P016): Germany, Austria, Switzerland; TCP port 20007";

    /// <inheritdoc/>
    public IReadOnlyList<string> Dialects { get; } = [.. ZvtDialect.All.Select(dialect => dialect.Id)];

    /// <inheritdoc/>
    public ProtocolVocabulary Vocabulary => ZvtWords.All;

    /// <inheritdoc/>
    public SerialMode? SerialMode => Probe.SerialModes[0];

    /// <inheritdoc/>
    public IProtocolProbe Probe { get; } = new ZvtProbe();

    /// <inheritdoc/>
    public bool ChecksFrames(string carrier) => carrier == "serial"; // zvt.md §4: CRC on serial lines, nothing over TCP.

    /// <inheritdoc/>
    public TerminalDriver MakeDriver(DriverSettings settings, ITransport transport, TimeProvider clock) =>
        new ZvtDriver(settings, transport, clock);

    /// <inheritdoc/>
    public VirtualTerminal MakeVirtualTerminal(VirtualTerminalSettings settings, TimeProvider clock, ILogger logger) =>
        new ZvtVirtualTerminal(settings, clock, logger);

    /// <inheritdoc/>
    public string Dump(ReadOnlySpan<byte> bytes, Sender? from, string? form = null) =>
        ZvtInspector.Dump(bytes, from, form is null ? read : ZvtText.OfForm(form));

    /// <inheritdoc/>
    public DecodedFrame Decode(ReadOnlySpan<byte> bytes, Sender? from) => ZvtInspector.Inspect(bytes, from, read);

    /// <inheritdoc/>
    public IProtocol InDialect(string? dialect) => dialect is null ? this
        : ZvtDialect.Find(dialect) is { } found ? new ZvtProtocol { read = new ZvtText(found.CharacterSet) }
        : throw new ArgumentException($"zvt has no dialect '{dialect}'; known are {string.Join(", ", Dialects)}.", nameof(dialect));

    /// <inheritdoc/>
    public IReadOnlyList<ProtocolParser> Parsers => ZvtParsers.All;

    /// <inheritdoc/>
    public string? ProgressText(string key, string language)
    {
        ArgumentNullException.ThrowIfNull(key);
        var words = Worded(key, language);
        // The document's own words are there in two languages; others are told what it is about.
        return words is null || language is "en" || language.StartsWith("de", StringComparison.OrdinalIgnoreCase)
            || !Messages.Knows(language) ? words : Messages.ForReason($"progress-{ProgressCode(key)}", language);
    }

    private static string? Worded(string key, string language) =>
        key switch
        {
            "zvt.connecting" => language == "de" ? "Verbindung zum Terminal" : "Connecting to the terminal",
            "zvt.repeat-unknown" => language == "de"
                ? "Das Terminal sagt nicht, was es zuletzt gebucht hat (06 20); es geht ohne weiter"
                : "The terminal does not say what it booked last (06 20); going on without",
            "zvt.recovering" => language == "de" ? "Das Terminal wird nach dem Ergebnis gefragt" : "Asking the terminal for the result",
            "zvt.abort.taken" => language == "de" ? "Abbruch angenommen, Ergebnis folgt" : "Abort taken, the result follows",
            "zvt.abort.refused" => language == "de" ? "Abbruch abgelehnt, Zahlung läuft weiter" : "Abort refused, the payment goes on",
            _ => key.StartsWith(StatusPrefix, StringComparison.Ordinal)
                && byte.TryParse(key.AsSpan(StatusPrefix.Length), NumberStyles.HexNumber, null, out var status)
                ? ZvtCodes.ProgressText(status, language)
                : null,
        };

    /// <inheritdoc/>
    public string ProgressCode(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key switch
        {
            "zvt.connecting" or "zvt.repeat-unknown" => Domain.ProgressCode.PleaseWait,
            "zvt.recovering" => Domain.ProgressCode.Recovering,
            "zvt.abort.taken" => Domain.ProgressCode.AbortRequested,
            _ => key.StartsWith(StatusPrefix, StringComparison.Ordinal)
                && byte.TryParse(key.AsSpan(StatusPrefix.Length), NumberStyles.HexNumber, null, out var status)
                ? ZvtCodes.ProgressCode(status)
                : Domain.ProgressCode.Other,
        };
    }

    /// <inheritdoc/>
    public string? ResponseText(string code, string language) =>
        byte.TryParse(code, NumberStyles.HexNumber, null, out var result) ? ZvtCodes.ResultText(result, language) : null;
}
