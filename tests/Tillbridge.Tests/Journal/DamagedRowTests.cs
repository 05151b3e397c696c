using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Journal.Sqlite;
using Tillbridge.Tests.Scenarios;
using static Tillbridge.Tests.Journal.JournalSamples;

namespace Tillbridge.Tests.Journal;

/// <summary>A row that is damaged costs itself: it is named, everything else is told as before.</summary>
public sealed class DamagedRowTests : IDisposable
{
    private readonly JournalFolder folder = new();
    private readonly ManualClock clock = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("UPDATE sessions SET outcome = 'declined' WHERE key = 'k1'")]
    [InlineData("UPDATE sessions SET state = replace(state, '1250', '9250') WHERE key = 'k1'")]
    [InlineData("UPDATE sessions SET created_at = 'x' WHERE key = 'k1'")]
    public async Task A_damaged_row_costs_itself_and_is_named_and_lists_go_on(string change)
    {
        await Fill(3);
        string id;
        using (var connection = SqliteConnection.Open(folder.File, SqliteAccess.ReadOnly))
            id = connection.Scalar("SELECT id FROM sessions WHERE key = 'k1'")!;
        folder.Tamper(change);
        await using var journal = await Open();
        Assert.Contains(id, Assert.Single(journal.Faults), StringComparison.Ordinal);

        var page = await journal.Query(new SessionQuery(), Stop);
        Assert.Equal(["k2", "k0"], page.Sessions.Select(session => session.Key!).OrderDescending());
        Assert.Equal(id, Assert.Single(page.Damaged).Id);
        Assert.Contains(id, Assert.Throws<JournalException>(page.Whole).Message, StringComparison.Ordinal);
        var untold = await Assert.ThrowsAsync<JournalException>(() => journal.FindByKey("k1", Stop));
        Assert.Contains(id, untold.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<JournalException>(() => journal.Accept(Intent(clock, key: "k1"), "{}", Stop));
        Assert.Equal(Acceptance.Accepted, (await journal.Accept(Intent(clock, key: "fresh"), "{}", Stop)).Acceptance);
        Assert.Equal(Acceptance.Replayed, (await journal.Accept(Intent(clock, key: "k2"), "{}", Stop)).Acceptance);
    }

    [Theory]
    [InlineData("UPDATE records SET kind = 'nonsense' WHERE sequence = 5")]
    [InlineData("UPDATE records SET at = 'x' WHERE sequence = 5")]
    [InlineData("UPDATE records SET body = '{}' WHERE sequence = 5")]
    public async Task A_damaged_record_costs_itself_and_is_told_as_damaged(string change)
    {
        await Fill(2);
        var whole = await Records();
        folder.Tamper(change);
        var damaged = await Records();
        Assert.Equal(RecordKind.Incident, damaged[4].Kind);
        Assert.Contains("Record 5 of the journal is damaged", damaged[4].Body, StringComparison.Ordinal);
        Assert.Equal(whole.Where(record => record.Sequence != 5), damaged.Where(record => record.Sequence != 5));

        async Task<IReadOnlyList<JournalRecord>> Records()
        {
            using var reader = JournalReader.Open(folder.Data);
            return await reader.RecordsAfter(0, null, 100, withFrames: true, Stop);
        }
    }

    [Fact]
    public async Task Pages_go_on_over_damaged_rows_without_losing_or_repeating_one()
    {
        await Fill(9);
        folder.Tamper("UPDATE sessions SET outcome = 'declined' WHERE key IN ('k3', 'k4', 'k8')");
        using var reader = JournalReader.Open(folder.Data);
        var (sessions, damaged) = (new List<string>(), new List<string>());
        string? cursor = null;
        do
        {
            var page = await reader.Query(new SessionQuery { Limit = 2, Cursor = cursor }, Stop);
            sessions.AddRange(page.Sessions.Select(session => session.Key!));
            damaged.AddRange(page.Damaged.Select(row => row.Id));
            cursor = page.Cursor;
        }
        while (cursor is not null);
        Assert.Equal(["k0", "k1", "k2", "k5", "k6", "k7"], sessions.Order());
        Assert.Equal(3, damaged.Distinct().Count());
        Assert.Equal(3, damaged.Count);
    }

    [Theory]
    [InlineData("inFlight")]
    [InlineData("closed")]
    public async Task An_open_or_unknown_session_whose_row_is_damaged_keeps_the_journal_from_starting(string phase)
    {
        string id;
        await using (var journal = await Open())
        {
            await journal.Whole(clock, key: "k0");
            var open = Intent(clock);
            id = open.Id.Value;
            await journal.Accept(open, "{}", Stop);
            await journal.Append(open.Sent(clock).State(), Stop);
            if (phase == "closed") await journal.Append(open.Sent(clock).Closed(clock, Outcome.Unknown).State(), Stop);
        }

        folder.Tamper($"UPDATE sessions SET state = replace(state, '1250', '1251') WHERE id = '{id}'");
        var error = await Assert.ThrowsAsync<JournalException>(Open);
        Assert.Equal(JournalFault.Corrupt, error.Fault);
        Assert.Contains(id, error.Message, StringComparison.Ordinal);
    }

    private async Task Fill(int sessions)
    {
        await using var journal = await Open();
        for (var number = 0; number < sessions; number++) await journal.Whole(clock, key: $"k{number}");
    }

    private Task<SqliteJournal> Open() => SqliteJournal.Open(folder.Data, clock, null, Stop);
}
