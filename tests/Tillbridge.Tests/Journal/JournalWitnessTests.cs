using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Journal.Integrity;
using Tillbridge.Tests.Scenarios;
using static Tillbridge.Tests.Journal.JournalSamples;

namespace Tillbridge.Tests.Journal;

/// <summary>What is kept outside of a data directory: a journal that is missing, older or another one is refused.</summary>
public sealed class JournalWitnessTests : IDisposable
{
    private readonly JournalFolder folder = new();
    private readonly ManualClock clock = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Outside => Path.Combine(folder.Root, "state");

    private string WitnessPath => Assert.Single(Witness.Files);

    private JournalWitness Witness => JournalWitness.In(Outside, folder.Data);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_first_start_ever_makes_a_journal_without_a_word_and_the_next_ones_find_it()
    {
        for (var start = 0; start < 3; start++)
        {
            await using var journal = await Open();
            Assert.Equal(start * 3, journal.LastSequence);
            await journal.Whole(clock, key: $"k{start}");
        }

        Assert.True(File.Exists(WitnessPath));
        using var reader = JournalReader.Open(folder.Data);
        var check = await reader.Verify(Stop);
        Assert.Null(check.BrokenAt);
        Assert.Contains(WitnessPath, check.Identity, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(WitnessPath));
    }

    [Fact]
    public async Task A_journal_from_before_is_taken_and_expected_from_then_on()
    {
        await using (var journal = await SqliteJournal.Open(folder.Data, clock, null, Stop)) await journal.Whole(clock, key: "k");
        await (await Open()).DisposeAsync();
        Directory.Delete(folder.Data, recursive: true);
        await Refused("is missing", "3 records");
    }

    [Theory]
    [InlineData("directory gone")]
    [InlineData("directory empty")]
    [InlineData("journal.db gone")]
    [InlineData("journal.db empty")]
    [InlineData("older copy")]
    [InlineData("another journal")]
    [InlineData("the same number of records of another history")]
    [InlineData("the last session deleted")]
    [InlineData("log cut off")]
    [InlineData("log gone")]
    [InlineData("log cut to a part")]
    [InlineData("journal.db and log of an older copy, the new log beside")]
    public async Task What_is_not_the_expected_journal_is_refused_by_name_and_left_as_it_is(string what)
    {
        await Pay("k1");
        var copy = Path.Combine(folder.Root, "copy");
        CopyTo(copy);
        // A process that is killed leaves its log beside the file.
        var killed = Path.Combine(folder.Root, "killed");
        await using (var journal = await Open())
        {
            await journal.Whole(clock, key: "k2");
            CopyTo(killed);
        }

        Directory.Delete(folder.Data, recursive: true);
        Directory.Move(killed, folder.Data);
        await Damage(what, copy);
        var before = Files();

        await Refused(what is "another journal" ? "is another one"
            : what.Contains("history", StringComparison.Ordinal) ? "its record"
            : what.StartsWith("directory", StringComparison.Ordinal) || what.StartsWith("journal.db", StringComparison.Ordinal)
                && !what.Contains("older", StringComparison.Ordinal) ? "is missing"
            : "is older", "journal restore", "journal init", WitnessPath);
        Assert.Equal(before, Files());
    }

    [Theory]
    [InlineData("-wal")]
    [InlineData("-shm")]
    public async Task No_bit_in_a_log_that_a_kill_left_charges_an_old_key_again(string beside)
    {
        await Pay("k0");
        var killed = Path.Combine(folder.Root, "killed");
        await using (var journal = await Open())
        {
            for (var number = 1; number < 4; number++) await journal.Whole(clock, key: $"k{number}");
            CopyTo(killed);
        }

        var bytes = await File.ReadAllBytesAsync(Path.Combine(killed, "journal.db" + beside), Stop);
        var outside = await File.ReadAllBytesAsync(WitnessPath, Stop);
        var random = new Random(7);
        const int Flips = 24;
        for (var flip = 0; flip < Flips; flip++)
        {
            await File.WriteAllBytesAsync(WitnessPath, outside, Stop);
            // Fresh files each time: what an earlier turn still holds open is not theirs.
            Directory.Delete(folder.Data, recursive: true);
            Directory.CreateDirectory(folder.Data);
            foreach (var file in Directory.GetFiles(killed)) File.Copy(file, Path.Combine(folder.Data, Path.GetFileName(file)));
            var (at, bit) = (random.Next(bytes.Length), 1 << random.Next(8));
            var damaged = (byte[])bytes.Clone();
            damaged[at] ^= (byte)bit;
            await File.WriteAllBytesAsync(folder.File + beside, damaged, Stop);
            try
            {
                await using var journal = await Open();
                for (var number = 0; number < 4; number++)
                {
                    var accepted = await journal.Accept(Intent(clock, key: $"k{number}"), "{}", Stop);
                    Assert.True(accepted.Acceptance is Acceptance.Replayed, $"byte {at}, bit {bit}: k{number} charges again");
                }
            }
            catch (JournalException)
            {
                // Refused is no charge.
            }
        }
    }

    [Fact]
    public async Task A_missing_index_of_the_log_costs_nothing()
    {
        await using (var journal = await Open())
        {
            await journal.Whole(clock, key: "k1");
            CopyTo(Path.Combine(folder.Root, "killed"));
        }

        Directory.Delete(folder.Data, recursive: true);
        Directory.Move(Path.Combine(folder.Root, "killed"), folder.Data);
        File.Delete(folder.File + "-shm");
        await using var again = await Open();
        Assert.Equal(Acceptance.Replayed, (await again.Accept(Intent(clock, key: "k1"), "{}", Stop)).Acceptance);
    }

    [Fact]
    public async Task A_lost_witness_is_told_by_verify_and_made_anew_by_the_next_start()
    {
        await Pay("k1");
        File.Delete(WitnessPath);
        using (var reader = JournalReader.Open(folder.Data))
        {
            var check = await reader.Verify(Stop);
            Assert.Equal(0, check.BrokenAt);
            Assert.Contains("is missing", check.Why, StringComparison.Ordinal);
        }

        await (await Open()).DisposeAsync();
        using var after = JournalReader.Open(folder.Data);
        Assert.Null((await after.Verify(Stop)).BrokenAt);
    }

    [Fact]
    public async Task Verify_sees_a_journal_that_is_older_than_its_witness_and_takes_a_backup_elsewhere_for_what_it_is()
    {
        await Pay("k1");
        var copy = Path.Combine(folder.Root, "copy");
        CopyTo(copy);
        await Pay("k2");
        using (var reader = JournalReader.Open(copy))
        {
            var check = await reader.Verify(Stop);
            Assert.Null(check.BrokenAt);
            Assert.Contains("copy", check.Identity, StringComparison.Ordinal);
        }

        Directory.Delete(folder.Data, recursive: true);
        Directory.Move(copy, folder.Data);
        using var restored = JournalReader.Open(folder.Data);
        Assert.Contains("is older", (await restored.Verify(Stop)).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bit_or_a_half_of_the_witness_leaves_the_other_mark_and_without_both_a_person_decides()
    {
        await Pay("k1");
        await Pay("k2");
        var whole = await File.ReadAllBytesAsync(WitnessPath, Stop);
        for (var at = 0; at < WitnessMark.Width; at += 7)
        {
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= 4;
            await File.WriteAllBytesAsync(WitnessPath, damaged, Stop);
            Assert.InRange(WitnessFile.Read(WitnessPath)!.Tip.Sequence, 5, 6);
        }

        await File.WriteAllBytesAsync(WitnessPath, whole[..40], Stop);
        await Refused("is damaged", "journal restore");
    }

    [Fact]
    public async Task A_witness_that_is_deleted_while_the_journal_runs_is_there_again_at_its_end()
    {
        await using (var journal = await Open())
        {
            File.Delete(WitnessPath);
            await journal.Whole(clock, key: "k1");
        }

        Assert.Equal(3, WitnessFile.Read(WitnessPath)!.Tip.Sequence);
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_is_no_reason_to_take_no_money_and_the_next_is_taken()
    {
        await File.WriteAllTextAsync(Outside, "a file where a directory should be", Stop);
        await using (var journal = await Open()) await journal.Whole(clock, key: "k1");
        using var reader = JournalReader.Open(folder.Data);
        var check = await reader.Verify(Stop);
        Assert.Equal((null, null), (check.BrokenAt, check.Identity));
    }

    [Fact]
    public async Task Init_forgets_what_was_expected_and_only_where_no_journal_is()
    {
        await Pay("k1");
        var refused = Assert.Throws<JournalException>(() => JournalReturn.Init(Witness));
        Assert.Contains("3 records", refused.Message, StringComparison.Ordinal);
        Directory.Delete(folder.Data, recursive: true);
        Assert.Equal(3, JournalReturn.Init(Witness));
        await using var journal = await Open();
        Assert.Equal(0, journal.LastSequence);
    }

    [Fact]
    public async Task Restore_takes_an_older_copy_says_what_is_missing_and_is_the_expected_one_from_then_on()
    {
        await Pay("k1");
        var copy = Path.Combine(folder.Root, "copy");
        CopyTo(copy);
        await Pay("k2");
        await using (var running = await Open())
        {
            var inUse = await Assert.ThrowsAsync<JournalException>(() => JournalReturn.Restore(Witness, null, clock, Stop));
            Assert.Equal(JournalFault.InUse, inUse.Fault);
        }

        var there = await Assert.ThrowsAsync<JournalException>(() => JournalReturn.Restore(Witness, copy, clock, Stop));
        Assert.Contains("move it away", there.Message, StringComparison.Ordinal);
        Directory.Move(folder.Data, folder.Data + ".old");
        await Refused("is missing");
        var restored = await JournalReturn.Restore(Witness, Path.Combine(copy, "journal.db"), clock, Stop);
        Assert.Equal((3, 6), (restored.Records, restored.Expected));
        await using (var journal = await Open())
        {
            Assert.Equal(3, journal.LastSequence);
            Assert.Equal(Acceptance.Replayed, (await journal.Accept(Intent(clock, key: "k1"), "{}", Stop)).Acceptance);
        }

        // The one from before is now the wrong one.
        Directory.Delete(folder.Data, recursive: true);
        Directory.Move(folder.Data + ".old", folder.Data);
        await using (var longer = await Open()) Assert.Equal(6, longer.LastSequence);
    }

    [Fact]
    public async Task Restore_takes_no_damaged_journal()
    {
        await Pay("k1");
        folder.Tamper("UPDATE records SET body = '{}' WHERE sequence = 2");
        var refused = await Assert.ThrowsAsync<JournalException>(() => JournalReturn.Restore(Witness, null, clock, Stop));
        Assert.Equal(JournalFault.Corrupt, refused.Fault);
        var missing = await Assert.ThrowsAsync<JournalException>(
            () => JournalReturn.Restore(JournalWitness.In(Outside, Path.Combine(folder.Root, "nowhere")), null, clock, Stop));
        Assert.Contains("no journal", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_witness_stands_beside_the_configuration_and_never_inside_of_the_directory_that_it_watches()
    {
        var beside = JournalWitness.Beside(Path.Combine(folder.Root, "tillbridge.json"), folder.Data).Files;
        var inside = JournalWitness.Beside(Path.Combine(folder.Data, "tillbridge.json"), folder.Data).Files;
        Assert.All(inside, file => Assert.False(file.StartsWith(folder.Data + Path.DirectorySeparatorChar, StringComparison.Ordinal)));
        if (Environment.GetEnvironmentVariable(JournalWitness.PlaceVariable) is { Length: > 0 }) return;
        Assert.Equal(folder.Root, Path.GetDirectoryName(beside[0]));
    }

    private async Task Damage(string what, string copy)
    {
        var log = folder.File + "-wal";
        switch (what)
        {
            case "directory gone":
                Directory.Delete(folder.Data, recursive: true);
                break;
            case "directory empty":
                Directory.Delete(folder.Data, recursive: true);
                Directory.CreateDirectory(folder.Data);
                break;
            case "journal.db gone":
                File.Delete(folder.File);
                break;
            case "journal.db empty":
                await File.WriteAllBytesAsync(folder.File, [], Stop);
                break;
            case "the last session deleted":
                folder.Tamper("DELETE FROM records WHERE sequence > 3; DELETE FROM sessions WHERE intent > 3");
                break;
            case "log gone":
                File.Delete(log);
                File.Delete(folder.File + "-shm");
                break;
            case "log cut off":
                await File.WriteAllBytesAsync(log, [], Stop);
                break;
            case "log cut to a part":
                await using (var file = new FileStream(log, FileMode.Open)) file.SetLength(file.Length / 2);
                break;
            case "older copy":
                Directory.Delete(folder.Data, recursive: true);
                Directory.Move(copy, folder.Data);
                break;
            case "journal.db and log of an older copy, the new log beside":
                File.Copy(Path.Combine(copy, "journal.db"), folder.File, overwrite: true);
                File.Delete(log);
                break;
            default:
                Directory.Delete(folder.Data, recursive: true);
                await using (var other = await SqliteJournal.Open(folder.Data, clock, null, Stop))
                {
                    for (var turn = 0; turn < 2; turn++) await other.Whole(clock, key: $"other{turn}");
                }

                if (what is not "another journal") folder.Tamper($"UPDATE identity SET id = '{WitnessFile.Read(WitnessPath)!.Journal}'");
                break;
        }
    }

    private async Task Refused(params string[] says)
    {
        var refused = await Assert.ThrowsAsync<JournalException>(Open);
        Assert.Equal(JournalFault.Unexpected, refused.Fault);
        Assert.All(says, word => Assert.Contains(word, refused.Message, StringComparison.Ordinal));
    }

    private string Files() => Directory.Exists(folder.Data)
        ? string.Join(' ', Directory.GetFiles(folder.Data, "journal.db").Select(file => Convert.ToHexString(File.ReadAllBytes(file))))
        : "";

    private void CopyTo(string target)
    {
        Directory.CreateDirectory(target);
        foreach (var file in Directory.GetFiles(folder.Data, "journal.db*"))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
    }

    private async Task Pay(string key)
    {
        await using var journal = await Open();
        await journal.Whole(clock, key: key);
    }

    private Task<SqliteJournal> Open() => SqliteJournal.Open(Witness, clock, null, Stop);
}
