using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Tillbridge.Journal.Sqlite;

namespace Tillbridge.Journal.Moves;

/// <summary>
/// Moves a journal of an earlier version into a new file, which is checked and then takes the place of the old one in one step; the old
/// one is kept beside it. Until that step nothing has happened: a crash costs the time only.
/// </summary>
internal static class JournalMove
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(2);

    // Columns that both forms have, in tables that stay as they are.
    private const string CopyOthers = """
        INSERT INTO terminals SELECT name, fence FROM earlier.terminals;
        UPDATE identity SET id = (SELECT id FROM earlier.identity), kept = (SELECT kept FROM earlier.identity);
        INSERT INTO face_notes SELECT session, face, intent, record, settled, listed FROM earlier.face_notes;
        INSERT INTO book_lines SELECT * FROM earlier.book_lines;
        INSERT INTO doubted_books SELECT terminal FROM earlier.doubted_books;
        INSERT INTO moved_tips SELECT sequence, hash FROM earlier.records ORDER BY sequence DESC LIMIT 1000;
        """;

    private const string SessionColumns =
        "intent, place, id, terminal, key, fingerprint, kind, phase, outcome, reference, receipt, created_at, sent_at, closed_at, face, "
        + "closes";

    /// <summary>Moves the file of a connection and closes that; the path then has the new file.</summary>
    /// <exception cref="JournalException">It cannot be done; the file is as it was.</exception>
    public static void Over(SqliteConnection old, ILogger logger, CancellationToken shutdown)
    {
        var file = old.File;
        var moving = file + ".moving";
        JournalSchema.Prepare(old);
        var earlierTip = JournalSql.Tip(old);
        RequireRoom(file);
        Delete(moving);
        JournalLog.Moving(logger, file, earlierTip.Sequence);
        using (var made = Create(moving))
        {
            Fill(old, made, earlierTip, logger, shutdown);
        }

        Check(moving, shutdown);
        FileSync.Flush(moving);
        // Without a log beside it, so that nothing of the old file is ever read into the new one.
        if (old.Scalar("PRAGMA journal_mode = DELETE") != "delete")
            throw new JournalException(JournalFault.InUse, $"'{file}' is read by another program; end it and start again.");
        old.Dispose();
        var copy = CopyOf(file);
        try
        {
            File.Replace(moving, file, copy, ignoreMetadataErrors: true);
            FileSync.FlushDirectory(Path.GetDirectoryName(file)!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(JournalFault.ReadOnly, $"The moved journal cannot take its place: {error.Message}", error);
        }

        JournalLog.Moved(logger, file, new FileInfo(copy).Length, new FileInfo(file).Length, copy);
    }

    private static void Fill(SqliteConnection old, SqliteConnection made, ChainTip earlierTip, ILogger logger, CancellationToken shutdown)
    {
        made.Execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;");
        JournalSchema.Make(made);
        made.Prepare("ATTACH ?1 AS earlier").Bind(1, old.File).Run();
        made.Execute("BEGIN");
        new ChainOrigin(RecordChain.MovedFrom(earlierTip), earlierTip.Sequence, 0).Write(made);
        made.Execute(CopyOthers);
        Sessions(old, made, shutdown);
        Records(old, made, earlierTip, logger, shutdown);
        made.Execute("COMMIT");
        made.Execute("DETACH earlier");
    }

    private static void Records(
        SqliteConnection old, SqliteConnection made, ChainTip earlierTip, ILogger logger, CancellationToken shutdown)
    {
        var records = new MovedRecords(made, earlierTip);
        records.Prepare(old);
        using var rows = old.Prepare($"SELECT {EarlierRecord.Columns} FROM records ORDER BY sequence");
        var told = Stopwatch.GetTimestamp();
        while (rows.Step())
        {
            shutdown.ThrowIfCancellationRequested();
            var record = EarlierRecord.Read(rows);
            records.Add(record);
            if (Stopwatch.GetElapsedTime(told) < TellEvery) continue;
            told = Stopwatch.GetTimestamp();
            JournalLog.MovingOn(logger, (int)(record.Sequence * 100 / Math.Max(1, earlierTip.Sequence)), record.Sequence);
        }
    }

    // A row that is damaged stays as it is, and is told as such afterwards, too.
    private static void Sessions(SqliteConnection old, SqliteConnection made, CancellationToken shutdown)
    {
        using var rows = old.Prepare($"SELECT {SessionColumns}, state, coalesce(seal, x'') FROM sessions ORDER BY intent");
        while (rows.Step())
        {
            shutdown.ThrowIfCancellationRequested();
            var write = made.Prepare(
                $"INSERT INTO sessions ({SessionColumns}, state, seal) "
                + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)");
            write.Bind(1, rows.Long(0)).Bind(2, rows.Long(1)).Bind(16, rows.Long(15)).Bind(18, rows.Blob(17));
            for (var column = 2; column <= 14; column++) write.Bind(column + 1, rows.TextOrNull(column));
            write.BindHex(6, rows.Text(5)).BindTime(13, rows.TextOrNull(12)).BindTime(14, rows.TextOrNull(13));
            FoldedText.Bind(write, 17, rows.Text(16), isClosed: rows.Text(7) == "closed");
            write.Run();
        }
    }

    private static void Check(string moving, CancellationToken shutdown)
    {
        using var reader = SqliteConnection.Open(moving, SqliteAccess.ReadOnly);
        var check = ChainVerifier.Everything(reader, shutdown);
        if (check.BrokenAt is null || check.CostsSessionsOnly) return;
        throw JournalSql.Damaged($"The journal cannot be moved to its new form: {check.Why}");
    }

    private static SqliteConnection Create(string moving)
    {
        PrivateFile.Open(moving, FileMode.CreateNew, FileShare.None).Dispose();
        return SqliteConnection.Open(moving, SqliteAccess.ReadWrite);
    }

    private static void RequireRoom(string file)
    {
        var (needed, free) = (new FileInfo(file).Length, new DriveInfo(Path.GetDirectoryName(file)!).AvailableFreeSpace);
        if (free >= needed) return;
        var text = string.Create(
            CultureInfo.InvariantCulture, $"for which {needed >> 20} MB must be free beside '{file}'; {free >> 20} MB are. Free space.");
        throw new JournalException(JournalFault.Full, $"The journal is moved to a new form, {text}");
    }

    // Never over a copy of before.
    private static string CopyOf(string file)
    {
        for (var number = 1; ; number++)
        {
            var copy = $"{file}.before-schema-{JournalSchema.Current}" + (number == 1 ? "" : $".{number}");
            if (!File.Exists(copy)) return copy;
        }
    }

    private static void Delete(string moving)
    {
        foreach (var suffix in new[] { "", "-journal", "-wal", "-shm" }) File.Delete(moving + suffix);
    }
}
