using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Journal.Frames;
using Tillbridge.Journal.Integrity;
using Tillbridge.Journal.Upkeep;
using Tillbridge.Tests.Scenarios;
using static Tillbridge.Tests.Journal.JournalSamples;

namespace Tillbridge.Tests.Journal.Upkeep;

/// <summary>Frames are dropped and copies are made without a crack in the chain, and without a word that is lost.</summary>
public sealed class JournalUpkeepTests : IDisposable
{
    private readonly JournalFolder folder = new();
    private readonly ManualClock clock = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Copy => Path.Combine(folder.Root, "copy.db");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Frames_that_are_dropped_leave_a_whole_chain_and_say_that_they_are_not_kept()
    {
        Session old, young;
        await using (var journal = await Open())
        {
            old = await Talk(journal, "old");
            clock.Advance(TimeSpan.FromDays(91));
            young = await Talk(journal, "young");
            Assert.Equal(1, await journal.PruneFrames(clock.GetUtcNow() - TimeSpan.FromDays(90), null, Stop));
            Assert.Equal(0, await journal.PruneFrames(clock.GetUtcNow() - TimeSpan.FromDays(90), null, Stop));
            Assert.Null((await journal.Verify(Stop)).Why);
            Assert.Contains("not kept any more", (await Frames(journal, old)).Single().Body, StringComparison.Ordinal);
            Assert.Equal(2, (await Frames(journal, young)).Count);
        }

        await using var again = await Open();
        Assert.Empty(again.Faults);
        Assert.Equal(old, await again.Find(old.Id, Stop), (one, other) => one.Id == other?.Id && one.Outcome == other.Outcome);
    }

    [Fact]
    public async Task Frames_of_an_unknown_session_stay_whatever_their_age()
    {
        await using var journal = await Open();
        var unknown = await Talk(journal, "unknown", Outcome.Unknown);
        await Talk(journal, "known");
        clock.Advance(TimeSpan.FromDays(400));
        Assert.Equal(1, await journal.PruneFrames(clock.GetUtcNow() - TimeSpan.FromDays(90), null, Stop));
        Assert.Equal(2, (await Frames(journal, unknown)).Count);
        Assert.Null((await journal.Verify(Stop)).Why);
    }

    [Fact]
    public async Task Hundreds_of_old_conversations_are_dropped_in_steps()
    {
        await using var journal = await Open();
        for (var number = 0; number < 40; number++)
        {
            var intent = Intent(clock, key: $"k{number}");
            await journal.Accept(intent, "{}", Stop);
            await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => journal.Append(intent.Frame("{}") with { Frames = Some() }, Stop)));
            await journal.Append(intent.Sent(clock).Closed(clock).State(RecordKind.Concluded), Stop);
        }

        clock.Advance(TimeSpan.FromDays(100));
        var told = new List<long>();
        Assert.Equal(1200, await journal.PruneFrames(clock.GetUtcNow() - TimeSpan.FromDays(90), told.Add, Stop));
        Assert.Equal([500, 1000, 1200], told);
        Assert.Null((await journal.Verify(Stop)).Why);
    }

    [Theory]
    [InlineData("UPDATE frames SET data = zeroblob(30)", "changed or replaced")]
    [InlineData("DELETE FROM frames", "are missing")]
    [InlineData("INSERT INTO frames (record, data) VALUES (1, zeroblob(3))", "changed or replaced")]
    [InlineData("INSERT INTO frames (record, data) VALUES (999, zeroblob(3))", "knows nothing")]
    public async Task Frames_that_somebody_changed_or_took_away_are_found(string change, string why)
    {
        await using (var journal = await Open()) await Talk(journal, "k");
        folder.Tamper(change);
        using var reader = JournalReader.Open(folder.Data);
        Assert.Contains(why, (await reader.Verify(Stop)).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_is_made_while_payments_go_on_and_is_taken_elsewhere()
    {
        await using var journal = await Open();
        await Talk(journal, "before");
        var paying = Task.Run(async () =>
        {
            for (var number = 0; number < 50; number++) await Talk(journal, $"during-{number}");
        }, Stop);
        var records = await JournalBackup.Copy(folder.Data, Copy, TimeProvider.System, null, Stop);
        await paying;

        Assert.InRange(records, 3, journal.LastSequence);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Copy));
        var elsewhere = Path.Combine(folder.Root, "elsewhere");
        Directory.CreateDirectory(Path.Combine(folder.Root, "state"));
        var witness = JournalWitness.In(Path.Combine(folder.Root, "state"), elsewhere);
        Assert.Equal((records, null), await JournalReturn.Restore(witness, Copy, clock, Stop));
        await using var restored = await SqliteJournal.Open(witness, clock, null, Stop);
        Assert.Equal(Acceptance.Replayed, (await restored.Accept(Intent(clock, key: "before"), "{}", Stop)).Acceptance);
        Assert.Null((await restored.Verify(Stop)).Why);
    }

    [Fact]
    public async Task A_copy_goes_over_no_file_and_of_no_journal()
    {
        await using (var journal = await Open()) await Talk(journal, "k");
        await File.WriteAllTextAsync(Copy, "somebody's", Stop);
        var refused = await Assert.ThrowsAsync<JournalException>(() => JournalBackup.Copy(folder.Data, Copy, clock, null, Stop));
        Assert.Contains("exists already", refused.Message, StringComparison.Ordinal);
        Assert.Equal("somebody's", await File.ReadAllTextAsync(Copy, Stop));
        await Assert.ThrowsAsync<JournalException>(() => JournalBackup.Copy(folder.Root, Copy + "2", clock, null, Stop));
        Assert.False(File.Exists(Copy + "2"));
    }

    [Fact]
    public async Task A_copy_of_a_damaged_journal_is_refused_and_leaves_nothing()
    {
        await using (var journal = await Open()) await Talk(journal, "k");
        folder.Tamper("UPDATE records SET body = '{}' WHERE sequence = 2");
        await Assert.ThrowsAsync<JournalException>(() => JournalBackup.Copy(folder.Data, Copy, clock, null, Stop));
        Assert.Empty(Directory.GetFiles(folder.Root, "copy.db*"));
    }

    private Task<SqliteJournal> Open() => SqliteJournal.Open(folder.Data, clock, null, Stop);

    private async Task<Session> Talk(SqliteJournal journal, string key, Outcome outcome = Outcome.Approved)
    {
        var intent = Intent(clock, key: key);
        await journal.Accept(intent, "{}", Stop);
        var sent = intent.Sent(clock);
        await journal.Append(sent.State(), Stop);
        var closed = sent.Closed(clock, outcome);
        await journal.Append(closed.State(RecordKind.Concluded) with { Frames = Some() }, Stop);
        return closed;
    }

    private JournalFrame[] Some() =>
    [
        new(clock.GetUtcNow(), false, "zvt/auto", new byte[] { 0x06, 0x0F, 0x00 }),
        new(clock.GetUtcNow(), true, "zvt/auto", new byte[] { 0x80, 0x00, 0x00 }),
    ];

    private static async Task<IReadOnlyList<JournalRecord>> Frames(SqliteJournal journal, Session session) =>
        [.. (await journal.RecordsAfter(0, session.Id, 100, withFrames: true, Stop)).Where(record => record.Kind is RecordKind.Frame)];
}
