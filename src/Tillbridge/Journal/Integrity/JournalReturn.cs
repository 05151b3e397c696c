using Tillbridge.Journal.Sqlite;

namespace Tillbridge.Journal.Integrity;

/// <summary>What a person says about a journal that is missing or is not the expected one.</summary>
public static class JournalReturn
{
    /// <summary>Forgets the journal that was expected: the next start begins a new one, under which every old key is unknown.</summary>
    /// <returns>How many records were expected; null when none was.</returns>
    /// <exception cref="JournalException">There is a journal with records, or what is kept outside cannot be deleted.</exception>
    public static long? Init(JournalWitness witness)
    {
        ArgumentNullException.ThrowIfNull(witness);
        if (RecordsIn(witness.Data) is > 0 and var records)
        {
            throw new JournalException(
                $"There is a journal with {records} records in '{witness.Data}'. 'tillbridge journal restore' takes it as it is; to begin "
                + "a new one move the directory away first.");
        }

        var expected = Expected(witness);
        try
        {
            foreach (var file in witness.Files) File.Delete(file);
        }
        catch (DirectoryNotFoundException)
        {
            // Then nothing is kept there.
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(JournalFault.ReadOnly, $"{error.Message} Run it as the user who owns that file.", error);
        }

        return expected;
    }

    /// <summary>
    /// Takes the journal that is in the data directory, or that is copied there from a backup, for the expected one from now on,
    /// after a check of all of it.
    /// </summary>
    /// <returns>How many records it has, and how many were expected; null when none was.</returns>
    /// <exception cref="JournalException">There is none, it is damaged or in use, or another one is in the way.</exception>
    public static async Task<(long Records, long? Expected)> Restore(
        JournalWitness witness, string? from, TimeProvider clock, CancellationToken shutdown)
    {
        ArgumentNullException.ThrowIfNull(witness);
        var expected = Expected(witness);
        if (from is not null) Bring(witness.Data, from);
        else if (!File.Exists(Path.Combine(witness.Data, JournalDirectory.FileName)))
            throw new JournalException($"There is no journal in '{witness.Data}'; name a backup that is brought there.");

        await using var journal = await SqliteJournal.Open(witness.Data, clock, null, shutdown);
        using var reader = SqliteConnection.Open(Path.Combine(witness.Data, JournalDirectory.FileName), SqliteAccess.ReadOnly);
        var check = await Task.Run(() => ChainVerifier.Everything(reader, shutdown), shutdown);
        if (check.BrokenAt is not null)
            throw new JournalException(JournalFault.Corrupt, $"The journal in '{witness.Data}' is damaged, and is not taken: {check.Why}");

        var mark = new WitnessMark(JournalIdentity.IdOf(reader), JournalSql.Tip(reader));
        foreach (var file in witness.Files.Where(File.Exists))
        {
            try
            {
                // In place, so that the file stays its owner's.
                WitnessFile.Open(file, witness.Data, mark).Dispose();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new JournalException(JournalFault.ReadOnly, $"{error.Message} Run it as the user who owns that file.", error);
            }
        }

        return (check.Records, expected);
    }

    private static void Bring(string data, string from)
    {
        var source = Directory.Exists(from) ? Path.Combine(from, JournalDirectory.FileName) : Path.GetFullPath(from);
        var target = Path.Combine(data, JournalDirectory.FileName);
        if (!File.Exists(source)) throw new JournalException($"There is no journal '{source}'.");
        if (File.Exists(target))
            throw new JournalException($"There is a journal in '{data}' already; move it away and keep it, then try again.");
        try
        {
            using var claimed = JournalDirectory.Claim(data);
            foreach (var suffix in new[] { "-wal", "" })
            {
                if (!File.Exists(source + suffix)) continue;
                // Not the backup's rights: what stands here is its owner's alone.
                using var copied = File.OpenRead(source + suffix);
                using var to = PrivateFile.Open(target + suffix, FileMode.Create, FileShare.None);
                copied.CopyTo(to);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(JournalFault.ReadOnly, $"The journal cannot be brought to '{data}': {error.Message}", error);
        }
    }

    private static long? Expected(JournalWitness witness)
    {
        long? most = null;
        foreach (var file in witness.Files)
        {
            try
            {
                if (WitnessFile.Read(file) is { } mark) most = Math.Max(most ?? 0, mark.Tip.Sequence);
            }
            catch (JournalException)
            {
                // Damaged: a person has decided already by asking for this.
            }
        }

        return most;
    }

    private static long RecordsIn(string data)
    {
        var file = Path.Combine(data, JournalDirectory.FileName);
        if (!File.Exists(file) || new FileInfo(file).Length == 0) return 0;
        using var connection = SqliteConnection.Open(file, SqliteAccess.ReadOnly);
        return JournalSchema.Check(connection) == 0 ? 0 : JournalSql.Tip(connection).Sequence;
    }
}
