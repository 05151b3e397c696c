using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
using Tillbridge.Tests.Scenarios;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Tests.Protocols.Zvt.Serial;

/// <summary>The whole engine against a virtual terminal over a serial line.</summary>
internal sealed class SerialBench : IAsyncDisposable
{
    private readonly CancellationTokenSource stop;
    private readonly SerialAcceptor acceptor;
    private readonly MemoryJournal journal;
    private readonly LocalTerminals engine;
    private readonly Task serving;

    private SerialBench(
        SerialAcceptor acceptor, VirtualTerminal terminal, MemoryJournal journal, LocalTerminals engine, CancellationTokenSource stop)
    {
        (this.acceptor, Virtual, this.journal, this.engine, this.stop) = (acceptor, terminal, journal, engine, stop);
        serving = terminal.Serve(acceptor, stop.Token);
    }

    public VirtualTerminal Virtual { get; }

    /// <param name="ecr">The till's end of a cable.</param>
    /// <param name="terminal">The terminal's end.</param>
    public static async Task<SerialBench> Start(string ecr, string terminal, double answerLimit = 4, double recoveryLimit = 20)
    {
#pragma warning disable RS0030 // Real ports need real time.
        var clock = TimeProvider.System;
#pragma warning restore RS0030
        var protocol = ProtocolCatalog.ByName["zvt"];
        var acceptor = SerialAcceptor.Open(new SerialSettings(terminal, protocol.SerialMode!), clock);
        var virtualTerminal = protocol.MakeVirtualTerminal(new(), clock, NullLogger.Instance);
        var stop = new CancellationTokenSource();
        var journal = new MemoryJournal(clock);
        var settings = new TerminalSettings(TestBench.Till, TerminalAddress.TryParse($"zvt+serial://{ecr}", out _)!)
        {
            Driver = new DriverSettings { SettleTime = TimeSpan.FromMilliseconds(200), AnswerLimit = TimeSpan.FromSeconds(answerLimit) },
            RecoveryLimit = TimeSpan.FromSeconds(recoveryLimit),
        };
        var engine = await LocalTerminals.Start(
            journal, ProtocolCatalog.ByName, place => ProtocolCatalog.Transport(place, clock), [settings], clock, IdSource.Of(clock),
            NullLoggerFactory.Instance, stop.Token);
        return new SerialBench(acceptor, virtualTerminal, journal, engine, stop);
    }

    public async Task<Session> Run(TerminalRequest request)
    {
        var order = new Order(TestBench.Till, request) { Key = Guid.NewGuid().ToString("N") };
        var submission = await engine.Submit(order, stop.Token);
        Assert.Null(submission.Refusal);
        var session = (await engine.WaitForEnd(submission.Session!.Id, TimeSpan.FromSeconds(90), stop.Token))!.OnGrounds();
        Assert.Equal(SessionPhase.Closed, session.Phase);
        return session;
    }

    /// <summary>The books and the journal agree, or the session is unknown.</summary>
    public void BooksAgree(Session session) => TestBench.BooksAgree(session, Virtual.Acquirer.Net);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await engine.DisposeAsync();
        await serving;
        await Virtual.DisposeAsync();
        await acceptor.DisposeAsync();
        await journal.DisposeAsync();
        stop.Dispose();
    }
}
