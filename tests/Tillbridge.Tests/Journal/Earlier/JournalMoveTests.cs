using System.Text.Json;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Journal.Integrity;
using Tillbridge.Journal.Sqlite;
using Tillbridge.Sessions;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Journal.Earlier;

/// <summary>Journals of the version before are moved over whole, in one step, and kept.</summary>
public sealed class JournalMoveTests : IDisposable
{
    private readonly JournalFolder folder = new();
    private readonly ManualClock clock = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Copy => $"{folder.File}.before-schema-6";

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Every_session_key_and_number_is_as_before_and_the_file_of_before_is_kept()
    {
        EarlierJournal.Unpack(folder.File);
        var (states, others, tip) = Before();

        await using var journal = await Open();
        foreach (var (id, state) in states)
            Assert.Equal(JournalJson.Write(JournalJson.Read(state)), JournalJson.Write((await journal.Find(new(id), Stop))!));
        var records = await journal.RecordsAfter(0, null, 10_000, withFrames: false, Stop);
        Assert.Equal(others, records.Select(record => (record.Sequence, record.At, record.Session.Value, record.Body)));
        Assert.True(journal.LastSequence >= tip);
        Assert.Equal("old-11", Assert.Single(await journal.Unsettled(null, Stop)).Key);
        Assert.NotNull(await journal.FindByKey("old-1", Stop));
        var check = await journal.Verify(Stop);
        Assert.Null(check.Why);
        Assert.Empty(check.Sums);

        using var kept = SqliteConnection.Open(Copy, SqliteAccess.ReadOnly);
        Assert.Equal("5", kept.Scalar("PRAGMA user_version"));
        Assert.Equal($"{states.Count}", kept.Scalar("SELECT count(*) FROM sessions"));
    }

    [Fact]
    public async Task Frames_are_told_with_their_times_and_texts_in_their_order()
    {
        EarlierJournal.Unpack(folder.File);
        var frames = new List<(DateTimeOffset, string)>();
        string id;
        using (var old = SqliteConnection.Open(folder.File, SqliteAccess.ReadOnly))
        {
            id = old.Scalar("SELECT id FROM sessions WHERE key = 'old-1'")!;
            const string Frames = "SELECT at, body FROM records WHERE session = ?1 AND kind = 'frame' ORDER BY sequence";
            using var rows = old.Prepare(Frames).Bind(1, id);
            while (rows.Step()) frames.Add((JournalTime.Read(rows.Text(0)), Dump(rows.Text(1))));
        }

        await using var journal = await Open();
        var told = await journal.RecordsAfter(0, new SessionId(id), 1000, withFrames: true, Stop);
        Assert.Equal(20, frames.Count);
        Assert.Equal(
            frames,
            told.Where(record => record.Kind is RecordKind.Frame)
                .Select(record => (record.At, Dump(FrameText.BodyOf(record, ProtocolCatalog.ByName)))));
    }

    [Fact]
    public async Task Payments_go_on_behind_it_and_the_next_start_finds_all_well()
    {
        EarlierJournal.Unpack(folder.File);
        long last;
        await using (var journal = await Open())
        {
            await journal.Whole(clock, key: "new");
            last = journal.LastSequence;
        }

        await using var again = await Open();
        Assert.Equal(last, again.LastSequence);
        Assert.Null((await again.Verify(Stop)).Why);
        Assert.False(File.Exists(Copy + ".2"));
    }

    [Fact]
    public async Task A_large_journal_opens_again_wherever_in_its_missing_numbers_the_newest_thousand_begin()
    {
        EarlierJournal.Unpack(folder.File);
        EarlierJournal.Grow(folder.File, 90);
        await using (var moved = await Open()) Assert.Empty(moved.Faults);
        Assert.InRange(new FileInfo(folder.File).Length, 4L << 20, long.MaxValue);
        for (var start = 0; start < 4; start++)
        {
            await using var journal = await Open();
            await journal.Append(new(IdSource.Of(clock).NewSession(), "till-1", RecordKind.Incident, "{}"), Stop);
        }
    }

    [Fact]
    public async Task What_is_kept_outside_of_the_old_journal_holds_for_the_moved_one()
    {
        EarlierJournal.Unpack(folder.File);
        var witness = JournalWitness.In(Path.Combine(folder.Root, "state"), folder.Data);
        Directory.CreateDirectory(Path.Combine(folder.Root, "state"));
        WriteMark(witness, behind: 0);
        // A start that died between the move and its first write of the mark has left the old one.
        await using (var moved = await Open()) Assert.True(moved.LastSequence > 0);
        await using (var journal = await SqliteJournal.Open(witness, clock, null, Stop)) await journal.Whole(clock);
        await using (var journal = await SqliteJournal.Open(witness, clock, null, Stop)) Assert.Null((await journal.Verify(Stop)).Why);
    }

    [Fact]
    public async Task A_mark_of_another_journal_is_refused_before_anything_is_moved()
    {
        EarlierJournal.Unpack(folder.File);
        var witness = JournalWitness.In(Path.Combine(folder.Root, "state"), folder.Data);
        Directory.CreateDirectory(Path.Combine(folder.Root, "state"));
        WriteMark(witness, behind: 0, hash: new string('7', 64));
        var refused = await Assert.ThrowsAsync<JournalException>(() => SqliteJournal.Open(witness, clock, null, Stop));
        Assert.Equal(JournalFault.Unexpected, refused.Fault);
        Assert.False(File.Exists(Copy));
    }

    [Theory]
    [InlineData("UPDATE records SET body = '{}' WHERE sequence = 40")]
    [InlineData("DELETE FROM records WHERE sequence = 41")]
    public async Task A_journal_with_a_changed_record_is_not_moved_and_stays_as_it_is(string change)
    {
        EarlierJournal.Unpack(folder.File);
        folder.Tamper(change);
        var refused = await Assert.ThrowsAsync<JournalException>(Open);
        Assert.Equal(JournalFault.Corrupt, refused.Fault);
        Assert.False(File.Exists(Copy));
        using var left = SqliteConnection.Open(folder.File, SqliteAccess.ReadOnly);
        Assert.Equal("5", left.Scalar("PRAGMA user_version"));
    }

    [Fact]
    public async Task A_damaged_session_stays_damaged_and_costs_itself_only()
    {
        EarlierJournal.Unpack(folder.File);
        folder.Tamper("UPDATE sessions SET state = replace(state, '1250', '9250') WHERE key = 'old-1'");
        await using var journal = await Open();
        Assert.Single(journal.Faults);
        await Assert.ThrowsAsync<JournalException>(() => journal.FindByKey("old-1", Stop));
        Assert.NotNull(await journal.FindByKey("old-4", Stop));
    }

    [Fact]
    public async Task A_move_that_was_cut_short_begins_anew()
    {
        EarlierJournal.Unpack(folder.File);
        EarlierJournal.Grow(folder.File, 20);
        using (var cut = new CancellationTokenSource(TimeSpan.FromMilliseconds(30)))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SqliteJournal.Open(folder.Data, clock, null, cut.Token));
        }

        Assert.False(File.Exists(Copy));
        await File.WriteAllTextAsync(folder.File + ".moving", "what a dead process has left", Stop);
        await using var journal = await Open();
        Assert.Null((await journal.Verify(Stop)).Why);
        Assert.NotNull(await journal.FindByKey("again-19-1", Stop));
        Assert.False(File.Exists(folder.File + ".moving"));
    }

    private Task<SqliteJournal> Open() => SqliteJournal.Open(folder.Data, clock, null, Stop);

    private void WriteMark(JournalWitness witness, long behind, string? hash = null)
    {
        using var old = SqliteConnection.Open(folder.File, SqliteAccess.ReadOnly);
        var tip = JournalSql.TipOf(old, JournalSql.Tip(old).Sequence - behind);
        var mark = new WitnessMark(JournalIdentity.IdOf(old), hash is null ? tip : tip with { Hash = hash });
        WitnessFile.Open(witness.Files[0], folder.Data, mark).Dispose();
    }

    private (List<(string Id, string State)> States, List<(long, DateTimeOffset, string, string)> Others, long Tip) Before()
    {
        using var old = SqliteConnection.Open(folder.File, SqliteAccess.ReadOnly);
        var states = new List<(string, string)>();
        using (var rows = old.Prepare("SELECT id, state FROM sessions"))
        {
            while (rows.Step()) states.Add((rows.Text(0), rows.Text(1)));
        }

        var others = new List<(long, DateTimeOffset, string, string)>();
        using (var rows = old.Prepare("SELECT sequence, at, session, body FROM records WHERE kind <> 'frame' ORDER BY sequence"))
        {
            while (rows.Step()) others.Add((rows.Long(0), JournalTime.Read(rows.Text(1)), rows.Text(2), rows.Text(3)));
        }

        return (states, others, JournalSql.Tip(old).Sequence);
    }

    private static string Dump(string body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("dump").GetString()!;
    }
}
