using Tillbridge.Domain;
using Tillbridge.Domain.Books;
using Tillbridge.Journal;
using Tillbridge.Journal.Sqlite;
using Tillbridge.Tests.Journal.Earlier;
using Tillbridge.Tests.Scenarios;
using static Tillbridge.Tests.Journal.JournalSamples;

namespace Tillbridge.Tests.Journal.Periods;

/// <summary>Sums are made out of the sessions, and when both disagree the sessions are right.</summary>
public sealed class PeriodSumsTests : IDisposable
{
    private const string Newest = "(SELECT max(place) FROM book_lines)";
    private readonly JournalFolder folder = new();
    private readonly ManualClock clock = new();

    public static TheoryData<string> Damage =>
    [
        $"UPDATE book_lines SET net = net + 1 WHERE place = {Newest}",
        "UPDATE book_lines SET own_net = own_net + 1 WHERE place = (SELECT min(place) FROM book_lines)",
        $"UPDATE book_lines SET seal = x'00' WHERE place = {Newest}",
        "DELETE FROM book_lines WHERE place = (SELECT min(place) FROM book_lines)",
        $"DELETE FROM book_lines WHERE place = {Newest}",
        $"UPDATE book_lines SET session = 'nobody' WHERE place = {Newest}",
        $"UPDATE book_lines SET place = place + 100 WHERE place = {Newest}",
        "UPDATE book_lines SET terminal = 'till-9' WHERE place = (SELECT min(place) FROM book_lines)",
        "UPDATE book_lines SET approved = 0",
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Damage))]
    public async Task Sums_that_disagree_are_named_and_the_next_start_makes_them_anew(string damage)
    {
        await Fill();
        folder.Tamper(damage);
        using (var reader = JournalReader.Open(folder.Data))
        {
            var check = await reader.Verify(Stop);
            Assert.Null(check.BrokenAt);
            Assert.Contains(Till, check.Sums.Select(sums => sums.Terminal));
        }

        await using var journal = await Open();
        Assert.Contains(journal.Faults, fault => fault.Contains($"The sums of terminal '{Till}' disagree", StringComparison.Ordinal));
        await journal.Whole(clock, terminal: "till-2");
        Assert.Empty((await journal.Verify(Stop)).Sums);
        Assert.Equal(3 * 1250, await Net(journal));
    }

    [Fact]
    public async Task A_line_that_is_damaged_while_the_journal_runs_costs_time_and_is_made_anew()
    {
        await using var journal = await Open();
        for (var times = 0; times < 3; times++) await journal.Whole(clock);
        folder.Tamper($"UPDATE book_lines SET net = 0 WHERE place = {Newest}");
        Assert.Equal(3 * 1250, await Net(journal));
        await journal.Whole(clock, terminal: "till-2");
        Assert.Empty((await journal.Verify(Stop)).Sums);
        Assert.Equal(3 * 1250, await Net(journal));
    }

    [Fact]
    public async Task A_booking_behind_a_damaged_line_is_written_and_its_books_are_made_anew()
    {
        await using var journal = await Open();
        await journal.Whole(clock);
        folder.Tamper("UPDATE book_lines SET net = 0");
        await journal.Whole(clock);
        Assert.Empty((await journal.Verify(Stop)).Sums);
        Assert.Equal(2 * 1250, await Net(journal));
    }

    [Fact]
    public async Task While_a_terminal_is_doubted_its_sessions_answer_themselves()
    {
        await using var journal = await Open();
        for (var times = 0; times < 3; times++) await journal.Whole(clock);
        folder.Tamper($"INSERT INTO doubted_books (terminal) VALUES ('{Till}'); DELETE FROM book_lines");
        Assert.Equal(3 * 1250, await Net(journal));
        Assert.NotNull(await journal.Look(Till, period => period.NewestBooking(), Stop));
        Assert.Empty((await journal.Verify(Stop)).Sums);
    }

    [Fact]
    public async Task A_session_that_cannot_be_read_leaves_nothing_to_sum_up_when_its_line_is_lost_too()
    {
        await Fill();
        folder.Tamper(
            $"UPDATE sessions SET outcome = 'declined' WHERE place = (SELECT max(place) FROM sessions WHERE terminal = '{Till}'); "
            + $"DELETE FROM book_lines; INSERT INTO doubted_books (terminal) VALUES ('{Till}')");
        await using var journal = await Open();
        Assert.Null(await Net(journal));
        // It may be the last booking, and nobody may take the one before for that.
        await Assert.ThrowsAsync<JournalException>(() => journal.Look(Till, period => period.NewestBooking(), Stop));
        Assert.Empty((await journal.Verify(Stop)).Sums);
    }

    [Fact]
    public async Task A_session_that_is_damaged_later_keeps_its_line()
    {
        await Fill();
        folder.Tamper(
            $"UPDATE sessions SET outcome = 'declined' WHERE place = (SELECT max(place) FROM sessions WHERE terminal = '{Till}')");
        await using var journal = await Open();
        Assert.Contains("cannot be told", Assert.Single(journal.Faults), StringComparison.Ordinal);
        Assert.Equal(3 * 1250, await Net(journal));
    }

    [Fact]
    public async Task The_schema_before_brings_no_lines_and_the_first_start_makes_them()
    {
        EarlierJournal.Unpack(folder.File);
        folder.Tamper(
            "DROP TABLE book_lines; DROP TABLE doubted_books; DROP INDEX closes; ALTER TABLE sessions DROP COLUMN closes; "
            + "CREATE INDEX reconciliations ON sessions (terminal, place) WHERE kind = 'reconciliation'; PRAGMA user_version = 4");
        await using var journal = await Open();
        var lines = await journal.Look("zvt+tcp://127.0.0.1:20981", period => period.Lines(Currency.Euro), Stop);
        Assert.Equal(800, lines!.Sum.Net);
        Assert.Empty(journal.Faults);
        Assert.Empty((await journal.Verify(Stop)).Sums);
    }

    [Fact]
    public async Task A_short_read_does_not_wait_for_a_long_one()
    {
        await using var journal = await Open();
        var sale = await journal.Whole(clock);
        var (begun, goOn) = (new TaskCompletionSource(), new ManualResetEventSlim());
        var reading = Task.Run(() => journal.Look(
            Till,
            _ =>
            {
                begun.SetResult();
                return goOn.Wait(TimeSpan.FromMinutes(1), Stop);
            },
            Stop));
        await begun.Task;
        Assert.Equal(sale.Id, (await journal.Find(sale.Id, Stop))?.Id);
        await journal.Whole(clock, terminal: "till-2");
        Assert.Equal(1250, await Net(journal));
        goOn.Set();
        Assert.True(await reading);
    }

    public void Dispose() => folder.Dispose();

    private static Task<long?> Net(SqliteJournal journal) =>
        journal.Look(Till, period => period.Lines(Currency.Euro)?.Sum.Net, Stop);

    private Task<SqliteJournal> Open() => SqliteJournal.Open(folder.Data, clock, null, Stop);

    // A period that was closed, and an open one of three bookings.
    private async Task Fill()
    {
        await using var journal = await Open();
        await journal.Whole(clock);
        await journal.Whole(clock, RequestKind.Reconciliation);
        for (var times = 0; times < 3; times++) await journal.Whole(clock);
    }
}
