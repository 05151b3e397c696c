using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
using Tillbridge.Transports;

namespace Tillbridge.Tests.Scenarios;

/// <summary>The whole engine against a virtual terminal over a real TCP connection, with a journal in memory unless given.</summary>
internal sealed class TestBench : IAsyncDisposable
{
    public const string Till = "till-1";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource stop = new();
    private readonly IAcceptor acceptor;
    private readonly Task serving;

    private TestBench(
        IProtocol protocol, IJournal journal, VirtualTerminalSettings? virtualSettings, LoopbackTransport? line, TimeProvider clock)
    {
        Clock = clock;
        Journal = journal;
        acceptor = line is null ? TcpAcceptor.Open(IPAddress.Loopback, 0) : line;
        Virtual = protocol.MakeVirtualTerminal(virtualSettings ?? new(), clock, NullLogger.Instance);
        serving = Virtual.Serve(acceptor, stop.Token);
        var place = line is null ? acceptor.Name : "127.0.0.1:1";
        Address = TerminalAddress.TryParse($"{protocol.Name}+tcp://{place}", out _)!;
    }

    public TimeProvider Clock { get; }

    public IJournal Journal { get; }

    public VirtualTerminal Virtual { get; }

    public TerminalAddress Address { get; }

    public LocalTerminals Engine { get; private set; } = null!;

    public static async Task<TestBench> Start(
        string protocol = "zvt", IJournal? journal = null, VirtualTerminalSettings? settings = null,
        Func<TerminalSettings, TerminalSettings>? adjust = null, LoopbackTransport? line = null)
    {
#pragma warning disable RS0030 // Real sockets need real time; what depends on time uses short limits of its own.
        var clock = TimeProvider.System;
#pragma warning restore RS0030
        var bench = new TestBench(ProtocolCatalog.ByName[protocol], journal ?? new MemoryJournal(clock), settings, line, clock);
        var terminal = new TerminalSettings(Till, bench.Address)
        {
            Driver = new DriverSettings { SettleTime = TimeSpan.FromMilliseconds(200), AnswerLimit = TimeSpan.FromSeconds(3) },
            RecoveryLimit = TimeSpan.FromSeconds(20),
        };
        bench.Engine = await LocalTerminals.Start(
            bench.Journal, ProtocolCatalog.ByName,
            address => line is null ? ProtocolCatalog.Transport(address, clock) : line,
            [adjust?.Invoke(terminal) ?? terminal], clock, IdSource.Of(clock), NullLoggerFactory.Instance, bench.stop.Token);
        return bench;
    }

    public static TerminalRequest Sale(long cents) => new(RequestKind.Sale) { Amount = Money.Euro(cents) };

    public Task<Submission> Submit(TerminalRequest request, string? key = null) => Engine.Submit(
        new Order(Till, request) { Key = key ?? (request.Kind.MovesMoney() ? Guid.NewGuid().ToString("N") : null) }, stop.Token);

    public async Task<Session> Run(TerminalRequest request, string? key = null)
    {
        var submission = await Submit(request, key);
        Assert.Null(submission.Refusal);
        return await End(submission.Session!.Id);
    }

    /// <summary>Waits until a session has reached a phase.</summary>
    public async Task Until(SessionId id, SessionPhase phase)
    {
        while (true)
        {
            var seen = Journal.LastSequence;
            if ((await Journal.Find(id, CancellationToken.None))!.Phase == phase) return;
            await Journal.WaitBeyond(seen, TestContext.Current.CancellationToken);
        }
    }

    public async Task<Session> End(SessionId id)
    {
        var session = (await Engine.WaitForEnd(id, Patience, stop.Token))!.OnGrounds();
        Assert.Equal(SessionPhase.Closed, session.Phase);
        return session;
    }

    /// <summary>The sentence after every run: the books and the journal agree, or the session is unknown.</summary>
    public void BooksAgree(Session session) => BooksAgree(session, Virtual.Acquirer.Net);

    /// <summary>The same for a terminal that somebody else runs.</summary>
    public static void BooksAgree(Session session, long net)
    {
        if (session.Outcome is Outcome.Unknown) return;
        var booked = session.Outcome is Outcome.Approved ? session.Conclusion!.ApprovedAmount!.Value.MinorUnits : 0;
        Assert.Equal(booked, net);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Engine.DisposeAsync();
        await serving;
        await Virtual.DisposeAsync();
        await acceptor.DisposeAsync();
        await Journal.DisposeAsync();
        stop.Dispose();
    }
}
