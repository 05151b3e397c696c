using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Journal.Sqlite;
using Tillbridge.Tests.Journal.Earlier;
using Tillbridge.Tests.Scenarios;
using static Tillbridge.Tests.Journal.JournalSamples;

namespace Tillbridge.Tests.Journal;

/// <summary>What a start looks at: a small file whole, of a large one the newest part, and the rest behind the start.</summary>
public sealed class JournalExaminationTests : IDisposable
{
    private static readonly string Ballast = $"{{\"x\":\"{new string('x', 400_000)}\"}}";

    private readonly JournalFolder folder = new();
    private readonly ManualClock clock = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_large_journal_starts_at_once_and_old_damage_is_found_behind_the_start()
    {
        await Large();
        folder.Tamper("UPDATE records SET body = '{}' WHERE sequence = 2");
        await using var journal = await SqliteJournal.Open(folder.Data, clock, null, Stop);
        await Until(journal, "record 2");
        var refused = await Assert.ThrowsAsync<JournalException>(() => journal.Accept(Intent(clock, key: "new"), "{}", Stop));
        Assert.Equal(JournalFault.Corrupt, refused.Fault);
        Assert.Contains("No new sessions are taken", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_old_row_that_is_damaged_costs_itself_only()
    {
        await Large();
        folder.Tamper("UPDATE sessions SET outcome = 'declined' WHERE key = 'old'");
        await using var journal = await SqliteJournal.Open(folder.Data, clock, null, Stop);
        await Until(journal, "cannot be told");
        Assert.Equal(Acceptance.Accepted, (await journal.Accept(Intent(clock, key: "new"), "{}", Stop)).Acceptance);
        await Assert.ThrowsAsync<JournalException>(() => journal.Accept(Intent(clock, key: "old"), "{}", Stop));
    }

    [Fact]
    public async Task An_old_open_session_and_the_newest_records_are_looked_at_before_the_first_order()
    {
        var open = await Large();
        var whole = await File.ReadAllBytesAsync(folder.File, Stop);
        folder.Tamper($"UPDATE sessions SET state = replace(state, '1250', '1251') WHERE id = '{open.Id}'");
        await Refused(open.Id.Value);
        await Refresh(whole);
        folder.Tamper("UPDATE records SET body = '{}' WHERE sequence = (SELECT max(sequence) FROM records)");
        await Refused("is damaged at record");
    }

    [Fact]
    public async Task Sums_of_a_large_journal_that_disagree_are_found_behind_the_start_named_and_made_anew()
    {
        await Large();
        folder.Tamper("DELETE FROM book_lines WHERE terminal = 'till-2'");
        await using var journal = await SqliteJournal.Open(folder.Data, clock, null, Stop);
        await Until(journal, "The sums of terminal 'till-2' disagree");
        // What is written behind it is written when they are made.
        await journal.Whole(clock);
        Assert.Empty((await journal.Verify(Stop)).Sums);
    }

    [Fact]
    public async Task A_journal_that_closes_while_it_is_checked_ends()
    {
        await Large();
        for (var turn = 0; turn < 3; turn++) await (await SqliteJournal.Open(folder.Data, clock, null, Stop)).DisposeAsync();
    }

    [Fact]
    public async Task A_file_of_the_schema_before_gets_seals_second_indexes_and_an_identity()
    {
        EarlierJournal.Unpack(folder.File);
        folder.Tamper(BackToThree);
        await using var journal = await SqliteJournal.Open(folder.Data, clock, null, Stop);
        var unknown = Assert.Single(await journal.Unsettled(null, Stop));
        Assert.Equal(unknown.Id, (await journal.FindByKey("old-11", Stop))?.Id);
        var check = await journal.Verify(Stop);
        Assert.Null(check.BrokenAt);
        Assert.Empty(check.Sums);
        Assert.Equal(800, (await journal.Look("zvt+tcp://127.0.0.1:20981", period => period.Lines(Currency.Euro), Stop))!.Sum.Net);
    }

    [Fact]
    public async Task A_damaged_file_of_the_schema_before_is_refused_and_not_rewritten()
    {
        EarlierJournal.Unpack(folder.File);
        folder.Tamper(BackToThree);
        folder.Tamper("PRAGMA journal_mode = DELETE");
        var bytes = await File.ReadAllBytesAsync(folder.File, Stop);
        // A key in the index over keys, the last place in which it stands alone.
        int root;
        using (var connection = SqliteConnection.Open(folder.File, SqliteAccess.ReadOnly))
            root = int.Parse(connection.Scalar("SELECT rootpage FROM sqlite_master WHERE name = 'sessions_by_key'")!, null);
        var at = bytes.AsSpan((root - 1) * 4096, 4096).IndexOf("old-7"u8);
        bytes[((root - 1) * 4096) + at] ^= 1;
        await File.WriteAllBytesAsync(folder.File, bytes, Stop);
        await Refused("damaged");
        using var after = SqliteConnection.Open(folder.File, SqliteAccess.ReadOnly);
        Assert.Equal("3", after.Scalar("PRAGMA user_version"));
    }

    private const string BackToThree =
        "DROP TABLE book_lines; DROP TABLE doubted_books; DROP INDEX closes; ALTER TABLE sessions DROP COLUMN closes; "
        + "CREATE INDEX reconciliations ON sessions (terminal, place) WHERE kind = 'reconciliation'; "
        + "DROP INDEX sessions_by_key_again; DROP INDEX unsettled_again; DROP TABLE identity; "
        + "ALTER TABLE sessions DROP COLUMN seal; PRAGMA user_version = 3";

    // An old session, an old open one, ballast, and more than a thousand records of newer ones.
    private async Task<Session> Large()
    {
        await using var journal = await SqliteJournal.Open(folder.Data, clock, null, Stop);
        await journal.Whole(clock, key: "old");
        var open = Intent(clock, key: "open");
        await journal.Accept(open, "{}", Stop);
        await journal.Append(open.Sent(clock).State(), Stop);
        var last = await journal.Whole(clock, terminal: "till-2");
        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => journal.Append(last.Frame(Ballast), Stop)));
        await Task.WhenAll(Enumerable.Range(0, 1100).Select(_ => journal.Append(last.Frame(), Stop)));
        return open;
    }

    private async Task Refresh(byte[] whole)
    {
        foreach (var beside in new[] { "-wal", "-shm" }) File.Delete(folder.File + beside);
        await File.WriteAllBytesAsync(folder.File, whole, Stop);
    }

    private async Task Refused(string says)
    {
        var refused = await Assert.ThrowsAsync<JournalException>(() => SqliteJournal.Open(folder.Data, clock, null, Stop));
        Assert.Equal(JournalFault.Corrupt, refused.Fault);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    private static async Task Until(SqliteJournal journal, string says)
    {
        while (!journal.Faults.Any(fault => fault.Contains(says, StringComparison.Ordinal)))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Stop);
    }
}
