using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;
using Tillbridge.Transports;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Protocols.BProtocol.Probes;

/// <summary>
/// Is it the B-protocol, and does it take us? T80 alone, which tells whether the terminal is there and free (csob-b.md §5), and B0 behind
/// its answer. T95 would talk to the bank, T81 would cancel somebody's payment: neither is sent.
/// </summary>
/// <param name="name">Name of the protocol.</param>
/// <param name="usual">Its own dialect.</param>
internal sealed class BProbe(string name, BDialect usual) : IProtocolProbe
{
    private const int MarkBytes = 3; // STX and the type.

    private static readonly SerialMode Slowest = new(9600, 8, SerialParity.None, 1);

    /// <inheritdoc/>
    public IReadOnlyList<int> UsualPorts { get; } = [usual.DefaultPort]; // csob-b.md §1, gpe.md §1

    // csob-b.md §1: 8N1, 9600 to 115200.
    /// <inheritdoc/>
    public IReadOnlyList<SerialMode> SerialModes { get; } =
        [Slowest, .. new[] { 115200, 57600, 38400, 19200 }.Select(baud => Slowest with { Baud = baud })];

    /// <inheritdoc/>
    public async Task<ProbeAnswer> Ask(ITransport transport, DriverSettings? settings, TimeProvider clock, CancellationToken shutdown)
    {
        var known = settings ?? new DriverSettings();
        var dialect = known.Dialect is { } named ? BDialectFiles.Find(named) : usual;
        _ = new BDriver(dialect, known, transport, clock); // Refuses what a driver refuses, in the same words.
        var terminalId = known.TerminalId ?? dialect.TerminalId;
        var findings = new BProbeFindings(name, dialect);
        await using var talk = await BProbeTalk.Open(transport, dialect, clock, known.WireLog, shutdown);
        try
        {
            var heard = await talk.Ask(terminalId, dialect.Crc, shutdown);
            if (findings.OfForm(heard) is { } form) return form;
            var code = findings.CodeOf(heard);
            if (code == dialect.Crc.ErrorCode)
                return findings.OfCheck(code, settings is null ? null : await FindCheck(talk, findings, terminalId, heard, shutdown));
            if (findings.IsApproved(code)) return findings.Ready(heard, terminalId, isGuess: settings is null);
            // Some refuse who calls them by another name, with the code of a busy one (csob-b.md §6).
            var own = heard.Frame.TerminalId;
            if (own != terminalId && own.All(char.IsAsciiLetterOrDigit)
                && findings.IsApproved(await CodeOfNext(talk, findings, own, dialect.Crc, shutdown)))
                return BProbeFindings.OtherId(own, terminalId, code);
            return findings.OfRefusal(heard, terminalId, isGuess: settings is null);
        }
        catch (Exception over) when (talk.IsSpoken && over is (LinkLostException or OperationCanceledException))
        {
            return findings.BrokenOff(talk);
        }
    }

    /// <inheritdoc/>
    public string? Recognise(ReadOnlySpan<byte> heard, Carrier carrier)
    {
        for (var at = 0; at + MarkBytes <= heard.Length; at++)
        {
            if (heard.Slice(at, MarkBytes) is not [BFraming.Stx, (byte)'B', >= (byte)'0' and <= (byte)'4']) continue;
            return carrier is Carrier.Serial
                ? "A message of the B-protocol begins and is not whole: change the cable or the adapter, which lose bytes, or set the "
                + "framing to that of the terminal's menu."
                : "A message of the B-protocol begins and is not whole: end another till that is connected, restart the terminal, and "
                + "look at the converter before it if there is one.";
        }

        return null;
    }

    // The terminal refuses our check at once, so that the right one is soon found; the one of its own messages comes first.
    private static async Task<CrcRule?> FindCheck(
        BProbeTalk talk, BProbeFindings findings, string terminalId, BHeard refused, CancellationToken shutdown)
    {
        foreach (var rule in findings.Checks(refused.Explained))
        {
            if (await CodeOfNext(talk, findings, terminalId, rule, shutdown) is not { } code) return null;
            if (code == findings.CheckRefused) continue;
            // An answer that was sent twice would be taken for that to the next question: asked again, the right one is taken again.
            return await CodeOfNext(talk, findings, terminalId, rule, shutdown) == code ? rule : null;
        }

        return null;
    }

    // Null when none comes: what the first answer said stands.
    private static async Task<string?> CodeOfNext(
        BProbeTalk talk, BProbeFindings findings, string terminalId, CrcRule check, CancellationToken shutdown)
    {
        try
        {
            return findings.CodeOf(await talk.Ask(terminalId, check, shutdown));
        }
        catch (Exception over) when (over is LinkLostException or OperationCanceledException)
        {
            return null;
        }
    }
}
