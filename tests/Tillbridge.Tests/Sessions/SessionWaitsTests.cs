using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Sessions.Waiting;
using Tillbridge.Tests.Journal;
using Tillbridge.Tests.Scenarios;
using static Tillbridge.Tests.Journal.JournalSamples;

namespace Tillbridge.Tests.Sessions;

/// <summary>Who waits for a session is woken by it, and looks no oftener than it moves.</summary>
public sealed class SessionWaitsTests
{
    private readonly ManualClock clock = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Other_terminals_records_make_nobody_look()
    {
        var journal = new CountedJournal(new MemoryJournal(clock));
        var mine = Intent(clock);
        await journal.Accept(mine, "{}", Stop);
        var waiting = new SessionWaits(journal, clock)
            .Until(mine.Id, phase => phase is SessionPhase.Closed, TimeSpan.FromMinutes(1), Stop);
        for (var times = 0; times < 50; times++) await journal.Whole(clock, terminal: "till-2");
        Assert.Equal(1, journal.Looks);

        var sent = mine.Sent(clock);
        await journal.Append(sent.State(), Stop);
        await journal.Append(sent.Closed(clock).State(RecordKind.Concluded), Stop);
        Assert.Equal(Outcome.Approved, (await waiting)?.Outcome);
        Assert.InRange(journal.Looks, 2, 3);
    }

    [Fact]
    public async Task Whose_patience_ends_is_told_how_the_session_stands()
    {
        var journal = new CountedJournal(new MemoryJournal(clock));
        var mine = Intent(clock);
        await journal.Accept(mine, "{}", Stop);
        var waiting = new SessionWaits(journal, clock)
            .Until(mine.Id, phase => phase is SessionPhase.Closed, TimeSpan.FromSeconds(5), Stop);
        clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(SessionPhase.Prepared, (await waiting)?.Phase);
    }

    private sealed class CountedJournal(IJournal inner) : KeptJournal(inner)
    {
        private int looks;

        public int Looks => Volatile.Read(ref looks);

        public override Task<Session?> Find(SessionId id, CancellationToken shutdown)
        {
            Interlocked.Increment(ref looks);
            return base.Find(id, shutdown);
        }
    }
}
