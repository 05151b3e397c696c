using System.Globalization;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;
using Tillbridge.Transports;

namespace Tillbridge.Protocols.BProtocol;

/// <summary>
/// One connection to a terminal: writes headers, drops what is not sound, knows the limits (csob-b.md §8), not what a request
/// means.
/// </summary>
internal sealed class BTalk : IAsyncDisposable
{
    private static readonly TimeSpan KeepAliveProof = TimeSpan.FromSeconds(15); // Three probes after 5 s, see TransportSettings.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);
    private const int MostDropped = 1000;
    private const int MostActivities = 10_000;

    private readonly BDialect dialect;
    private readonly MessageLink<BFrame> link;
    private readonly TimeSpan? configured;
    private readonly TimeProvider clock;
    private long heardAt;
    private int dropped;

    private BTalk(BDialect dialect, MessageLink<BFrame> link, string terminalId, TimeSpan? configured, TimeProvider clock)
    {
        (this.dialect, this.link, this.configured, this.clock) = (dialect, link, configured, clock);
        TerminalId = terminalId;
        heardAt = clock.GetTimestamp();
    }

    /// <summary>What our headers say; the terminal's own once it has spoken, where the dialect wants that.</summary>
    public string TerminalId { get; private set; }

    /// <summary>Who spoke last, whatever our headers say; null before the first sound message.</summary>
    public string? HeardFrom { get; private set; }

    /// <summary>There are no connections on this line: what comes may belong to an earlier conversation.</summary>
    public bool IsSerial { get; private init; }

    public TimeSpan Ack => Bounded(dialect.Timers.Ack);

    public TimeSpan Idle => configured ?? dialect.Timers.Idle;

    /// <summary>How long something is waited for behind an earlier booking that was told again.</summary>
    public TimeSpan BehindOld => Bounded(TimeSpan.FromSeconds(15));

    public TimeSpan Query => Bounded(dialect.Timers.Query);

    public TimeSpan Passivate => Bounded(dialect.Timers.Passivate);

    public static async Task<BTalk> Open(
        ITransport transport, BDialect dialect, string terminalId, TimeSpan? answerLimit, TimeProvider clock, IWireLog? wireLog,
        CancellationToken shutdown)
    {
        using var limit = new CancellationTokenSource(dialect.Timers.Connect, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, shutdown);
        ITransportConnection connection;
        try
        {
            connection = await transport.Connect(either.Token);
        }
        catch (OperationCanceledException) when (!shutdown.IsCancellationRequested)
        {
            throw new LinkLostException(
                $"{transport.Name} did not answer within {Seconds(dialect.Timers.Connect)} s: is the terminal on and in this network?");
        }

        var link = new MessageLink<BFrame>(connection, new BMessageCodec(dialect), Sender.Ecr, clock, wireLog, transport.Carrier);
        return new BTalk(dialect, link, terminalId, answerLimit, clock) { IsSerial = transport.Carrier is Carrier.Serial };
    }

    public void Interrupt() => link.Interrupt();

    /// <summary>B1 with these fields.</summary>
    public ValueTask Request(IReadOnlyList<BField> fields, CancellationToken shutdown) =>
        Send(BFrame.Request, dialect.RequestFlags, fields, shutdown);

    /// <summary>B0: we have the answer.</summary>
    public async ValueTask Confirm(CancellationToken shutdown)
    {
        if (dialect.SendConfirm) await Send(BFrame.Activity, dialect.ConfirmFlags, [], shutdown);
    }

    /// <summary>The same behind a last word that has been heard: a line that breaks now takes nothing away from it.</summary>
    public async ValueTask ConfirmLast(CancellationToken shutdown)
    {
        try
        {
            await Confirm(shutdown);
        }
        catch (LinkLostException)
        {
            // The terminal closes after its last word, as some do.
        }
    }

    /// <summary>Asks for a part of a receipt: M, C, or - for the next part.</summary>
    public async Task<BFrame> ReceiptPart(char which, CancellationToken shutdown)
    {
        var control = dialect.Fids[BFields.ReceiptControl];
        await Send(
            BFrame.ReceiptRequest, dialect.ReceiptFlags, [new(control[0], $"{BField.SubMark}{control[1]}{which}")], shutdown);
        for (var others = 0; others < MostDropped; others++)
        {
            if (await Next(Query, shutdown) is not { Type: BFrame.ReceiptPart } part) continue;
            await Confirm(shutdown);
            return part;
        }

        throw new ProtocolViolationException("The terminal sends no part of the receipt.");
    }

    /// <summary>
    /// A question that moves no money, and its answer. B0 says that the terminal still works; answers to other requests belong to
    /// earlier conversations and are passed over.
    /// </summary>
    public async Task<BFrame> Ask(string operation, TimeSpan limit, CancellationToken shutdown)
    {
        await Request([new(dialect.Fids[BFields.Type][0], dialect.TypeOf(operation))], shutdown);
        for (var others = 0; others < MostActivities; others++)
        {
            if (await Next(limit, shutdown) is not { Type: BFrame.Response } answer) continue;
            if (dialect.OperationOf(answer.Get(dialect, BFields.Type)) != operation) continue;
            await ConfirmLast(shutdown);
            return answer;
        }

        throw new ProtocolViolationException("The terminal's answer does not come to an end.");
    }

    /// <summary>The next sound message within the limit from the last one; null when <see cref="Interrupt"/> woke us.</summary>
    /// <exception cref="LinkLostException">Silence, or the line broke.</exception>
    public async Task<BFrame?> Next(TimeSpan limit, CancellationToken shutdown)
    {
        while (true)
        {
            // Neither an interruption nor a broken message is a sign of life.
            var left = limit - clock.GetElapsedTime(heardAt);
            var heard = await link.ReceiveAsync(left > Moment ? left : Moment, shutdown);
            if (heard is Heard.Silence) throw Silence(limit);
            if (heard is not Heard.Message) return null;
            var message = link.Message!;
            if (!message.IsSound || !BCodec.IsKnown(message.Type))
            {
                // csob-b.md §2.3: dropped, and the time-out decides.
                if (++dropped > MostDropped) throw new ProtocolViolationException("The terminal sends nothing but broken messages.");
                continue;
            }

            // csob-b.md, the maker's client: no sign of life. It goes down, and a new connection tells what became of what it did.
            if (message.Type == BFrame.Activity && message.Get(dialect, BFields.Response) is { } code && dialect.Restarts.Contains(code))
                throw link.Break($"The terminal restarts ({code}).", away: true);
            heardAt = clock.GetTimestamp();
            HeardFrom = message.TerminalId.Trim();
            if (dialect.AdoptTid && message.TerminalId.All(char.IsAsciiLetterOrDigit)) TerminalId = message.TerminalId;
            return message;
        }
    }

    /// <summary>A sound B2 that stands behind the last message already; null when there is none.</summary>
    public BFrame? Further()
    {
        for (var others = 0; others < MostDropped && link.TryReceive(); others++)
        {
            if (link.Message is { Type: BFrame.Response, IsSound: true } answer) return answer;
        }

        return null;
    }

    // A short silence may be a power cut that keep-alive has not found out about yet.
    public LinkLostException Silence(TimeSpan limit) => link.Break(
        $"The terminal said nothing for {Seconds(limit)} s.", silence: true, away: limit < KeepAliveProof);

    public ValueTask DisposeAsync() => link.DisposeAsync();

    private async ValueTask Send(string type, ushort flags, IReadOnlyList<BField> fields, CancellationToken shutdown)
    {
        await link.SendAsync(
            new BFrame(type)
            {
                Version = dialect.Version,
                TerminalId = TerminalId,
                Time = clock.GetLocalNow().ToString("yyMMddHHmmss", CultureInfo.InvariantCulture),
                FlagsText = flags.ToString("X4", CultureInfo.InvariantCulture),
                Fields = fields,
            },
            shutdown);
        heardAt = clock.GetTimestamp();
    }

    private TimeSpan Bounded(TimeSpan limit) => configured is { } most && most < limit ? most : limit;

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
}
