using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Journal.Frames;
using Tillbridge.Journal.Sqlite.Books;

namespace Tillbridge.Journal.Sqlite;

/// <summary>Walks the hash chain and compares each session's row with what the chain says; page by page, in bounded memory.</summary>
internal static class ChainVerifier
{
    private const int RecordsInPage = 100;
    private const int SessionsInPage = 100;
    private const int MostDamaged = 100;

    private const string Records =
        $"SELECT {JournalSql.RecordColumns}, s.id, f.data {JournalSql.FromRecords} LEFT JOIN sessions s ON s.intent = r.sequence "
        + "LEFT JOIN frames f ON f.record = r.sequence WHERE r.sequence > ?1 ORDER BY r.sequence LIMIT ?2";

    private const string StrayFrames =
        "SELECT f.record FROM frames f LEFT JOIN records r ON r.sequence = f.record WHERE r.frames_hash IS NULL LIMIT 1";

    // One statement sees one snapshot, so that a running writer never comes between a row and its newest record.
    private const string Sessions =
        $"SELECT {JournalSql.SessionColumns}, s.intent, r.sequence, r.state_hash, s.place, lower(hex(u.session)) FROM sessions s "
        + "LEFT JOIN records r ON r.sequence = "
        + "(SELECT max(n.sequence) FROM records n WHERE n.subject = s.intent AND n.state_hash IS NOT NULL) "
        + "LEFT JOIN records p ON p.sequence = s.place LEFT JOIN subjects u ON u.number = p.subject "
        + "WHERE s.intent > ?1 ORDER BY s.intent LIMIT ?2";

    // A row without a note came with its session's intent; every other one shows the newest note of its interface.
    private static readonly string Notes =
        "SELECT n.session, n.face, n.intent, n.settled, n.listed, n.record, r.body, (SELECT max(m.sequence) FROM records m "
        + $"WHERE m.subject = n.intent AND m.kind = {JournalSql.FaceKind} AND json_extract(m.body, '$.face') = n.face) "
        + $"FROM face_notes n LEFT JOIN records r ON r.sequence = n.record AND r.subject = n.intent AND r.kind = {JournalSql.FaceKind} "
        + "WHERE (n.session, n.face) > (?1, ?2) ORDER BY n.session, n.face LIMIT ?3";

    /// <summary>The records after one that is trusted.</summary>
    public static ChainCheck Chain(SqliteConnection connection, long after, CancellationToken shutdown) =>
        Chain(connection, after, [], shutdown);

    private static ChainCheck Chain(SqliteConnection connection, long after, Dictionary<string, long> fences, CancellationToken shutdown)
    {
        var origin = ChainOrigin.Of(connection);
        after = Math.Max(after, origin.Start.Sequence);
        // Numbers are missing in what was moved over; the one before is trusted as well.
        if (after <= origin.MovedTo) after = LastUpTo(connection, after, origin);
        var tip = JournalSql.TipOf(connection, after);
        if (tip.Sequence != after) return new ChainCheck(0, after, $"Record {after} is missing.");
        var records = 0L;

        while (true)
        {
            shutdown.ThrowIfCancellationRequested();
            var before = tip.Sequence;
            if (RecordsFault(connection, origin, ref tip, ref records, fences) is { } why)
                return new ChainCheck(records, tip.Sequence + 1, why);
            if (tip.Sequence == before) return new ChainCheck(records, null, null);
        }
    }

    private static long LastUpTo(SqliteConnection connection, long sequence, ChainOrigin origin)
    {
        using var row = connection.Prepare("SELECT sequence FROM records WHERE sequence <= ?1 ORDER BY sequence DESC LIMIT 1");
        return row.Bind(1, sequence).Step() ? row.Long(0) : origin.Start.Sequence;
    }

    /// <summary>
    /// The whole journal: pages, indexes against rows, chain, rows against chain, sums against rows. A damaged row of a session stands in
    /// <see cref="ChainCheck.Damaged"/>, and is the check's fault only if there is no worse one.
    /// </summary>
    public static ChainCheck Everything(SqliteConnection connection, CancellationToken shutdown)
    {
        // One snapshot for all of it, beside a running writer.
        connection.Execute("BEGIN");
        try
        {
            return Snapshot(connection, shutdown);
        }
        finally
        {
            connection.Rollback();
        }
    }

    private static ChainCheck Snapshot(SqliteConnection connection, CancellationToken shutdown)
    {
        if (FileFault(connection, shutdown) is { } file) return new ChainCheck(0, 0, file);
        var fences = new Dictionary<string, long>(StringComparer.Ordinal);
        var chain = Chain(connection, 0, fences, shutdown);
        if (chain.BrokenAt is not null) return chain;
        var damaged = new List<(long Sequence, DamagedSession Session)>();
        var fault = RowsFault(connection, 0, damaged, shutdown) ?? NotesFault(connection, shutdown) ?? FenceFault(connection, fences)
            ?? StrayFramesFault(connection);
        if (fault is var (at, what)) chain = chain with { BrokenAt = at, Why = what };
        chain = chain with { Sums = BookVerifier.Check(connection, shutdown) };
        return Add(chain, damaged);
    }

    /// <summary>What SQLite finds wrong with pages, or with indexes against rows.</summary>
    public static string? FileFault(SqliteConnection connection, CancellationToken shutdown)
    {
        using var stop = shutdown.UnsafeRegister(static state => ((SqliteConnection)state!).Interrupt(), connection);
        try
        {
            return connection.Scalar("PRAGMA integrity_check(1)") is var found and not "ok" ? $"The file is damaged: {found}." : null;
        }
        catch (JournalException error) when (shutdown.IsCancellationRequested)
        {
            throw new OperationCanceledException(error.Message, error, shutdown);
        }
        catch (JournalException error) when (error.Fault is JournalFault.Corrupt)
        {
            return error.Message;
        }
    }

    /// <summary>Rows of sessions that began after a record; each damaged one is told apart.</summary>
    public static (long Sequence, string Why)? RowsFault(
        SqliteConnection connection, long intent, List<(long Sequence, DamagedSession Session)> damaged, CancellationToken shutdown)
    {
        while (damaged.Count < MostDamaged)
        {
            shutdown.ThrowIfCancellationRequested();
            var before = intent;
            if (SessionsFault(connection, ref intent, damaged) is { } fault) return fault;
            if (intent == before) return null;
        }

        return null;
    }

    /// <summary>The check with sessions that are damaged by themselves.</summary>
    public static ChainCheck Add(ChainCheck chain, IReadOnlyList<(long Sequence, DamagedSession Session)> damaged)
    {
        if (damaged.Count == 0) return chain;
        var told = chain with { Damaged = [.. damaged.Select(one => one.Session)] };
        return told.BrokenAt is not null
            ? told
            : told with { BrokenAt = damaged[0].Sequence, Why = damaged[0].Session.Why, CostsSessionsOnly = true };
    }

    private static string? RecordsFault(
        SqliteConnection connection, ChainOrigin origin, ref ChainTip tip, ref long records, Dictionary<string, long> fences)
    {
        using var rows = connection.Prepare(Records);
        try
        {
            rows.Bind(1, tip.Sequence).Bind(2, RecordsInPage);
            while (rows.Step())
            {
                var record = JournalSql.RecordAt(rows);
                if (RecordChain.Fault(tip, record, origin.MovedTo) is { } why) return why;
                if (FramesFault(record, rows.BlobOrNull(JournalSql.AfterRecord + 1), origin) is { } frames) return frames;
                var session = rows.TextOrNull(JournalSql.AfterRecord);
                var expected = record.Kind is RecordKind.Intent ? record.Session.Value : null;
                if (session != expected) return $"The session that record {record.Sequence} began is missing or replaced.";
                tip = new ChainTip(record.Sequence, record.Hash);
                records++;
                // An intent is written by whoever takes it in, under the number that stands there.
                if (record.Kind is not RecordKind.Intent) fences[record.Terminal] = record.Fence;
            }

            return null;
        }
        catch (JournalException error) when (error.Fault is JournalFault.Corrupt)
        {
            return error.Message;
        }
    }

    private static string? FramesFault(JournalRecord record, byte[]? pack, ChainOrigin origin)
    {
        if (pack is not null)
        {
            var fits = record.FramesHash == FramePack.HashOf(pack);
            return fits ? null : $"The frames before record {record.Sequence} were changed or replaced.";
        }

        var isMissing = record.FramesHash is not null && record.Sequence > origin.FramesTo;
        return isMissing ? $"The frames before record {record.Sequence} are missing." : null;
    }

    private static (long Sequence, string Why)? SessionsFault(
        SqliteConnection connection, ref long intent, List<(long Sequence, DamagedSession Session)> damaged)
    {
        using var rows = connection.Prepare(Sessions);
        try
        {
            rows.Bind(1, intent).Bind(2, SessionsInPage);
            while (rows.Step())
            {
                intent = rows.Long(JournalSql.AfterSession);
                var suspect = rows.IsNull(JournalSql.AfterSession + 1) ? intent : rows.Long(JournalSql.AfterSession + 1);
                var row = JournalSql.RowAt(rows);
                if (RowFault(rows, row, intent, suspect) is { } why) damaged.Add((suspect, new DamagedSession(row.Id, why)));
            }

            return null;
        }
        catch (JournalException error) when (error.Fault is JournalFault.Corrupt)
        {
            return (intent, error.Message);
        }
    }

    private static string? RowFault(SqliteStatement rows, SessionRow row, long intent, long suspect)
    {
        var stored = Convert.ToHexStringLower(rows.BlobOrNull(JournalSql.AfterSession + 2) ?? []);
        if (RecordChain.StateHash(row.State) != stored)
            return $"The state of session {row.Id} is not the one that record {suspect} stored.";
        var place = rows.Long(JournalSql.AfterSession + 3);
        var fits = rows.TextOrNull(JournalSql.AfterSession + 4) == row.Id && place >= intent && place > intent == row.SentAt is not null;
        return row.Fault ?? (fits ? null : $"The place of session {row.Id} in its terminal's order is wrong.");
    }

    private static (long Sequence, string Why)? NotesFault(SqliteConnection connection, CancellationToken shutdown)
    {
        var (session, face) = ("", "");
        while (true)
        {
            shutdown.ThrowIfCancellationRequested();
            var before = (session, face);
            if (NotesFault(connection, ref session, ref face) is { } fault) return fault;
            if (before == (session, face)) return null;
        }
    }

    private static (long Sequence, string Why)? NotesFault(SqliteConnection connection, ref string session, ref string face)
    {
        using var rows = connection.Prepare(Notes);
        rows.Bind(1, session).Bind(2, face).Bind(3, SessionsInPage);
        while (rows.Step())
        {
            (session, face) = (rows.Text(0), rows.Text(1));
            var suspect = rows.IsNull(5) ? rows.Long(2) : rows.Long(5);
            var newest = rows.IsNull(7) ? (long?)null : rows.Long(7);
            var note = rows.TextOrNull(6) is { } body ? FaceNote.OfBody(body) : null;
            var (settled, listed) = (rows.Long(3) != 0, rows.Long(4) != 0);
            var fits = newest is null ? rows.IsNull(5) && !settled && !listed
                : newest == suspect && note is not null && note.Settled == settled && note.Listed == listed;
            if (!fits) return (suspect, $"The note of {face} about session {session} is not the one that the chain holds.");
        }

        return null;
    }

    private static (long Sequence, string Why)? StrayFramesFault(SqliteConnection connection) =>
        connection.Scalar(StrayFrames) is { } record ? (long.Parse(record, CultureInfo.InvariantCulture),
            $"There are frames before record {record} of which the chain knows nothing.") : null;

    private static (long Sequence, string Why)? FenceFault(SqliteConnection connection, Dictionary<string, long> fences)
    {
        using var rows = connection.Prepare("SELECT name, fence FROM terminals");
        while (rows.Step())
        {
            if (!fences.Remove(rows.Text(0), out var fence) || fence != rows.Long(1))
                return (0, $"The owner's number of terminal '{rows.Text(0)}' is not the one of its newest record.");
        }

        return fences.Count == 0 ? null : (0, $"The owner's number of terminal '{fences.Keys.First()}' is missing.");
    }
}
