using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
using Tillbridge.Tests.Journal;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Sessions;

/// <summary>A journal whose writer is dead or whose files are gone, in the middle of a payment.</summary>
public sealed class DeadWriterTests : IDisposable
{
    private readonly JournalFolder folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_terminal_whose_journal_is_dead_says_so_instead_of_being_busy_for_ever()
    {
        var journal = await SqliteJournal.Open(folder.Data, TimeProvider.System, new BreakingLog(3005), Stop);
        await using var bench = await TestBench.Start(journal: journal);
        bench.Virtual.Scripts.Replace([new TerminalScript { SlowSeconds = 60 }], TerminalScript.Plain);
        var running = (await bench.Submit(TestBench.Sale(1250))).Session!;
        await bench.Until(running.Id, SessionPhase.InFlight);

        // An older owner's note is refused and logged, the log breaks, and the writer with it.
        var other = JournalSamples.Intent(new ManualClock(), terminal: "elsewhere");
        await journal.Accept(other, "{}", Stop);
        await journal.Append(new JournalEntry(other.Id, "elsewhere", RecordKind.Progress, "{}") { Fence = 2 }, Stop);
        journal.Note(new JournalEntry(other.Id, "elsewhere", RecordKind.Progress, "{}"));
        await Assert.ThrowsAsync<JournalException>(() => journal.WaitBeyond(long.MaxValue - 1, Stop));

        await bench.Engine.Abort(running.Id, "test", Stop);
        var refused = (await bench.Submit(TestBench.Sale(700))).Refusal!;
        for (var turn = 0; turn < 1000 && refused.Code is RefusalCode.TerminalBusy; turn++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Stop);
            refused = (await bench.Submit(TestBench.Sale(700))).Refusal!;
        }

        Assert.Equal(RefusalCode.JournalFull, refused.Code);
        Assert.True(Assert.Single(bench.Engine.States).JournalFailed);
    }

    [Fact]
    public async Task A_damaged_row_of_the_open_period_leaves_a_broken_payment_unknown_instead_of_asking_for_ever()
    {
        var journal = await SqliteJournal.Open(folder.Data, TimeProvider.System, null, Stop);
        await using var bench = await TestBench.Start(journal: journal);
        var first = await bench.Run(TestBench.Sale(1250));
        bench.Virtual.Scripts.Replace([new TerminalScript { SlowSeconds = 60 }], TerminalScript.Plain);
        var running = (await bench.Submit(TestBench.Sale(700))).Session!;
        await bench.Until(running.Id, SessionPhase.InFlight);
        folder.Tamper($"UPDATE sessions SET state = replace(state, '1250', '9250') WHERE id = '{first.Id}'");

        Assert.Null(await bench.Engine.Displace(running.Id, "test", Stop));

        var ended = await bench.End(running.Id);
        Assert.Equal((Outcome.Unknown, Reason.JournalFailed), (ended.Outcome, ended.Conclusion!.Reason));
        // The conversation lets go of the terminal a moment after the end is durable.
        while (await bench.Engine.Resolve(ended.Id, Outcome.Cancelled, "Anna", "looked", Stop) is not null)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Stop);
        Assert.Equal(Outcome.Cancelled, (await journal.Find(ended.Id, Stop))!.Outcome);
    }

    [Fact]
    public async Task No_payment_begins_and_none_is_told_as_approved_while_the_directory_is_away()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells which file stands at a path.");
        var journal = await SqliteJournal.Open(folder.Data, TimeProvider.System, null, Stop);
        await using var bench = await TestBench.Start(journal: journal);
        Assert.Equal(Outcome.Approved, (await bench.Run(TestBench.Sale(1250), "k1")).Outcome);
        Directory.Move(folder.Data, folder.Data + ".away");

        var refused = (await bench.Submit(TestBench.Sale(700), "k2")).Refusal!;
        Assert.Equal(RefusalCode.JournalFull, refused.Code);
        Assert.Contains("bring the data directory back", refused.Text, StringComparison.Ordinal);
        Assert.Equal(1250, bench.Virtual.Acquirer.Net);

        Directory.Move(folder.Data + ".away", folder.Data);
        Assert.Equal(Outcome.Approved, (await bench.Run(TestBench.Sale(700), "k2")).Outcome);
        Assert.Equal(1950, bench.Virtual.Acquirer.Net);
    }
}
