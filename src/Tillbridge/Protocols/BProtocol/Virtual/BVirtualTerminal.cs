using Microsoft.Extensions.Logging;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;
using Tillbridge.Transports;

namespace Tillbridge.Protocols.BProtocol.Virtual;

/// <summary>
/// The terminal's side of the family: its own books, memory over a restart, one conversation at a time. A newer client displaces the
/// older one; a transaction goes on without its client, and T82 tells what became of it (csob-b.md §1).
/// </summary>
internal sealed class BVirtualTerminal : VirtualTerminal
{
    private readonly VirtualTerminalSettings settings;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly List<Task> clients = [];
    private BVirtualClient? current;
    private IAcceptor? acceptor;
    private Task? returning;
    private BVirtualRun? running;

    public BVirtualTerminal(BDialect dialect, VirtualTerminalSettings settings, TimeProvider clock, ILogger logger)
    {
        (Dialect, this.settings, this.clock, this.logger) = (dialect, settings, clock, logger);
        Acquirer = settings.Acquirer ?? new VirtualAcquirer(settings, clock);
        Scripts = settings.Scripts ?? new TerminalScripts();
        Memory = new BVirtualMemory(Acquirer, settings, dialect);
    }

    public BDialect Dialect { get; }

    public BVirtualMemory Memory { get; }

    public TimeProvider Clock => clock;

    public VirtualTerminalSettings Settings => settings;

    public override VirtualAcquirer Acquirer { get; }

    public override TerminalScripts Scripts { get; }

    /// <summary>Both copies of the last transaction's receipt; null where it has none.</summary>
    public (IReadOnlyList<string> Merchant, IReadOnlyList<string> Customer)? Paper { get; set; }

    /// <summary>The transaction that runs; null when the terminal is idle.</summary>
    public BVirtualRun? Running => Volatile.Read(ref running);

    public override async Task Serve(IAcceptor acceptor, CancellationToken shutdown)
    {
        this.acceptor = acceptor;
        try
        {
            while (true)
            {
                var connection = await acceptor.Accept(shutdown);
                clients.RemoveAll(client => client.IsCompleted);
                var isTaken = current is { IsOver: false };
                if (isTaken && (!settings.DisplacesFirstClient || Dialect.RefusesSecond))
                {
                    logger.ClientLost(settings.Name, "a second client was refused");
                    await connection.DisposeAsync();
                    continue;
                }

                if (isTaken) current!.Displace();
                // A till that closed behind the result finds no terminal that is busy with its own B0.
                if (isTaken && Running is { IsTold: true }) await clients[^1];
                var link = new MessageLink<BFrame>(
                    connection, new BMessageCodec(Dialect), Sender.Terminal, clock, wireLog: null, acceptor.Carrier);
                current = new BVirtualClient(this, link, acceptor.Carrier is Carrier.Serial);
                clients.Add(ServeClient(current, shutdown));
            }
        }
        catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
        {
            current?.Displace();
            await Task.WhenAll(clients);
        }
    }

    /// <summary>Takes the terminal for a transaction; false when another one runs.</summary>
    public bool TryBegin(BVirtualRun run) => Interlocked.CompareExchange(ref running, run, null) is null;

    public void End(BVirtualRun run) => Interlocked.CompareExchange(ref running, null, run);

    /// <summary>Switches the terminal off for a while: it answers nothing and refuses connections (contract §5).</summary>
    public void Leave(TimeSpan away)
    {
        Invariant.Holds(acceptor is not null, "only a serving terminal can leave");
        acceptor.IsOpen = false;
        returning = Return(acceptor, away);
    }

    public override async ValueTask DisposeAsync()
    {
        current?.Displace();
        await Task.WhenAll(clients);
        if (returning is not null) await returning;
    }

    private async Task Return(IAcceptor door, TimeSpan away)
    {
        await Task.Delay(away, clock);
        door.IsOpen = true;
    }

    // Owns the client's task: whatever a client does, the terminal goes on for the next one.
    private async Task ServeClient(BVirtualClient client, CancellationToken stop)
    {
        logger.ClientTaken(settings.Name, acceptor!.Name);
        try
        {
            await client.Run(stop);
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
        finally
        {
            client.IsOver = true;
            await client.Close();
        }
    }
}
