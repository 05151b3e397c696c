using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Protocols.BProtocol;

/// <summary>An engine before a <see cref="RawBTerminal"/>.</summary>
public abstract class BDriverFixture : IAsyncLifetime
{
    private static readonly Currency Koruna = Currency.Of("CZK");

    private readonly CancellationTokenSource stop = new();
#pragma warning disable RS0030 // Real sockets need real time.
    protected TimeProvider Clock { get; } = TimeProvider.System;
#pragma warning restore RS0030
    private readonly List<string> files = [];
    private MemoryJournal journal = null!;
    private LocalTerminals? engine;
    private string name = "";

    public ValueTask InitializeAsync()
    {
        journal = new MemoryJournal(Clock);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Stop();
        await journal.DisposeAsync();
        files.ForEach(File.Delete);
        stop.Dispose();
    }

    private protected static RawBTerminal Csob(Func<RawBLine, RawBTerminal, Task> pay) => Make(pay, "R-02");

    private protected static RawBTerminal Gpe(Func<RawBLine, RawBTerminal, Task> pay) => Make(pay, "R360");

    private static RawBTerminal Make(Func<RawBLine, RawBTerminal, Task> pay, string nothing)
    {
        RawBTerminal? made = null;
        made = new RawBTerminal((line, _) => pay(line, made!)) { Last = nothing };
        return made;
    }

    protected string Dialect(string extends, string rest)
    {
        var file = Path.GetTempFileName();
        files.Add(file);
        File.WriteAllText(file, $$"""{ "extends": "{{extends}}", {{rest}} }""");
        return file;
    }

    private protected async Task<Session> Pay(RawBTerminal terminal, string dialect, string? reference, int answerLimit = 3)
    {
        await Start(terminal, dialect, answerLimit);
        return await Ask(RequestKind.Sale, reference);
    }

    private protected async Task<Session> Ask(
        RequestKind kind, string? reference = null, Original? original = null, long minorUnits = 1250) =>
        await End(await Submit(kind, reference, original, minorUnits));

    private protected async Task<SessionId> Submit(
        RequestKind kind, string? reference = null, Original? original = null, long minorUnits = 1250)
    {
        var request = new TerminalRequest(kind)
        {
            Amount = kind.NeedsAmount() ? new Money(minorUnits, Koruna) : null, Reference = reference, Original = original,
        };
        var submission = await engine!.Submit(new Order(name, request) { Key = Guid.NewGuid().ToString("N") }, stop.Token);
        Assert.Null(submission.Refusal);
        return submission.Session!.Id;
    }

    private protected async Task<Session> End(SessionId id) =>
        (await engine!.WaitForEnd(id, TimeSpan.FromSeconds(30), stop.Token))!.OnGrounds();

    /// <summary>The engine died an hour ago with this sale on the wire; the next <see cref="Start"/> finds it.</summary>
    private protected async Task<SessionId> BrokenAnHourAgo(RawBTerminal terminal)
    {
        var sent = Clock.GetUtcNow() - TimeSpan.FromHours(1);
        var session = new Session(
            IdSource.Of(Clock).NewSession(), Name(terminal),
            new(RequestKind.Sale) { Amount = new Money(1250, Koruna), Reference = "42" }, sent);
        await journal.Accept(session, "{}", stop.Token);
        var lost = session with { Phase = SessionPhase.InFlight, SentAt = sent, Baseline = Baseline.Nothing };
        await journal.Append(new(lost.Id, lost.Terminal, RecordKind.State, "{}", lost), stop.Token);
        return session.Id;
    }

    private string Name(RawBTerminal terminal) => $"till-{files.Count}-{terminal.Port}";

    private protected async Task Abort(SessionId id) => Assert.Null(await engine!.Abort(id, "till", stop.Token));

    private protected async Task Start(RawBTerminal terminal, string dialect, int answerLimit = 3, string options = "")
    {
        var isCsob = dialect == "csob-b" || (File.Exists(dialect)
            && (await File.ReadAllTextAsync(dialect)).Contains("csob-b", StringComparison.Ordinal));
        var protocol = isCsob ? "csob-b" : "gpe";
        var address = TerminalAddress.TryParse($"{protocol}+tcp://127.0.0.1:{terminal.Port}{options}", out _)!;
        name = Name(terminal);
        var settings = new TerminalSettings(name, address)
        {
            Driver = new DriverSettings
            {
                SettleTime = TimeSpan.FromMilliseconds(200), AnswerLimit = TimeSpan.FromSeconds(answerLimit), Currency = "CZK",
                Dialect = File.Exists(dialect) ? dialect : null,
            },
            RecoveryLimit = TimeSpan.FromSeconds(3),
        };
        await Stop();
        engine = await LocalTerminals.Start(
            journal, ProtocolCatalog.ByName, place => ProtocolCatalog.Transport(place, Clock), [settings], Clock, IdSource.Of(Clock),
            NullLoggerFactory.Instance, stop.Token);
    }

    protected async Task Stop()
    {
        if (engine is not null) await engine.DisposeAsync();
    }
}
