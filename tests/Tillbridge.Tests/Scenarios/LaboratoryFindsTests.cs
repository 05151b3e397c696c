using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
using Tillbridge.Transports;

namespace Tillbridge.Tests.Scenarios;

/// <summary>What the laboratory found, each as a scenario of its own (docs/reliability.md names the seeds).</summary>
public sealed class LaboratoryFindsTests
{
    // faults:zvt:Sale:forgets its last result, and the same on a reservation that is in no sum.
    [Theory]
    [InlineData(RequestKind.Sale, false)]
    [InlineData(RequestKind.Sale, true)]
    [InlineData(RequestKind.PreAuthorization, false)]
    [InlineData(RequestKind.Refund, true)]
    public async Task A_terminal_that_forgets_without_going_away_is_not_believed_to_have_booked_nothing(RequestKind kind, bool after)
    {
        await using var bench = await TestBench.Start();
        if (after) await bench.Run(TestBench.Sale(4000));
        bench.Virtual.Scripts.Replace([new TerminalScript { Cut = ScriptCut.BeforeResult, Forget = true }], null);

        var session = await bench.Run(new TerminalRequest(kind) { Amount = Money.Euro(1250) });

        Assert.Equal(Outcome.Unknown, session.Outcome);
    }

    // Totals that are empty since a close contradict nothing: the first payment of a day must not become unknown for nothing.
    [Fact]
    public async Task A_line_that_drops_before_the_first_booking_after_a_close_is_a_certain_no()
    {
        await using var bench = await TestBench.Start();
        await bench.Run(TestBench.Sale(4000));
        Assert.Equal(Outcome.Approved, (await bench.Run(new TerminalRequest(RequestKind.Reconciliation))).Outcome);
        bench.Virtual.Scripts.Replace([new TerminalScript { Cut = ScriptCut.AfterAcknowledge }], null);

        var session = await bench.Run(TestBench.Sale(1250));

        Assert.Equal((Outcome.Failed, Reason.NotBooked), (session.Outcome, session.Conclusion!.Reason));
    }

    // random:zvt:16408773656281991231: the intent stood although its write was reported as failed, and nobody carried it out or ended it.
    [Fact]
    public async Task An_intent_whose_write_is_in_doubt_is_ended_and_not_sent()
    {
        await using var kept = new MemoryJournal(TimeProvider.System);
        var journal = new DoubtfulJournal(kept, RecordKind.Intent);
        await using var bench = await TestBench.Start(journal: journal);

        Assert.Equal(RefusalCode.JournalFull, (await bench.Submit(TestBench.Sale(1250), "k")).Refusal!.Code);
        var session = await bench.End(journal.Doubted!.Value);

        Assert.Equal((Outcome.Failed, Reason.NotSent), (session.Outcome, session.Conclusion!.Reason));
        Assert.Equal(Outcome.Approved, (await bench.Run(TestBench.Sale(4000))).Outcome);
        Assert.Equal(4000, bench.Virtual.Acquirer.Net);
    }

    // Found by reading: the till could be told "cancelled" while the payment went on.
    [Fact]
    public async Task A_payment_whose_stop_is_in_doubt_is_not_sent()
    {
        await using var kept = new MemoryJournal(TimeProvider.System);
        var journal = new DoubtfulJournal(kept, RecordKind.Concluded);
        var line = new LoopbackTransport(TimeProvider.System) { TowardsEcr = new() { Delay = TimeSpan.FromMilliseconds(700) } };
        await using var bench = await TestBench.Start(journal: journal, line: line);
        var id = (await bench.Submit(TestBench.Sale(1250))).Session!.Id;

        var refusal = await bench.Engine.Abort(id, "till", TestContext.Current.CancellationToken);
        var session = await bench.End(id);
        line.TowardsEcr = LoopbackFaults.None;

        Assert.Equal(RefusalCode.JournalFull, refusal!.Code);
        Assert.Equal((Outcome.Cancelled, Reason.CancelledBeforeSend), (session.Outcome, session.Conclusion!.Reason));
        // The next order is taken only when the first one's end is settled, and its command is the only one that ever came.
        await WaitUntilTaken(bench);
        Assert.Equal(4000, bench.Virtual.Acquirer.Net);
        Assert.Equal(1, bench.Virtual.Scripts.Taken);
    }

    private static async Task WaitUntilTaken(TestBench bench)
    {
        for (var tries = 0; tries < 600; tries++)
        {
            var order = await bench.Submit(TestBench.Sale(4000), "next");
            if (order.Session is { } session)
            {
                Assert.Equal(Outcome.Approved, (await bench.End(session.Id)).Outcome);
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), bench.Clock);
        }

        Assert.Fail("The terminal takes no more orders.");
    }

    // random:zvt, "confirms" at a close: the terminal does not wait with a close, so an unknown came of it.
    [Theory]
    [InlineData(RequestKind.Reconciliation)]
    [InlineData(RequestKind.Subtotals)]
    [InlineData(RequestKind.Status)]
    public async Task Nothing_can_be_held_back_where_nothing_is_booked(RequestKind kind)
    {
        await using var bench = await TestBench.Start();

        var refusal = (await bench.Submit(new TerminalRequest(kind) { Confirm = true })).Refusal;

        Assert.Equal((RefusalCode.InvalidRequest, "confirm"), (refusal!.Code, refusal.Field));
    }
}
