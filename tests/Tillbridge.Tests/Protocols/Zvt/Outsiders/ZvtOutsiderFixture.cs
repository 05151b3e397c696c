using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Protocols.Zvt.Outsiders;

/// <summary>An engine before a terminal of bare bytes that people who had not read our source thought of.</summary>
public abstract class ZvtOutsiderFixture : IAsyncDisposable
{
    private protected const string Ack = "800000";
    private protected const string Done = "060F00";

    private readonly TimeProvider clock = TimeProvider.System;
    private protected readonly CancellationTokenSource stop = new();
    private readonly MemoryJournal journal = new(TimeProvider.System);

    private protected IJournal Journal => journal;

    private protected LocalTerminals? engine;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        if (engine is not null) await engine.DisposeAsync();
        await journal.DisposeAsync();
        stop.Dispose();
    }

    private protected static RawTerminal Conversation(string before, Func<RawConnection, Task> pay, string totals = "848300",
        string registration = RawTerminal.Registered) => new(
        async line =>
        {
            await line.Send(Ack);
            await pay(line);
        }) { LastBooking = before, Totals = totals, Registration = registration };

    /// <summary>The line is lost when the order has come; what the terminal tells from then on is the test's.</summary>
    private protected static RawTerminal Lost(string before, Action<RawTerminal> then, string totals = "848300")
    {
        RawTerminal? made = null;
        made = Conversation(before, line =>
        {
            then(made!);
            line.HangUp();
            return Task.CompletedTask;
        }, totals);
        return made;
    }

    private protected string Booking(string receipt, string trace, long cents, int? minutes = 0, string result = "00", string tail = "")
    {
        var at = minutes is { } ago ? clock.GetLocalNow().AddMinutes(ago) : (DateTimeOffset?)null;
        var time = at is { } when
            ? string.Create(CultureInfo.InvariantCulture, $"0C{when:HHmmss}0D{when:MMdd}") : "";
        return Status($"27{result}04{cents:D12}0B{trace}{time}87{receipt}490978{tail}");
    }

    private protected static string Totals(long cents, int count, string first, string last) => $"040F42270004{cents:D12}60F0F5F3"
        + first + last + new string('0', 2 * 14) + $"{count:X2}{cents:D12}" + new string('0', 2 * 28);

    private protected static string Status(string data) => $"040F{data.Length / 2:X2}{data}";

    private protected static (Outcome? Outcome, string Reason) Ended(Session session) => (session.Outcome, session.Conclusion!.Reason);

    // A booking of an earlier hour that our journal knows.
    private protected async Task Known(RawTerminal terminal, string receipt, string trace, long cents, RequestKind kind = RequestKind.Sale)
    {
        await Start(terminal, "");
        var at = clock.GetUtcNow().AddMinutes(-5);
        var intent = new Session(IdSource.Of(clock).NewSession(), "raw", new(kind) { Amount = Money.Euro(cents) }, at)
        {
            Key = $"known-{receipt}", Fingerprint = "f",
        };
        await journal.Accept(intent, "{}", stop.Token);
        var conclusion = new Conclusion(Outcome.Approved, Reason.Approved)
        {
            ApprovedAmount = Money.Euro(cents), References = new(receipt, Trace: trace),
        };
        var closed = intent with { Phase = SessionPhase.Closed, SentAt = at, ClosedAt = at, Conclusion = conclusion };
        await journal.Append(new(closed.Id, "raw", RecordKind.Concluded, "{}", closed), stop.Token);
    }

    private protected async Task Start(RawTerminal terminal, string options)
    {
        var settings = new TerminalSettings("raw", TerminalAddress.TryParse($"zvt+tcp://127.0.0.1:{terminal.Port}{options}", out _)!)
        {
            Driver = new DriverSettings
            {
                SettleTime = TimeSpan.FromMilliseconds(200), AnswerLimit = TimeSpan.FromSeconds(5),
            },
            RecoveryLimit = TimeSpan.FromSeconds(5),
            StrictUnknown = false,
        };
        engine ??= await LocalTerminals.Start(
            journal, ProtocolCatalog.ByName, place => ProtocolCatalog.Transport(place, clock), [settings], clock, IdSource.Of(clock),
            NullLoggerFactory.Instance, stop.Token);
    }

    private protected async Task<SessionId> Submit(RawTerminal terminal, TerminalRequest request, string options = "")
    {
        await Start(terminal, options);
        var submission = await engine!.Submit(new Order("raw", request) { Key = Guid.NewGuid().ToString("N") }, stop.Token);
        Assert.Null(submission.Refusal);
        return submission.Session!.Id;
    }

    private protected async Task<Session> Pay(RawTerminal terminal, long cents = 1250, string options = "")
    {
        return await End(await Submit(terminal, TestBench.Sale(cents), options));
    }

    private protected async Task<Session> Reverse(RawTerminal terminal, string receipt) =>
        await End(await Submit(terminal, new TerminalRequest(RequestKind.Reversal) { Original = new Original(Receipt: receipt) }));

    private protected async Task<Session> End(SessionId id)
    {
        var session = (await engine!.WaitForEnd(id, TimeSpan.FromSeconds(30), stop.Token))!.OnGrounds();
        Assert.Equal(SessionPhase.Closed, session.Phase);
        return session;
    }
}
