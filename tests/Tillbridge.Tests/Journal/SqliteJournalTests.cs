using Tillbridge.Domain;
using Tillbridge.Journal;
using static Tillbridge.Tests.Journal.JournalSamples;

namespace Tillbridge.Tests.Journal;

public sealed class SqliteJournalTests : JournalFacesContract
{
    private readonly JournalFolder folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }

    protected override async Task<IJournal> Open() => await OpenFile();

    private SqliteJournal Sqlite => (SqliteJournal)Journal;

    [Fact]
    public async Task Everything_is_there_again_after_a_restart()
    {
        var closed = await Journal.Whole(Clock, key: "k");
        await Journal.Append(closed.Frame() with { Fence = 5 }, Stop);
        var before = await Journal.RecordsAfter(0, null, 10, true, Stop);
        await Journal.DisposeAsync();

        await using var again = await OpenFile();
        Assert.Equal(before, await again.RecordsAfter(0, null, 10, true, Stop));
        Assert.Equal(4, again.LastSequence);
        AssertSame(closed, await again.FindByKey("k", Stop));
        var fenced = await Assert.ThrowsAsync<JournalException>(() => again.Append(closed.Frame(), Stop));
        Assert.Equal(JournalFault.Fenced, fenced.Fault);
        Assert.Equal(5, await again.Append(closed.Frame() with { Fence = 5 }, Stop));
        Assert.Equal(new ChainCheck(5, null, null), await again.Verify(Stop));
    }

    [Fact]
    public async Task Files_and_directory_are_private()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        if (OperatingSystem.IsWindows()) return;

        await Journal.Whole(Clock);
        const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(Own | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.Data));
        var files = Directory.GetFiles(folder.Data);
        Assert.Contains(files, file => file.EndsWith("journal.db-wal", StringComparison.Ordinal));
        foreach (var file in files) Assert.Equal(Own, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Two_hundred_appends_at_once_share_commits_and_keep_their_order()
    {
        var intents = Enumerable.Range(0, 10).Select(number => Intent(Clock, terminal: $"till-{number}")).ToList();
        foreach (var intent in intents) await Journal.Accept(intent, "{}", Stop);
        var before = Sqlite.Commits;

        // Queued in one go, so that the writer finds a crowd after its first commit.
        var appends = Enumerable.Range(0, 200).Select(number => Journal.Append(intents[number % 10].Frame(), Stop)).ToList();
        var sequences = await Task.WhenAll(appends);
        Assert.Equal(Enumerable.Range(11, 200).Select(number => (long)number), sequences);
        Assert.InRange(Sqlite.Commits - before, 1, 199);
        Assert.Equal(new ChainCheck(210, null, null), await Journal.Verify(Stop));
    }

    [Fact]
    public async Task Writers_beyond_the_queue_wait_for_a_place_and_none_is_lost()
    {
        var intent = Intent(Clock);
        await Journal.Accept(intent, "{}", Stop);
        var sequences = await Task.WhenAll(Enumerable.Range(0, 6000).Select(_ => Journal.Append(intent.Frame(), Stop)));
        Assert.Equal(6000, sequences.Distinct().Count());
        Assert.Equal(6001, Journal.LastSequence);
    }

    [Fact]
    public async Task Closing_writes_what_is_queued_and_answers_everybody()
    {
        var intent = Intent(Clock);
        await Journal.Accept(intent, "{}", Stop);
        var appends = Enumerable.Range(0, 6000).Select(_ => Journal.Append(intent.Frame(), Stop)).ToList();
        await Journal.DisposeAsync();
        var written = 0;
        foreach (var append in appends)
        {
            try
            {
                await append;
                written++;
            }
            catch (JournalException late) when (late.Fault is JournalFault.Closed)
            {
                // It came too late for the queue, and was told so.
            }
        }

        await using var again = await OpenFile();
        Assert.Equal(written + 1, again.LastSequence);
        await Assert.ThrowsAsync<JournalException>(() => Journal.Find(intent.Id, Stop));
    }

    [Fact]
    public async Task Several_tasks_append_side_by_side_each_in_its_own_order()
    {
        var tasks = Enumerable.Range(0, 8).Select(number => Task.Run(
            async () =>
            {
                var session = Intent(Clock, terminal: $"till-{number}");
                await Journal.Accept(session, "{}", Stop);
                var mine = new List<long>();
                for (var turn = 0; turn < 25; turn++) mine.Add(await Journal.Append(session.Frame(), Stop));
                return mine;
            },
            Stop));
        var all = await Task.WhenAll(tasks);
        Assert.All(all, mine => Assert.Equal(mine.Order(), mine));
        Assert.Equal(200, all.SelectMany(mine => mine).Distinct().Count());
        Assert.Equal(new ChainCheck(208, null, null), await Journal.Verify(Stop));
    }

    [Fact]
    public async Task One_bad_write_does_not_take_its_batch_along()
    {
        var intent = Intent(Clock);
        await Journal.Accept(intent, "{}", Stop);
        await Journal.Append(intent.Frame() with { Fence = 2 }, Stop);
        var good = Enumerable.Range(0, 20).Select(_ => Journal.Append(intent.Frame() with { Fence = 2 }, Stop)).ToList();
        var fenced = Journal.Append(intent.Frame(), Stop);
        var stranger = Journal.Append(Intent(Clock).Sent(Clock).State() with { Fence = 2 }, Stop);
        var taken = Journal.Accept(intent, "{}", Stop);
        var last = Journal.Append(intent.Sent(Clock).State() with { Fence = 2 }, Stop);
        Assert.Equal(20, (await Task.WhenAll(good)).Length);
        await Assert.ThrowsAsync<JournalException>(() => fenced);
        await Assert.ThrowsAsync<InvariantException>(() => stranger);
        await Assert.ThrowsAsync<JournalException>(() => taken);
        Assert.Equal(23, await last);
    }

    [Fact]
    public async Task Notes_alone_linger_for_company_and_are_then_written_together()
    {
        var intent = Intent(Clock);
        await Journal.Accept(intent, "{}", Stop);
        var before = Sqlite.Commits;
        for (var number = 0; number < 5; number++) Journal.Note(intent.Frame());
        await Clock.UntilWaiting(1, Stop);
        Assert.Equal(1, Journal.LastSequence);
        Clock.Advance(TimeSpan.FromMilliseconds(50));
        await Journal.WaitBeyond(5, Stop);
        Assert.Equal(1, Sqlite.Commits - before);
    }

    [Fact]
    public async Task Notes_are_written_before_the_journal_closes()
    {
        var intent = Intent(Clock);
        await Journal.Accept(intent, "{}", Stop);
        Journal.Note(intent.Frame());
        await Journal.DisposeAsync();
        await using var again = await OpenFile();
        Assert.Equal(2, again.LastSequence);
    }

    [Fact]
    public async Task A_full_queue_drops_notes_and_the_next_note_tells_how_many()
    {
        var intent = Intent(Clock);
        await Journal.Accept(intent, "{}", Stop);
        var body = $"{{\"x\":\"{new string('x', 500_000)}\"}}";

        // 32 MB of notes may wait; the writer takes 8 MB at once at most, and lingers until the clock moves.
        const int Offered = 400;
        for (var number = 0; number < Offered; number++) Journal.Note(intent.Frame(body));
        await Journal.Append(intent.Sent(Clock).State(), Stop);
        Journal.Note(intent.Frame("{ }"));
        await Journal.Append(intent.Sent(Clock).State(), Stop);

        var frames = (await Journal.RecordsAfter(1, null, 1000, true, Stop)).Where(record => record.Kind is RecordKind.Frame).ToList();
        var told = frames.Select(frame => System.Text.Json.JsonDocument.Parse(frame.Body).RootElement)
            .Sum(element => element.TryGetProperty("dropped", out var dropped) ? dropped.GetInt32() : 0);
        Assert.InRange(told, 1, Offered - 1);
        Assert.Equal(Offered + 1, frames.Count + told);
        Assert.Null((await Journal.Verify(Stop)).BrokenAt);
    }

    [Fact]
    public async Task A_copy_of_file_and_log_taken_midway_holds_every_acknowledged_record()
    {
        var last = 0L;
        for (var number = 0; number < 50; number++) last = await Journal.Append((await Journal.Whole(Clock)).Frame(), Stop);

        // What a power cut leaves: the files as they are, nobody closed them.
        using var copy = new JournalFolder();
        Directory.CreateDirectory(copy.Data);
        foreach (var name in new[] { "journal.db", "journal.db-wal" })
            await CopyShared(Path.Combine(folder.Data, name), Path.Combine(copy.Data, name));
        await Journal.Whole(Clock);

        await using var survivor = await SqliteJournal.Open(copy.Data, Clock, null, Stop);
        Assert.Equal(last, survivor.LastSequence);
        Assert.Equal(new ChainCheck(last, null, null), await survivor.Verify(Stop));
        Assert.Empty(await survivor.Unsettled(null, Stop));
    }

    [Fact]
    public async Task A_log_torn_at_its_end_loses_only_what_was_not_acknowledged()
    {
        await Journal.Whole(Clock);
        var kept = Journal.LastSequence;
        var log = folder.File + "-wal";
        var length = new FileInfo(log).Length;
        await Journal.Append((await Journal.Whole(Clock)).Frame(), Stop);

        using var copy = new JournalFolder();
        Directory.CreateDirectory(copy.Data);
        await CopyShared(folder.File, copy.File);
        await CopyShared(log, copy.File + "-wal");
        await using (var torn = new FileStream(copy.File + "-wal", FileMode.Open)) torn.SetLength(length + 1000);

        await using var survivor = await SqliteJournal.Open(copy.Data, Clock, null, Stop);
        Assert.Equal(kept, survivor.LastSequence);
        Assert.Null((await survivor.Verify(Stop)).BrokenAt);
    }

    [Fact]
    public async Task A_reader_sees_what_a_running_journal_writes()
    {
        using var reader = JournalReader.Open(folder.Data);
        var closed = await Journal.Whole(Clock);
        AssertSame(closed, await reader.Find(closed.Id, Stop));
        Assert.Single((await reader.Query(new SessionQuery(), Stop)).Sessions);
        Assert.Equal(3, (await reader.RecordsAfter(0, null, 10, true, Stop)).Count);
        Assert.Equal(new ChainCheck(3, null, null), await reader.Verify(Stop));
    }

    [Fact]
    public async Task A_reader_reads_a_journal_that_nobody_owns()
    {
        var closed = await Journal.Whole(Clock);
        await Journal.DisposeAsync();
        using var reader = JournalReader.Open(folder.Data);
        AssertSame(closed, await reader.Find(closed.Id, Stop));
        Assert.Null((await reader.Verify(Stop)).BrokenAt);
    }

    private static async Task CopyShared(string from, string to)
    {
        await using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        await using var target = new FileStream(to, FileMode.CreateNew);
        await source.CopyToAsync(target, Stop);
    }

    private Task<SqliteJournal> OpenFile() => SqliteJournal.Open(folder.Data, Clock, null, Stop);
}
