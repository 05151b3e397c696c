using Tillbridge.Journal;
using Tillbridge.Tests.Scenarios;
using static Tillbridge.Tests.Journal.JournalSamples;

namespace Tillbridge.Tests.Journal;

/// <summary>Files that are taken away from a running journal, and a writer that is dead: nothing is told as durable.</summary>
public sealed class JournalPlaceTests : IDisposable
{
    private readonly JournalFolder folder = new();
    private readonly ManualClock clock = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("directory moved")]
    [InlineData("directory moved, another made")]
    [InlineData("directory moved, a copy made")]
    [InlineData("directory deleted")]
    [InlineData("journal.db deleted")]
    [InlineData("journal.db replaced by its copy")]
    [InlineData("journal.db-wal deleted")]
    [InlineData("journal.db-wal replaced by its copy")]
    [InlineData("journal.db-shm deleted")]
    [InlineData("journal.lock deleted")]
    public async Task A_journal_whose_files_are_taken_away_takes_nothing_more(string what)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells which file stands at a path.");
        await using var journal = await SqliteJournal.Open(folder.Data, clock, null, Stop);
        var open = Intent(clock, key: "k1");
        await journal.Accept(open, "{}", Stop);
        await journal.Prove(Stop);

        Take(what);

        var said = await Assert.ThrowsAsync<JournalException>(() => journal.Prove(Stop));
        Assert.Equal(JournalFault.Moved, said.Fault);
        Assert.Contains("No orders are taken", said.Message, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<JournalException>(() => journal.Accept(Intent(clock, key: "k2"), "{}", Stop));
        var unwritten = await Assert.ThrowsAsync<JournalException>(() => journal.Append(open.Sent(clock).State(), Stop));
        Assert.Equal((JournalFault.Moved, JournalFault.Moved), (refused.Fault, unwritten.Fault));
        Assert.Equal(1, journal.LastSequence);

        // The end of this program leaves alone what stands there now.
        var left = Files();
        await journal.DisposeAsync();
        if (what.StartsWith("directory", StringComparison.Ordinal)) Assert.Equal(left, Files());
    }

    [Fact]
    public async Task What_was_acknowledged_into_a_deleted_log_is_saved_at_the_end()
    {
        await using (var journal = await SqliteJournal.Open(folder.Data, clock, null, Stop))
        {
            await journal.Whole(clock, key: "k1");
            File.Delete(folder.File + "-wal");
        }

        await using var again = await SqliteJournal.Open(folder.Data, clock, null, Stop);
        Assert.Equal(Acceptance.Replayed, (await again.Accept(Intent(clock, key: "k1"), "{}", Stop)).Acceptance);
    }

    [Fact]
    public async Task A_directory_that_comes_back_as_it_was_is_written_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells which file stands at a path.");
        await using var journal = await SqliteJournal.Open(folder.Data, clock, null, Stop);
        Directory.Move(folder.Data, folder.Data + ".away");
        await Assert.ThrowsAsync<JournalException>(() => journal.Accept(Intent(clock, key: "k"), "{}", Stop));
        Directory.Move(folder.Data + ".away", folder.Data);
        await journal.Prove(Stop);
        Assert.Equal(Acceptance.Accepted, (await journal.Accept(Intent(clock, key: "k"), "{}", Stop)).Acceptance);
        Assert.Equal(new ChainCheck(1, null, null), await journal.Verify(Stop));
    }

    [Fact]
    public async Task A_question_to_the_writer_writes_nothing()
    {
        await using var journal = await SqliteJournal.Open(folder.Data, clock, null, Stop);
        for (var turn = 0; turn < 10; turn++) await journal.Prove(Stop);
        Assert.Equal((0L, 0L), (journal.Commits, journal.LastSequence));
    }

    [Fact]
    public async Task A_dead_writer_answers_everybody_as_the_journal_does()
    {
        await using var journal = await SqliteJournal.Open(folder.Data, clock, new BreakingLog(3005), Stop);
        var intent = Intent(clock);
        await journal.Accept(intent, "{}", Stop);
        await journal.Append(intent.Frame() with { Fence = 2 }, Stop);
        var waiter = journal.WaitBeyond(2, Stop);

        // An old owner's note is refused and logged, and the log breaks.
        journal.Note(intent.Frame());
        var beside = journal.Append(intent.Sent(clock).State() with { Fence = 1 }, Stop);

        var errors = new List<JournalException>
        {
            await Assert.ThrowsAsync<JournalException>(() => waiter),
            await Assert.ThrowsAsync<JournalException>(() => beside),
            await Assert.ThrowsAsync<JournalException>(() => journal.Prove(Stop)),
            await Assert.ThrowsAsync<JournalException>(() => journal.Accept(Intent(clock, key: "k"), "{}", Stop)),
            Assert.Throws<JournalException>(() => journal.Note(intent.Frame())),
        };
        Assert.Contains(errors, error => error.Message.Contains("restart the program", StringComparison.Ordinal));
        Assert.All(errors[2..], error => Assert.Equal(JournalFault.Closed, error.Fault));
        Assert.NotNull(await journal.Find(intent.Id, Stop));
    }

    private string[] Files() =>
        Directory.Exists(folder.Data) ? [.. Directory.GetFiles(folder.Data, "journal.db*").Order()] : [];

    private void Take(string what)
    {
        var away = folder.Data + ".away";
        var file = Path.Combine(folder.Data, what.Split(' ')[0]);
        if (what.StartsWith("directory moved", StringComparison.Ordinal)) Directory.Move(folder.Data, away);
        if (what == "directory deleted") Directory.Delete(folder.Data, recursive: true);
        if (what.EndsWith("another made", StringComparison.Ordinal)) Directory.CreateDirectory(folder.Data);
        if (what.EndsWith("a copy made", StringComparison.Ordinal))
        {
            Directory.CreateDirectory(folder.Data);
            foreach (var old in Directory.GetFiles(away, "journal.db*")) File.Copy(old, Path.Combine(folder.Data, Path.GetFileName(old)));
        }

        if (what.EndsWith("by its copy", StringComparison.Ordinal))
        {
            File.Copy(file, file + ".copy");
            File.Move(file + ".copy", file, overwrite: true);
        }

        if (what.StartsWith("journal", StringComparison.Ordinal) && what.EndsWith("deleted", StringComparison.Ordinal)) File.Delete(file);
    }
}
