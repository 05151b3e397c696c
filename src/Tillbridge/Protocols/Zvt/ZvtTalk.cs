using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Protocols.Zvt.Serial;
using Tillbridge.Transports;

namespace Tillbridge.Protocols.Zvt;

/// <summary>One connection to a terminal, registered and ready for commands. Knows T3 and T4, not what a command means.</summary>
internal sealed class ZvtTalk : IAsyncDisposable
{
    private static readonly TimeSpan T3 = TimeSpan.FromSeconds(5);      // zvt.md §5
    private static readonly TimeSpan T4 = TimeSpan.FromSeconds(180);    // zvt.md §5
    private static readonly TimeSpan KeepAliveProof = TimeSpan.FromSeconds(15); // Three probes after 5 s, see TransportSettings.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500); // Longer than a terminal thinks about 05 01 or 06 20.
    private const int MostAnswersIgnored = 100;
    private const int MostMinutes = 30; // A terminal may ask for up to 99; nobody waits that long at a till.

    private readonly ZvtMessageCodec codec;
    private MessageLink<ZvtMessage> link;
    private readonly TimeSpan? configuredLimit;
    private readonly TimeProvider clock;
    private TimeSpan conversationLimit;
    private long heardAt;
    private ZvtMessage? early;

    private ZvtTalk(ZvtMessageCodec codec, MessageLink<ZvtMessage> link, TimeSpan? limit, TimeProvider clock, Carrier carrier)
    {
        (this.codec, this.link, configuredLimit, this.clock) = (codec, link, limit, clock);
        IsSerial = carrier is Carrier.Serial;
        conversationLimit = limit ?? T4;
    }

    public ZvtText Text => codec.Text;

    /// <summary>There are no connections on this line: what comes may belong to an earlier conversation.</summary>
    public bool IsSerial { get; }

    private TimeSpan AcknowledgeLimit => configuredLimit is { } limit && limit < T3 ? limit : T3;

    public static async Task<ZvtTalk> Open(
        ITransport transport, ZvtDialect dialect, TimeSpan? answerLimit, TimeProvider clock, IWireLog? wireLog, CancellationToken shutdown)
    {
        var codec = new ZvtMessageCodec(new ZvtText(dialect.CharacterSet));
        var link = await LinkOver(transport, codec, clock, wireLog, shutdown);
        return new ZvtTalk(codec, link, answerLimit, clock, transport.Carrier);
    }

    /// <summary>The same over a new connection, in which nothing of the old one is left.</summary>
    public async Task Reopen(ITransport transport, IWireLog? wireLog, CancellationToken shutdown)
    {
        await link.DisposeAsync();
        link = await LinkOver(transport, codec, clock, wireLog, shutdown);
        early = null;
    }

    /// <summary>The set that the terminal said it will use (§3, §6.1).</summary>
    public void Negotiate(byte characterSet) => codec.Text = codec.Text with { Negotiated = characterSet };

    public void Interrupt() => link.Interrupt();

    /// <summary>
    /// Sends a command and waits for its one answer. A command of the terminal in place of the answer counts as a positive
    /// one (§17) and is handed back to be dealt with next.
    /// </summary>
    public async Task<ZvtMessage> Command(ZvtMessage command, TimeSpan? limit, CancellationToken shutdown)
    {
        conversationLimit = configuredLimit ?? T4;
        await link.SendAsync(command, shutdown);
        var answer = await Receive(limit ?? AcknowledgeLimit, "acknowledge the command", shutdown);
        heardAt = clock.GetTimestamp();
        return answer;
    }

    /// <summary>The next message of the terminal, or null when <see cref="Interrupt"/> woke us.</summary>
    public async Task<ZvtMessage?> Next(CancellationToken shutdown)
    {
        if (Interlocked.Exchange(ref early, null) is { } waiting) return waiting;
        // An interruption is no sign of life: the silence goes on from the terminal's last word.
        var left = conversationLimit - clock.GetElapsedTime(heardAt);
        var heard = await link.ReceiveAsync(left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1), shutdown);
        if (heard is Heard.Silence) throw Silence(conversationLimit, "say how it goes on");
        if (heard is Heard.Message) heardAt = clock.GetTimestamp();
        return heard is Heard.Message ? link.Message : null;
    }

    /// <summary>
    /// Holds our answer back for that long, or until <see cref="Interrupt"/>; a terminal that does not wait for it is heard next.
    /// </summary>
    public async Task Hold(TimeSpan limit, CancellationToken shutdown)
    {
        if (await link.ReceiveAsync(limit, shutdown) is not Heard.Message) return;
        heardAt = clock.GetTimestamp();
        early = link.Message;
    }

    /// <summary>The next message within a short time; null when none came.</summary>
    public async Task<ZvtMessage?> NextWithin(TimeSpan limit, CancellationToken shutdown)
    {
        for (var waits = 0; waits < MostAnswersIgnored; waits++)
        {
            var heard = await link.ReceiveAsync(limit, shutdown);
            if (heard is not Heard.Interrupted) return heard is Heard.Message ? link.Message : null;
        }

        return null;
    }

    /// <summary>Answers a command of the terminal.</summary>
    public ValueTask Acknowledge(CancellationToken shutdown) => link.SendAsync(ZvtPositive.Plain, shutdown);

    /// <summary>Refuses a command of the terminal, or puts its status information off.</summary>
    public ValueTask Refuse(byte code, CancellationToken shutdown) => link.SendAsync(new ZvtNegative(code), shutdown);

    /// <summary>
    /// Answers a command of the terminal that is not about anything we asked. A result that nobody made durable is not committed:
    /// the terminal takes it back, as it does when a connection breaks (§7.3).
    /// </summary>
    public ValueTask AnswerStray(ZvtMessage message, CancellationToken shutdown) =>
        message is ZvtOther ? Refuse(ZvtResultCodes.UnknownCommand, shutdown)
            : IsSerial && message is ZvtStatusInformation { ResultCode: null or 0 } ? Refuse(ZvtResultCodes.ProcessingError, shutdown)
            : Acknowledge(shutdown);

    /// <summary>
    /// Sends a command and waits for its own answer: commands of the terminal that come first belong to an earlier conversation,
    /// for a line keeps the order.
    /// </summary>
    public async Task<ZvtMessage> CommandPastStrays(ZvtMessage command, CancellationToken shutdown)
    {
        var answer = await Command(command, null, shutdown);
        for (var strays = 0; answer is not (ZvtPositive or ZvtNegative); strays++)
        {
            if (strays == MostAnswersIgnored) throw new ProtocolViolationException("The terminal sends commands instead of an answer.");
            await AnswerStray(answer, shutdown);
            answer = await Receive(AcknowledgeLimit, "acknowledge the command", shutdown);
        }

        heardAt = clock.GetTimestamp();
        return answer;
    }

    /// <summary>
    /// True when every question has had its answer, so that what was heard belongs to what was asked. A line that held bytes back
    /// brings the answers of earlier questions first, and then those to ours are still to come (found by the laboratory).
    /// </summary>
    public async Task<bool> IsInStep(CancellationToken shutdown)
    {
        if (await NextWithin(Quiet, shutdown) is not { } stray) return true;
        await AnswerStray(stray, shutdown);
        return false;
    }

    /// <summary>Answers the terminal's last word. It has been heard, so a line that breaks now takes nothing away from it.</summary>
    public async ValueTask AcknowledgeLast(CancellationToken shutdown)
    {
        try
        {
            await Acknowledge(shutdown);
        }
        catch (LinkLostException)
        {
            // The terminal closes after its last word, as some do.
        }
    }

    public ValueTask Send(ZvtMessage message, CancellationToken shutdown) => link.SendAsync(message, shutdown);

    /// <summary>How long the next message may take at most, where T4 is more than the question can need.</summary>
    public void Shorten(TimeSpan limit)
    {
        if (limit < conversationLimit) conversationLimit = limit;
    }

    /// <summary>04 FF may set T4 in minutes; 0 leaves it (§5). A configured limit stands above both.</summary>
    public void SetMinutes(int? minutes)
    {
        if (configuredLimit is null && minutes is > 0) conversationLimit = TimeSpan.FromMinutes(Math.Min(minutes.Value, MostMinutes));
    }

    public ValueTask DisposeAsync() => link.DisposeAsync();

    private static async Task<MessageLink<ZvtMessage>> LinkOver(
        ITransport transport, ZvtMessageCodec codec, TimeProvider clock, IWireLog? wireLog, CancellationToken shutdown)
    {
        var connection = await transport.Connect(shutdown);
        if (transport.Carrier is Carrier.Serial) connection = new ZvtSerialConnection(connection, clock);
        return new MessageLink<ZvtMessage>(connection, codec, Sender.Ecr, clock, wireLog, transport.Carrier);
    }

    private async Task<ZvtMessage> Receive(TimeSpan limit, string what, CancellationToken shutdown)
    {
        var message = await NextWithin(limit, shutdown);
        return message ?? throw Silence(limit, what);
    }

    // A short silence may be a power cut that keep-alive has not found out about yet.
    private LinkLostException Silence(TimeSpan limit, string what) => link.Break(
        $"The terminal did not {what} within {limit.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s.",
        silence: true,
        away: limit < KeepAliveProof);
}
