using System.Globalization;
using System.Text;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Journal.Sqlite;
using Tillbridge.Tests.Scenarios;
using static Tillbridge.Tests.Journal.JournalSamples;

namespace Tillbridge.Tests.Journal;

/// <summary>
/// A journal that loses a bit. Whatever the bit: no old key charges again, no session is told otherwise than it was, and
/// what the check calls whole is what was written.
/// </summary>
public sealed class JournalDamageTests : IDisposable
{
    private const int Sessions = 240;
    private const int PageSize = 4096;

    private readonly JournalFolder folder = new();
    private readonly ManualClock clock = new();
    private readonly Dictionary<string, string> told = [];
    private byte[] whole = [];
    private string written = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("sessions_by_key")]
    [InlineData("sessions_by_key_again")]
    public async Task A_bit_in_an_index_over_keys_charges_no_key_twice_and_is_found(string index)
    {
        await Fill(40);
        var start = (RootOf(index) - 1) * PageSize;
        var text = Encoding.UTF8.GetBytes("key-0017");
        var at = whole.AsSpan(start, PageSize).IndexOf(text);
        Assert.True(at >= 0, "the index is one page here");
        var damaged = (byte[])whole.Clone();
        damaged[start + at + text.Length - 1] ^= 2;
        await File.WriteAllBytesAsync(folder.File, damaged, Stop);

        using (var reader = JournalReader.Open(folder.Data))
        {
            Assert.NotNull((await reader.Verify(Stop)).BrokenAt);
            Assert.Equal(told["key-0017"], (await reader.FindByKey("key-0017", Stop))!.Id.Value);
        }

        var refused = await Assert.ThrowsAsync<JournalException>(() => SqliteJournal.Open(folder.Data, clock, null, Stop));
        Assert.Equal(JournalFault.Corrupt, refused.Fault);
    }

    [Theory]
    [InlineData("sessions_by_key")]
    [InlineData("sessions_by_key_again")]
    public async Task An_index_that_loses_a_key_while_the_journal_runs_charges_it_no_second_time(string index)
    {
        await Fill(40);
        await using var journal = await SqliteJournal.Open(folder.Data, clock, null, Stop);
        using (var connection = SqliteConnection.Open(folder.File, SqliteAccess.ReadWrite)) Forget(connection, index);
        foreach (var (key, id) in told)
        {
            var accepted = await journal.Accept(Intent(clock, key: key), "{}", Stop);
            Assert.Equal((Acceptance.Replayed, id), (accepted.Acceptance, accepted.Session.Id.Value));
        }
    }

    [Fact]
    public async Task A_session_that_the_index_over_ids_forgets_is_damaged_and_not_unknown()
    {
        await Fill(40);
        using (var connection = SqliteConnection.Open(folder.File, SqliteAccess.ReadWrite))
            Forget(connection, "sqlite_autoindex_sessions_1");
        using var reader = JournalReader.Open(folder.Data);
        var error = await Assert.ThrowsAsync<JournalException>(() => reader.Find(new SessionId(told["key-0017"]), Stop));
        Assert.Equal(JournalFault.Corrupt, error.Fault);
        Assert.NotNull((await reader.Verify(Stop)).BrokenAt);
    }

    [Theory]
    [InlineData("unsettled")]
    [InlineData("unsettled_again")]
    public async Task A_session_that_one_index_forgets_is_open_all_the_same(string index)
    {
        await Fill(40);
        using (var connection = SqliteConnection.Open(folder.File, SqliteAccess.ReadWrite)) Forget(connection, index);
        using var reader = JournalReader.Open(folder.Data);
        Assert.Equal(2, (await reader.Unsettled(null, Stop)).Count);
        Assert.Equal(2, (await reader.Unsettled(Till, Stop)).Count);
        Assert.NotNull((await reader.Verify(Stop)).BrokenAt);
    }

    [Fact]
    public async Task No_flipped_bit_charges_an_old_key_tells_a_session_otherwise_or_passes_for_whole()
    {
        await Fill(Sessions);
        const int Flips = 90;
        var random = new Random(20261128);
        var kinds = PagesByKind();
        var (found, harmless, started) = (0, 0, 0);
        for (var flip = 0; flip < Flips; flip++)
        {
            var (damaged, says) = Flip(random, kinds[flip % kinds.Length]);
            await File.WriteAllBytesAsync(folder.File, damaged, Stop);
            Clean();
            var isFound = await Verify() is not null;
            if (isFound) found++;
            else
            {
                Assert.True(written == await Export(), $"{says}: called whole, and tells otherwise");
                harmless++;
            }

            if (await Try(isFound, says)) started++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{kinds.Length} kinds of pages, {Flips} flips: {found} found, {harmless} tell the same, {started} started");
        Assert.True(found > Flips / 2, $"only {found} of {Flips} flips were found");
    }

    [Fact]
    public async Task No_bit_that_flips_while_the_journal_runs_charges_an_old_key_again()
    {
        await Fill(Sessions);
        const int Flips = 30;
        var random = new Random(12);
        var kinds = PagesByKind();
        for (var flip = 0; flip < Flips; flip++)
        {
            Clean();
            await File.WriteAllBytesAsync(folder.File, whole, Stop);
            await using var journal = await SqliteJournal.Open(folder.Data, clock, null, Stop);
            var (damaged, says) = Flip(random, kinds[flip % kinds.Length]);
            await using (var file = new FileStream(folder.File, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
                await file.WriteAsync(damaged, Stop);

            // The reader has not read a page yet, and sees every one as it is now.
            foreach (var (key, id) in told)
            {
                try
                {
                    Assert.True((await journal.FindByKey(key, Stop))?.Id.Value == id, $"{says}: {key} is not known");
                    var accepted = await journal.Accept(Intent(clock, key: key), "{}", Stop);
                    Assert.True(accepted.Acceptance is Acceptance.Replayed, $"{says}: {key} charges again");
                }
                catch (JournalException)
                {
                    // Refused is no charge.
                }
            }
        }
    }

    private static string? Fault(Exception error) => error is JournalException ? error.Message : null;

    // Takes every entry out of an index behind SQLite's back: its name leads to an empty one.
    private static void Forget(SqliteConnection connection, string index)
    {
        connection.Execute("PRAGMA writable_schema = ON");
        connection.Execute($"CREATE INDEX empty_{index} ON sessions (key) WHERE key = 'nobody'");
        var empty = $"SELECT rootpage FROM sqlite_master WHERE name = 'empty_{index}'";
        connection.Execute($"UPDATE sqlite_master SET rootpage = ({empty}) WHERE name = '{index}'");
        connection.Execute($"DELETE FROM sqlite_master WHERE name = 'empty_{index}'");
        connection.Execute("PRAGMA schema_version = 99");
    }

    private async Task Fill(int sessions)
    {
        await using (var journal = await SqliteJournal.Open(folder.Data, clock, null, Stop))
        {
            // At once, so that they share commits.
            var closed = await Task.WhenAll(Enumerable.Range(0, sessions).Select(number =>
                journal.Whole(clock, key: $"key-{number:D4}", terminal: number % 3 == 0 ? "till-2" : Till)));
            foreach (var session in closed) told[session.Key!] = session.Id.Value;
            var large = closed[0].Frame($"{{\"x\":\"{new string('x', 20_000)}\"}}");
            await journal.Append(large, Stop);

            var unknown = await journal.Whole(clock, outcome: Outcome.Unknown, key: "key-unknown");
            var open = Intent(clock, key: "key-open");
            await journal.Accept(open, "{}", Stop);
            await journal.Append(open.Sent(clock).State(), Stop);
            (told["key-unknown"], told["key-open"]) = (unknown.Id.Value, open.Id.Value);
        }

        whole = await File.ReadAllBytesAsync(folder.File, Stop);
        written = await Export();
        Assert.Null(await Verify());
    }

    // Every kind of page has its share: tables and indexes, inner pages and leaves, the first with the schema, and overflow.
    private int[][] PagesByKind()
    {
        var kinds = Enumerable.Range(0, whole.Length / PageSize).GroupBy(page => page == 0 ? -1 : whole[page * PageSize] switch
        {
            2 or 5 or 10 or 13 => whole[page * PageSize],
            _ => 0,
        }).Select(kind => kind.ToArray()).ToArray();
        Assert.True(kinds.Length >= 5, $"only {kinds.Length} kinds of pages");
        return kinds;
    }

    private (byte[] Damaged, string Says) Flip(Random random, int[] pages)
    {
        var start = pages[random.Next(pages.Length)] * PageSize;
        var used = Enumerable.Range(start, PageSize).Where(byteAt => whole[byteAt] != 0).ToArray();
        var at = used[random.Next(used.Length)];
        var bit = 1 << random.Next(8);
        var damaged = (byte[])whole.Clone();
        damaged[at] ^= (byte)bit;
        return (damaged, string.Create(
            CultureInfo.InvariantCulture, $"byte {at % PageSize} of page {(at / PageSize) + 1}, bit {bit}"));
    }

    private int RootOf(string name)
    {
        using var connection = SqliteConnection.Open(folder.File, SqliteAccess.ReadOnly);
        return int.Parse(connection.Scalar($"SELECT rootpage FROM sqlite_master WHERE name = '{name}'")!, CultureInfo.InvariantCulture);
    }

    private void Clean()
    {
        foreach (var beside in new[] { "-wal", "-shm" }) File.Delete(folder.File + beside);
    }

    private async Task<string?> Verify()
    {
        try
        {
            using var reader = JournalReader.Open(folder.Data);
            return (await reader.Verify(Stop)).Why;
        }
        catch (JournalException error)
        {
            return Fault(error);
        }
    }

    private async Task<string> Export()
    {
        using var reader = JournalReader.Open(folder.Data);
        var page = await reader.Query(new SessionQuery { Limit = 1000 }, Stop);
        var records = await reader.RecordsAfter(0, null, 10_000, withFrames: true, Stop);
        return string.Join('\n', page.Whole().Select(JournalJson.Write).Concat(records.Select(record => record.ToString())));
    }

    // What a start and each old key come to. True when it started.
    private async Task<bool> Try(bool isFound, string says)
    {
        SqliteJournal journal;
        try
        {
            journal = await SqliteJournal.Open(folder.Data, clock, null, Stop);
        }
        catch (JournalException)
        {
            return false;
        }

        await using (journal)
        {
            Assert.True(!isFound || journal.Faults.Count > 0, $"{says}: damaged, and the start said nothing");
            foreach (var (key, id) in told)
            {
                try
                {
                    var accepted = await journal.Accept(Intent(clock, key: key), "{}", Stop);
                    var isOld = accepted.Acceptance is Acceptance.Replayed && accepted.Session.Id.Value == id;
                    Assert.True(isOld, $"{says}: {key} charges again");
                }
                catch (JournalException)
                {
                    // Refused is no charge.
                }
            }
        }

        return true;
    }
}
