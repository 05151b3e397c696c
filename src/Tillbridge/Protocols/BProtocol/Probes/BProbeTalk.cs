using System.Globalization;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;
using Tillbridge.Transports;

namespace Tillbridge.Protocols.BProtocol.Probes;

/// <summary>The one question of a probe and what comes back. Only the answer to it is confirmed.</summary>
internal sealed class BProbeTalk : IAsyncDisposable
{
    private const int MostMessages = 50;

    private readonly MessageLink<BHeard> link;
    private readonly BDialect dialect;
    private readonly TimeProvider clock;

    private BProbeTalk(MessageLink<BHeard> link, BDialect dialect, TimeProvider clock) =>
        (this.link, this.dialect, this.clock) = (link, dialect, clock);

    /// <summary>Messages came that only a terminal of this family says.</summary>
    public bool IsSpoken { get; private set; }

    /// <summary>What is wrong with a message that could not be read; null when all could.</summary>
    public DecodeFault? Unreadable { get; private set; }

    /// <summary>An answer came to what we did not ask.</summary>
    public bool IsElse { get; private set; }

    public static async Task<BProbeTalk> Open(
        ITransport transport, BDialect dialect, TimeProvider clock, IWireLog? wireLog, CancellationToken shutdown)
    {
        using var limit = new CancellationTokenSource(dialect.Timers.Connect, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, shutdown);
        try
        {
            var connection = await transport.Connect(either.Token);
            return new(
                new MessageLink<BHeard>(connection, new BProbeCodec(dialect), Sender.Ecr, clock, wireLog, transport.Carrier), dialect,
                clock);
        }
        catch (OperationCanceledException) when (!shutdown.IsCancellationRequested)
        {
            throw new LinkLostException($"{transport.Name} did not answer in time: is the terminal on and in this network?")
            {
                Fault = ConnectFault.TimedOut,
            };
        }
    }

    /// <summary>T80, and its answer. B0 says that the terminal still works; answers to others are left alone.</summary>
    /// <exception cref="LinkLostException">Silence, or the line broke.</exception>
    /// <exception cref="ProtocolViolationException">Our own words came back, or it does not come to an end.</exception>
    public async Task<BHeard> Ask(string terminalId, CrcRule check, CancellationToken shutdown)
    {
        BField[] question = [new(dialect.Fids[BFields.Type][0], dialect.TypeOf(BOperations.AppInfo))];
        await Send(new(Of(BFrame.Request, dialect.RequestFlags, terminalId, question), check), shutdown);
        for (var messages = 0; messages < MostMessages; messages++)
        {
            if (await link.ReceiveAsync(dialect.Timers.Query, shutdown) is not Heard.Message)
                throw link.Break("The terminal said nothing to T80.", silence: true);
            var heard = link.Message!;
            // Nobody but a till says these: they are our own, and whoever sent them back is no terminal.
            if (heard.Frame.Type is BFrame.Request or BFrame.ReceiptRequest)
                throw new ProtocolViolationException("Our own message came back.");
            if (!BCodec.IsKnown(heard.Frame.Type)) continue;
            IsSpoken = true;
            Unreadable ??= heard.Frame.Fault;
            if (heard.Frame.Type != BFrame.Response || heard.Frame.Fault is not null) continue;
            // An answer without a type is the answer: nothing else was asked.
            if (heard.Frame.Get(dialect, BFields.Type) is { } type && type != dialect.TypeOf(BOperations.AppInfo))
            {
                IsElse = true;
                continue;
            }

            await Confirm(terminalId, check, shutdown);
            return heard;
        }

        throw new ProtocolViolationException("The terminal's answer does not come to an end.");
    }

    public ValueTask DisposeAsync() => link.DisposeAsync();

    private async Task Confirm(string terminalId, CrcRule check, CancellationToken shutdown)
    {
        if (!dialect.SendConfirm) return;
        try
        {
            await Send(new(Of(BFrame.Activity, dialect.ConfirmFlags, terminalId, []), check), shutdown);
        }
        catch (LinkLostException)
        {
            // It closes after its last word, as some do.
        }
    }

    private ValueTask Send(BHeard message, CancellationToken shutdown) => link.SendAsync(message, shutdown);

    private BFrame Of(string type, ushort flags, string terminalId, IReadOnlyList<BField> fields) => new(type)
    {
        Version = dialect.Version,
        TerminalId = terminalId,
        Time = clock.GetLocalNow().ToString("yyMMddHHmmss", CultureInfo.InvariantCulture),
        FlagsText = flags.ToString("X4", CultureInfo.InvariantCulture),
        Fields = fields,
    };
}
