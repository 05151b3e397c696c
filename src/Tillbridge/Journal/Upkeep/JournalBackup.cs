using Tillbridge.Journal.Sqlite;

namespace Tillbridge.Journal.Upkeep;

/// <summary>A consistent copy of a journal, also while a gateway writes to it.</summary>
public static class JournalBackup
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Copies the journal of a data directory into a new file as it is at one moment, and checks the copy. Nobody is kept from paying.
    /// </summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="to">The file to be made; it must not exist.</param>
    /// <param name="clock">For the pauses between two words about how far it is.</param>
    /// <param name="told">Told once a second how many bytes are written, and of how many, about; null when nobody wants to know.</param>
    /// <param name="shutdown">Leaves nothing behind when it is cancelled.</param>
    /// <returns>How many records the copy has.</returns>
    /// <exception cref="JournalException">There is no journal, the file exists, or the copy is not whole.</exception>
    public static async Task<long> Copy(
        string directory, string to, TimeProvider clock, Action<long, long>? told, CancellationToken shutdown)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentException.ThrowIfNullOrEmpty(to);
        ArgumentNullException.ThrowIfNull(clock);
        var source = Path.Combine(Path.GetFullPath(directory), JournalDirectory.FileName);
        var target = Path.GetFullPath(to);
        if (!File.Exists(source)) throw new JournalException($"There is no journal in '{directory}'.");
        if (File.Exists(target)) throw new JournalException($"'{target}' exists already; name a new file.");
        var partial = target + ".partial";
        try
        {
            // VACUUM INTO fills an empty file that is there, so that it is its owner's alone from its first byte.
            PrivateFile.Open(partial, FileMode.Create, FileShare.None).Dispose();
            var copying = Task.Run(() => Copy(source, partial, shutdown), CancellationToken.None);
            await Tell(copying, source, partial, clock, told);
            var records = await copying;
            File.Move(partial, target);
            return records;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(JournalFault.ReadOnly, $"The copy cannot be written: {error.Message}", error);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private static long Copy(string source, string partial, CancellationToken shutdown)
    {
        using (var connection = ReadConnections.Connect(source))
        using (shutdown.UnsafeRegister(static state => ((SqliteConnection)state!).Interrupt(), connection))
        {
            try
            {
                connection.Prepare("VACUUM INTO ?1").Bind(1, partial).Run();
            }
            catch (JournalException error) when (shutdown.IsCancellationRequested)
            {
                throw new OperationCanceledException(error.Message, error, shutdown);
            }
        }

        Moves.FileSync.Flush(partial);
        using var copy = SqliteConnection.Open(partial, SqliteAccess.Immutable);
        var check = ChainVerifier.Everything(copy, shutdown);
        if (check.BrokenAt is { } at && !check.CostsSessionsOnly)
            throw new JournalException(JournalFault.Corrupt, $"The copy is not whole at record {at}, and so is the journal: {check.Why}");
        return check.Records;
    }

    private static async Task Tell(Task copying, string source, string partial, TimeProvider clock, Action<long, long>? told)
    {
        while (!copying.IsCompleted)
        {
            var pause = Task.Delay(TellEvery, clock);
            if (await Task.WhenAny(copying, pause) == copying) return;
            told?.Invoke(new FileInfo(partial).Length, new FileInfo(source).Length);
        }
    }
}
