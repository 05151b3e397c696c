using System.Security.Cryptography;
using Tillbridge.Journal;

namespace Tillbridge.Laboratory.Disks;

/// <summary>
/// The real journal on a real disk under a simulated host. A death leaves the files as they are, sometimes with a torn tail in
/// the write-ahead log; the next life opens that copy.
/// </summary>
internal sealed class RealFile(World world, SimStore store) : IDisposable
{
    private const int MostTornBytes = 5000;

    private readonly string root = Directory.CreateTempSubdirectory("tillbridge-laboratory-").FullName;
    private readonly List<SqliteJournal> opened = [];
    private int lives;

    private string Current => Path.Combine(root, $"life-{lives}");

    public Task<IJournal> Open(SimProcess life)
    {
        if (store.Owner is { IsAlive: true }) throw new JournalException(JournalFault.InUse, "The data directory is in use.");
        if (store.Trouble is not DiskTrouble.None) throw new JournalException("The disk is in trouble.");
        store.Owner = life;
        var before = Current;
        lives++;
        Directory.CreateDirectory(Current);
        if (lives > 1) CopyAsItLies(before);
        var journal = Finish(SqliteJournal.Open(Current, new FileClock(world), logger: null, CancellationToken.None));
        opened.Add(journal);
        return Task.FromResult<IJournal>(new OutsideJournal(world, store, life, journal));
    }

    /// <summary>What a second program on the same directory meets.</summary>
    public void TrySecond() => Finish(SqliteJournal.Open(Current, new FileClock(world), logger: null, CancellationToken.None));

    public void Dispose()
    {
        foreach (var journal in opened) Finish(End(journal));
        Directory.Delete(root, recursive: true);
    }

    private static async Task<bool> End(SqliteJournal journal)
    {
        await journal.DisposeAsync();
        return true;
    }

    private void CopyAsItLies(string before)
    {
        foreach (var name in new[] { JournalFile, JournalFile + "-wal" })
        {
            var from = Path.Combine(before, name);
            if (!File.Exists(from)) continue;
            var to = Path.Combine(Current, name);
            File.Copy(from, to);
            if (name == JournalFile || !world.Chance.OneIn(2)) continue;
            // Half a transaction that the dying host still wrote; its bytes are of no matter, so they need no seed.
            using var tail = new FileStream(to, FileMode.Append);
            tail.Write(RandomNumberGenerator.GetBytes(1 + world.Chance.Below(MostTornBytes)));
        }
    }

    private const string JournalFile = "journal.db";

    // The world stands still meanwhile: that is what makes a run with real threads beside it repeatable.
    private static T Finish<T>(Task<T> task) => Task.Run(() => task).GetAwaiter().GetResult();

    // Records carry virtual time; the writer's own pauses are real, since its thread is.
    private sealed class FileClock(World world) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => world.Start + TimeSpan.FromTicks(world.Now);
    }
}
