using System.Buffers;
using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Protocols.Zvt.Serial;
using Tillbridge.Sessions;
using Tillbridge.Tests.Scenarios;
using Tillbridge.Transports;

namespace Tillbridge.Tests.Protocols.Zvt.Serial;

/// <summary>A serial line knows no connections: what an earlier payment still says must not become the answer to a new one.</summary>
public sealed class ZvtSerialStrayTests : IAsyncDisposable
{
    private const string Approved = "040F132700040000000012500B000042870042490978";
    private const string Positive = "800000";

    private readonly LoopbackTransport line = new(TimeProvider.System) { Carrier = Carrier.Serial };
    private readonly CancellationTokenSource stop = new();
    private readonly MemoryJournal journal = new(TimeProvider.System);
    private ITransportConnection? terminal;
    private LocalTerminals? engine;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        if (engine is not null) await engine.DisposeAsync();
        if (terminal is not null) await terminal.DisposeAsync();
        await journal.DisposeAsync();
        stop.Dispose();
    }

    [Fact]
    public async Task An_earlier_approval_that_comes_late_is_not_committed_and_approves_nothing()
    {
        var session = await Begin();
        await Hears("0600");
        await Say(Positive, "060F00");
        await Hears(Positive);
        await Hears("0501");
        await Say(Approved);          // The earlier payment, in place of an answer.
        await Hears("846600");        // Nobody made it durable: the terminal takes it back.
        await Say("060F00");
        await Hears(Positive);
        await Say(Positive, "060F0100");
        await Hears(Positive);
        await Hears("0620");
        await Say(Positive, "061E0164");
        await Hears(Positive);
        await Hears("0601");
        await Say(Positive, "061E0105"); // Ours is declined.
        await Hears(Positive);

        Assert.Equal(Outcome.Declined, (await End(session)).Outcome);
    }

    [Fact]
    public async Task The_end_of_an_earlier_payment_ends_no_registration_for_good()
    {
        var session = await Begin();
        await Hears("0600");
        await Say(Positive, Approved);
        await Hears("846600");
        await Say("061E016C");
        await Hears(Positive);

        // The registration was taken for refused: nothing of ours was sent.
        var ended = await End(session);
        Assert.NotEqual(Outcome.Approved, ended.Outcome);
        Assert.NotEqual(Outcome.Unknown, ended.Outcome);
    }

    [Fact]
    public async Task The_end_of_an_earlier_payment_is_no_end_of_the_registration()
    {
        var session = await Begin();
        await Hears("0600");
        await Say("060F00");
        await Hears(Positive);
        await Say("849C00"); // The answer to the registration, which came in the middle of it.

        Assert.Equal(Outcome.Failed, (await End(session)).Outcome);
    }

    [Fact]
    public async Task A_terminal_that_is_still_in_an_earlier_payment_gets_no_new_one()
    {
        var session = await Begin();
        await Hears("0600");
        await Say(Positive, "849C00");

        var ended = await End(session);
        Assert.Equal(Outcome.Failed, ended.Outcome);
    }

    [Fact]
    public async Task Without_an_answer_that_no_payment_can_give_nothing_is_sent()
    {
        var session = await Begin();
        await Hears("0600");
        await Say(Positive, "060F00");
        await Hears(Positive);
        for (var asked = 0; asked < 3; asked++)
        {
            await Hears("0501");
            await Say(Positive, "060F00");
            await Hears(Positive);
        }

        var ended = await End(session);
        Assert.Equal((Outcome.Failed, Reason.TerminalBusy), (ended.Outcome, ended.Conclusion!.Reason));
    }

    [Fact]
    public async Task While_answers_to_earlier_questions_still_come_in_no_money_is_asked_for()
    {
        // A line that held bytes back: each question is answered by what the one before it was answered with.
        var session = await Begin();
        await Hears("0600");
        await Say(Positive, "060F00");
        await Hears(Positive);
        await Hears("0501");
        await Say(Positive, "060F0100");
        await Hears(Positive);
        await Hears("0620");
        await Say(Positive, "061E0164");
        await Hears(Positive);
        await Say("061E0164"); // The answer to our own 06 20: the one before was for an earlier one.
        await Hears(Positive);

        var ended = await End(session);
        Assert.Equal((Outcome.Failed, Reason.TerminalBusy), (ended.Outcome, ended.Conclusion!.Reason));
        Assert.Null(ended.SentAt);
    }

    private async Task<SessionId> Begin()
    {
        var clock = TimeProvider.System;
        var settings = new TerminalSettings("raw", TerminalAddress.TryParse("zvt+serial:///dev/none", out _)!)
        {
            Driver = new DriverSettings { SettleTime = TimeSpan.FromMilliseconds(200), AnswerLimit = TimeSpan.FromSeconds(3) },
            RecoveryLimit = TimeSpan.FromSeconds(3),
        };
        engine = await LocalTerminals.Start(
            journal, ProtocolCatalog.ByName, _ => line, [settings], clock, IdSource.Of(clock), NullLoggerFactory.Instance, stop.Token);
        var submission = await engine.Submit(new Order("raw", TestBench.Sale(1250)) { Key = "order" }, stop.Token);
        terminal = new ZvtSerialConnection(await line.Accept(stop.Token), clock);
        return submission.Session!.Id;
    }

    private async Task<Session> End(SessionId id)
    {
        var session = (await engine!.WaitForEnd(id, TimeSpan.FromSeconds(30), stop.Token))!.OnGrounds();
        Assert.Equal(SessionPhase.Closed, session.Phase);
        return session;
    }

    private async Task Say(params string[] apdus)
    {
        foreach (var apdu in apdus) await terminal!.Output.WriteAsync(Convert.FromHexString(apdu), stop.Token);
    }

    private async Task Hears(string beginning)
    {
        var read = await terminal!.Input.ReadAtLeastAsync(3, TestContext.Current.CancellationToken);
        var buffer = read.Buffer;
        Assert.True(Tillbridge.Protocols.Zvt.Apdu.ZvtFraming.TryTake(ref buffer, out var apdu));
        Assert.StartsWith(beginning, Convert.ToHexString(apdu.ToArray()), StringComparison.Ordinal);
        terminal.Input.AdvanceTo(buffer.Start);
    }
}
