using System.Diagnostics;
using Tillbridge.Journal;
using Tillbridge.Journal.Sqlite;
using Tillbridge.Tests.Scenarios;
using static Tillbridge.Tests.Journal.JournalSamples;

namespace Tillbridge.Tests.Journal;

/// <summary>Disks that are full, read-only, shared or damaged: each is a named fault, none is a lost or invented record.</summary>
public sealed class SqliteFaultTests : IDisposable
{
    private readonly JournalFolder folder = new();
    private readonly ManualClock clock = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_changed_body_is_found_at_its_record()
    {
        await Fill(5);
        folder.Tamper("UPDATE records SET body = '{\"state\":\"Changed\"}' WHERE sequence = 8");
        await OpensAs(JournalFault.Corrupt, "record 8");
        using var reader = JournalReader.Open(folder.Data);
        Assert.Equal((7L, 8L), await Broken(reader));
    }

    [Theory]
    [InlineData("DELETE FROM records WHERE sequence = 4", 4)]
    [InlineData("UPDATE records SET at = '2026-03-01T08:00:00.0000001Z' WHERE sequence = 4", 4)]
    [InlineData("UPDATE records SET kind = 'nonsense' WHERE sequence = 4", 4)]
    [InlineData("UPDATE records SET at = at + 1 WHERE sequence = 4", 4)]
    [InlineData("UPDATE subjects SET terminal = 'till-11' WHERE number = 4", 4)]
    [InlineData("UPDATE subjects SET session = zeroblob(16) WHERE number = 4", 4)]
    [InlineData("DELETE FROM subjects WHERE number = 4", 4)]
    [InlineData("UPDATE records SET subject = 1 WHERE sequence = 4", 4)]
    [InlineData("UPDATE records SET fence = 2 WHERE sequence = 4", 4)]
    [InlineData("UPDATE records SET hash = zeroblob(32) WHERE sequence = 4", 4)]
    [InlineData("UPDATE sessions SET state = replace(state, '1250', '9250') WHERE intent = 4", 6)]
    [InlineData("UPDATE sessions SET outcome = 'declined' WHERE intent = 4", 6)]
    [InlineData("UPDATE sessions SET phase = 'inFlight' WHERE intent = 4", 6)]
    [InlineData("UPDATE sessions SET key = 'other' WHERE intent = 4", 6)]
    [InlineData("DELETE FROM sessions WHERE intent = 4", 4)]
    [InlineData("UPDATE sessions SET intent = 100 WHERE intent = 4", 4)]
    public async Task Verify_finds_every_change_at_its_place(string change, long at)
    {
        await Fill(3);
        folder.Tamper(change);
        using var reader = JournalReader.Open(folder.Data);
        var check = await reader.Verify(Stop);
        Assert.Equal(at, check.BrokenAt);
        Assert.NotEmpty(check.Why!);
    }

    [Fact]
    public async Task An_empty_file_of_version_0_is_brought_to_the_current_version()
    {
        Directory.CreateDirectory(folder.Data);
        await File.WriteAllBytesAsync(folder.File, [], Stop);
        await Fill(1);
        using var connection = SqliteConnection.Open(folder.File, SqliteAccess.ReadOnly);
        Assert.Equal($"{JournalSchema.Current}", connection.Scalar("PRAGMA user_version"));
    }

    [Fact]
    public async Task A_file_from_a_newer_version_is_refused_and_left_alone()
    {
        await Fill(1);
        folder.Tamper("PRAGMA user_version = 99");
        var before = await File.ReadAllBytesAsync(folder.File, Stop);
        await OpensAs(JournalFault.TooNew, "schema 99");
        Assert.Equal(before, await File.ReadAllBytesAsync(folder.File, Stop));
        Assert.Equal(JournalFault.TooNew, Assert.Throws<JournalException>(() => JournalReader.Open(folder.Data)).Fault);
    }

    [Fact]
    public async Task A_database_of_somebody_else_is_no_journal()
    {
        Directory.CreateDirectory(folder.Data);
        folder.Tamper("CREATE TABLE theirs (x)");
        await OpensAs(JournalFault.Corrupt, "is no journal");
    }

    [Fact]
    public async Task A_second_journal_on_the_same_directory_is_refused_until_the_first_is_closed()
    {
        var first = await Open();
        await OpensAs(JournalFault.InUse, $"process {Environment.ProcessId}");
        await OpensAs(JournalFault.InUse, "in use", folder.Data + "/");
        await first.DisposeAsync();
        await (await Open()).DisposeAsync();
    }

    [Fact]
    public async Task A_directory_that_another_process_owns_is_refused_with_its_number()
    {
        await Fill(1);
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "This test needs the program flock to hold the lock from outside.");
        var start = new ProcessStartInfo("/usr/bin/flock", [Path.Combine(folder.Data, "journal.lock"), "sh", "-c", "echo held; read end"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var other = Process.Start(start)!;
        Assert.Equal("held", await other.StandardOutput.ReadLineAsync(Stop));
        await File.WriteAllTextAsync(Path.Combine(folder.Data, "journal.owner"), $"{other.Id}", Stop);
        await OpensAs(JournalFault.InUse, $"process {other.Id}");
        await other.StandardInput.WriteLineAsync("end");
        await other.WaitForExitAsync(Stop);
        await (await Open()).DisposeAsync();
    }

    [Fact]
    public async Task A_full_disk_fails_the_write_by_name_shows_nothing_of_it_and_heals()
    {
        folder.Mount("size=1m");
        await using var journal = await Open();
        var intent = Intent(clock);
        await journal.Accept(intent, "{}", Stop);
        var sent = intent.Sent(clock);
        await journal.Append(sent.State(), Stop);

        var filler = Path.Combine(folder.Data, "filler");
        FillUp(filler);
        var large = $"{{\"x\":\"{new string('x', 300_000)}\"}}";
        var closed = sent.Closed(clock).State(RecordKind.Concluded) with { Body = large };
        var second = Intent(clock);
        journal.Note(intent.Frame(large));
        var failed = await Assert.ThrowsAsync<JournalException>(() => journal.Append(closed, Stop));
        Assert.Equal(JournalFault.Full, failed.Fault);
        Assert.Contains("Free space", failed.Message, StringComparison.Ordinal);
        Assert.Equal(2, journal.LastSequence);
        Assert.Equal(2, (await journal.RecordsAfter(0, null, 10, true, Stop)).Count);
        Assert.Equal(sent.Phase, (await journal.Find(intent.Id, Stop))!.Phase);

        File.Delete(filler);
        folder.Remount("size=8m");
        Assert.Equal(4, await journal.Append(closed, Stop));
        Assert.Equal(Acceptance.Accepted, (await journal.Accept(second, "{}", Stop)).Acceptance);
        Assert.Equal(RecordKind.Frame, (await journal.RecordsAfter(2, null, 1, true, Stop))[0].Kind);
        Assert.Equal(new ChainCheck(5, null, null), await journal.Verify(Stop));
    }

    [Fact]
    public async Task A_transaction_that_breaks_in_the_middle_leaves_nothing_and_the_next_one_works()
    {
        await using var journal = await Open();
        var intent = Intent(clock);
        await journal.Accept(intent, "{}", Stop);

        // Unlike a full disk this error leaves the transaction open: without our rollback its first half would stay.
        folder.Tamper(
            "CREATE TRIGGER breaks BEFORE UPDATE ON sessions BEGIN SELECT RAISE(FAIL, 'broken on purpose'); END");
        var error = await Assert.ThrowsAsync<JournalException>(() => journal.Append(intent.Sent(clock).State(), Stop));
        Assert.Equal(JournalFault.Failed, error.Fault);
        Assert.Equal(1, journal.LastSequence);
        Assert.Single(await journal.RecordsAfter(0, null, 10, true, Stop));

        folder.Tamper("DROP TRIGGER breaks");
        Assert.Equal(2, await journal.Append(intent.Sent(clock).State(), Stop));
        Assert.Equal(new ChainCheck(2, null, null), await journal.Verify(Stop));
    }

    [Fact]
    public async Task Notes_kept_back_by_a_full_disk_are_written_when_space_comes_without_another_write()
    {
        folder.Mount("size=1m");
        await using var journal = await Open();
        var intent = Intent(clock);
        await journal.Accept(intent, "{}", Stop);
        var filler = Path.Combine(folder.Data, "filler");
        FillUp(filler);
        journal.Note(intent.Frame($"{{\"x\":\"{new string('x', 300_000)}\"}}"));
        await clock.UntilWaiting(1, Stop);
        clock.Advance(TimeSpan.FromMilliseconds(50));
        await clock.UntilWaiting(1, Stop);
        Assert.Equal(1, journal.LastSequence);
        File.Delete(filler);
        var written = journal.WaitBeyond(1, Stop);
        clock.Advance(TimeSpan.FromSeconds(1));
        await written;
    }

    [Fact]
    public async Task A_disk_that_is_full_at_the_start_is_told_at_the_start()
    {
        folder.Mount("size=256k");
        FillUp(Path.Combine(folder.Data, "filler"));
        await OpensAs(JournalFault.Full, "full");
        File.Delete(Path.Combine(folder.Data, "filler"));
        await (await Open()).DisposeAsync();
    }

    [Fact]
    public async Task A_read_only_disk_is_told_at_the_start_and_can_still_be_read()
    {
        folder.Mount("size=8m");
        await Fill(2);
        folder.Remount("ro");
        await OpensAs(JournalFault.ReadOnly, "cannot be written");
        using var reader = JournalReader.Open(folder.Data);
        Assert.Equal(new ChainCheck(6, null, null), await reader.Verify(Stop));
    }

    [Fact]
    public async Task A_directory_that_is_a_file_is_told()
    {
        await File.WriteAllTextAsync(folder.Data, "", Stop);
        await OpensAs(JournalFault.ReadOnly, "is a file");
    }

    [Fact]
    public async Task Garbage_is_a_named_fault()
    {
        Directory.CreateDirectory(folder.Data);
        var garbage = new byte[10_000];
        new Random(7).NextBytes(garbage);
        await File.WriteAllBytesAsync(folder.File, garbage, Stop);
        await OpensAs(JournalFault.Corrupt, folder.File);
        Assert.Equal(garbage, await File.ReadAllBytesAsync(folder.File, Stop));
    }

    [Fact]
    public async Task A_file_cut_in_the_middle_is_a_named_fault()
    {
        await Fill(100);
        await using (var file = new FileStream(folder.File, FileMode.Open)) file.SetLength(file.Length / 2);
        await OpensAs(JournalFault.Corrupt, "tillbridge journal verify");
    }

    [Fact]
    public async Task A_log_without_its_file_is_a_named_fault()
    {
        await Fill(1);
        await File.WriteAllBytesAsync(folder.File, [], Stop);
        await File.WriteAllBytesAsync(folder.File + "-wal", new byte[100], Stop);
        await OpensAs(JournalFault.Corrupt, "log is not");
    }

    [Fact]
    public async Task A_page_of_other_bytes_is_a_named_fault()
    {
        await Fill(100);
        var pages = (int)(new FileInfo(folder.File).Length / 4096);
        var whole = await File.ReadAllBytesAsync(folder.File, Stop);
        var random = new Random(11);
        var found = 0;
        for (var page = 1; page < pages; page++)
        {
            var damaged = (byte[])whole.Clone();
            random.NextBytes(damaged.AsSpan(page * 4096, 4096));
            await File.WriteAllBytesAsync(folder.File, damaged, Stop);
            await OpensAs(JournalFault.Corrupt, "journal verify");
            found++;
        }

        Assert.Equal(pages - 1, found);
    }

    [Fact]
    public void A_missing_library_says_where_it_belongs()
    {
        var error = Assert.Throws<JournalException>(() => SqliteNative.Load("no-such-library"));
        Assert.Equal(JournalFault.LibraryMissing, error.Fault);
        Assert.Contains(AppContext.BaseDirectory, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_library_is_the_one_that_came_along_and_not_the_systems()
    {
        SqliteNative.Require();
        Assert.InRange(SqliteNative.Version, 3_053_000, 3_999_999);
        using var self = Process.GetCurrentProcess();
        var loaded = self.Modules.Cast<ProcessModule>().Select(static module => module.FileName)
            .Where(static file => Path.GetFileName(file).Contains("sqlite3", StringComparison.Ordinal));
        var library = Assert.Single(loaded);
        Assert.StartsWith(AppContext.BaseDirectory, library, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_without_the_repair_of_the_log_is_refused()
    {
        SqliteNative.RequireVersion(3_051_003);
        var error = Assert.Throws<JournalException>(() => SqliteNative.RequireVersion(3_051_002));
        Assert.Equal(JournalFault.LibraryMissing, error.Fault);
    }

    [Fact]
    public void A_reader_of_an_empty_directory_says_so()
    {
        var error = Assert.Throws<JournalException>(() => JournalReader.Open(folder.Data));
        Assert.Contains("no journal", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(13, 0, JournalFault.Full)]
    [InlineData(10 | (3 << 8), 28, JournalFault.Full)]
    [InlineData(10 | (19 << 8), 28, JournalFault.Full)]
    [InlineData(10 | (4 << 8), 5, JournalFault.Failed)]
    [InlineData(10 | (33 << 8), 0, JournalFault.Corrupt)]
    [InlineData(8 | (1 << 8), 0, JournalFault.ReadOnly)]
    [InlineData(14, 13, JournalFault.ReadOnly)]
    [InlineData(14, 28, JournalFault.Full)]
    [InlineData(11, 28, JournalFault.Corrupt)]
    [InlineData(26, 0, JournalFault.Corrupt)]
    [InlineData(5 | (1 << 8), 0, JournalFault.InUse)]
    [InlineData(6, 0, JournalFault.InUse)]
    [InlineData(7, 0, JournalFault.Failed)]
    internal void Result_codes_have_our_names(int code, int system, JournalFault fault) =>
        Assert.Equal(fault, SqliteConnection.FaultOf(code, system));

    private static void FillUp(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        try
        {
            for (var turn = 0; turn < 100_000; turn++) file.Write(new byte[512]);
        }
        catch (IOException)
        {
            // The disk is full, as wanted.
        }
    }

    private static async Task<(long, long?)> Broken(JournalReader reader)
    {
        var check = await reader.Verify(Stop);
        return (check.Records, check.BrokenAt);
    }

    private async Task Fill(int sessions)
    {
        await using var journal = await Open();
        for (var number = 0; number < sessions; number++) await journal.Whole(clock, key: $"k{number}");
    }

    private async Task OpensAs(JournalFault fault, string says, string? directory = null)
    {
        var error = await Assert.ThrowsAsync<JournalException>(
            () => SqliteJournal.Open(directory ?? folder.Data, clock, null, Stop));
        Assert.Equal((fault, true), (error.Fault, error.Message.Contains(says, StringComparison.Ordinal)));
    }

    private Task<SqliteJournal> Open() => SqliteJournal.Open(folder.Data, clock, null, Stop);
}
