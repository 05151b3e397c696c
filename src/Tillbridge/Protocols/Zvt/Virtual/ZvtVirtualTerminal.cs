using Microsoft.Extensions.Logging;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Protocols.Zvt.Serial;
using Tillbridge.Transports;

namespace Tillbridge.Protocols.Zvt.Virtual;

/// <summary>The terminal's side of ZVT (zvt.md §16): one client at a time, its own books, memory over a restart.</summary>
internal sealed class ZvtVirtualTerminal : VirtualTerminal
{
    private readonly VirtualTerminalSettings settings;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly ZvtVirtualMemory memory;
    private IAcceptor? acceptor;
    private Task client = Task.CompletedTask;
    private Task? returning;
    private CancellationTokenSource? clientStop;

    public ZvtVirtualTerminal(VirtualTerminalSettings settings, TimeProvider clock, ILogger logger)
    {
        (this.settings, this.clock, this.logger) = (settings, clock, logger);
        Acquirer = settings.Acquirer ?? new VirtualAcquirer(settings, clock);
        Scripts = settings.Scripts ?? new TerminalScripts();
        memory = new ZvtVirtualMemory(Acquirer, settings, clock);
        Dialect = ZvtDialect.Find(settings.Dialect ?? ZvtDialect.All[0].Id) ?? throw new ArgumentException(
            $"ZVT has no dialect '{settings.Dialect}'; known are {string.Join(", ", ZvtDialect.All.Select(known => known.Id))}.");
    }

    public ZvtDialect Dialect { get; }

    public override VirtualAcquirer Acquirer { get; }

    public override TerminalScripts Scripts { get; }

    /// <summary>Its own printer.</summary>
    public ZvtVirtualPaper Paper { get; } = new();

    /// <summary>
    /// A payment that somebody begins at the terminal itself: the receipt number of the booking, or null where the till's registration
    /// has locked that (zvt.md §6.1, bit 10).
    /// </summary>
    public string? PayByHand(long minorUnits)
    {
        if ((memory.Configuration & 0x10) != 0) return null;
        var result = memory.NewResult(minorUnits, sendCurrency: true);
        Acquirer.Book("sale", minorUnits, memory.Currency.Code, reference: null, result.Receipt!, rrn: null);
        memory.Stored(result);
        memory.Remember(result);
        if ((memory.Configuration & 0x02) == 0) Paper.Print(ZvtVirtualPayment.ReceiptLines(result, "CUSTOMER COPY", signature: false));
        return result.Receipt;
    }

    public override async Task Serve(IAcceptor acceptor, CancellationToken shutdown)
    {
        this.acceptor = acceptor;
        try
        {
            while (true)
            {
                var connection = await acceptor.Accept(shutdown);
                if (!client.IsCompleted && !settings.DisplacesFirstClient)
                {
                    logger.ClientLost(settings.Name, "a second client was refused");
                    await connection.DisposeAsync();
                    continue;
                }

                await EndClient();
                clientStop = CancellationTokenSource.CreateLinkedTokenSource(shutdown);
                client = ServeClient(connection, clientStop.Token);
            }
        }
        catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
        {
            await EndClient();
        }
    }

    /// <summary>Switches the terminal off for a while: it answers nothing and refuses connections (contract §5).</summary>
    public void Leave(TimeSpan away)
    {
        Invariant.Holds(acceptor is not null, "only a serving terminal can leave");
        acceptor.IsOpen = false;
        returning = Return(acceptor, away);
    }

    public override async ValueTask DisposeAsync()
    {
        await EndClient();
        if (returning is not null) await returning;
    }

    private async Task Return(IAcceptor door, TimeSpan away)
    {
        await Task.Delay(away, clock);
        door.IsOpen = true;
    }

    private async Task EndClient()
    {
        if (clientStop is null) return;
        clientStop.Cancel();
        await client;
        clientStop.Dispose();
        clientStop = null;
    }

    // Owns the client's task: whatever a client does, the terminal goes on for the next one.
    private async Task ServeClient(ITransportConnection connection, CancellationToken stop)
    {
        var codec = new ZvtMessageCodec(new ZvtText(Dialect.CharacterSet));
        var carrier = acceptor!.Carrier;
        if (carrier is Carrier.Serial) connection = new ZvtSerialConnection(connection, clock);
        await using var link = new MessageLink<ZvtMessage>(connection, codec, Sender.Terminal, clock, wireLog: null, carrier);
        logger.ClientTaken(settings.Name, acceptor.Name);
        try
        {
            await new ZvtVirtualClient(this, memory, link, settings, clock, carrier).Run(stop);
            logger.ClientLost(settings.Name, "It closed the connection.");
        }
        catch (Exception over) when (over is LinkLostException or ProtocolViolationException or OperationCanceledException)
        {
            logger.ClientLost(settings.Name, over.Message);
        }
        catch (Exception defect)
        {
            logger.Defect(settings.Name, "-", defect);
        }
    }
}
