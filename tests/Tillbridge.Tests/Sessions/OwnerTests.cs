using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Tests.Protocols.Zvt.Outsiders;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Sessions;

/// <summary>The owner of a terminal when things happen at once, or without end.</summary>
public sealed class OwnerTests : ZvtOutsiderFixture
{
    [Fact]
    public async Task An_order_that_waits_for_the_line_is_answered_however_the_terminal_is_replaced_meanwhile()
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(RawTerminal.NothingStored, async line =>
        {
            await line.Ask(Booking($"{terminal!.Payments:D4}", $"{terminal.Payments:D6}", 1250));
            await line.Send("060F00");
        });
        for (var round = 0; round < 20; round++)
        {
            await Pay(terminal);
            var waiting = Submit(terminal, TestBench.Sale(1250));
            // Whichever comes first: the change while the line is let go, or the order.
            await engine!.Put(engine.Settings("raw")!);
            var id = await waiting.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            Assert.Equal(SessionPhase.Closed, (await End(id)).Phase);
        }
    }

    [Fact]
    public async Task Two_changes_of_one_terminal_at_once_leave_one_owner()
    {
        await using var bench = await TestBench.Start();
        var settings = bench.Engine.Settings(TestBench.Till)!;

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => bench.Engine.Put(settings)));

        Assert.All(answers, Assert.Null);
        Assert.Single(bench.Engine.States);
        Assert.Equal(Outcome.Approved, (await bench.Run(TestBench.Sale(1200))).Outcome);
    }

    [Fact]
    public async Task A_terminal_that_talks_without_end_fills_no_journal()
    {
        const int Said = 6_000;
        await using var terminal = Conversation(RawTerminal.NothingStored, async line =>
        {
            for (var said = 0; said < Said; said++) await line.Ask("04FF010A");
            await line.Ask(Booking("0001", "000001", 1250));
            await line.Send("060F00");
        });

        var session = await Pay(terminal);

        var records = await Journal.RecordsAfter(0, session.Id, 10_000, withFrames: true, CancellationToken.None);
        Assert.Equal(Outcome.Approved, session.Outcome);
        Assert.InRange(records.Count, 1_000, 5_000);
    }
}
