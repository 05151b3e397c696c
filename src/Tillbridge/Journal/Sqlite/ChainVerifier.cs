namespace Tillbridge.Journal.Sqlite;

/// <summary>Walks the hash chain and compares each session's row with what the chain says; page by page, in bounded memory.</summary>
internal static class ChainVerifier
{
    private const int RecordsInPage = 100;
    private const int SessionsInPage = 100;

    private const string Records =
        $"SELECT {JournalSql.RecordColumns}, s.id FROM records r LEFT JOIN sessions s ON s.intent = r.sequence "
        + "WHERE r.sequence > ?1 ORDER BY r.sequence LIMIT ?2";

    // One statement sees one snapshot, so that a running writer never comes between a row and its newest record.
    private const string Sessions =
        $"SELECT {JournalSql.SessionColumns}, s.intent, r.sequence, r.state_hash FROM sessions s "
        + "LEFT JOIN records r ON r.sequence = "
        + "(SELECT max(n.sequence) FROM records n WHERE n.session = s.id AND n.state_hash IS NOT NULL) "
        + "WHERE s.intent > ?1 ORDER BY s.intent LIMIT ?2";

    // A row without a note came with its session's intent; every other one shows the newest note of its interface.
    private const string Notes =
        "SELECT n.session, n.face, n.intent, n.settled, n.listed, n.record, r.body, (SELECT max(m.sequence) FROM records m "
        + "WHERE m.session = n.session AND m.kind = 'face' AND json_extract(m.body, '$.face') = n.face) "
        + "FROM face_notes n LEFT JOIN records r ON r.sequence = n.record AND r.session = n.session AND r.kind = 'face' "
        + "WHERE (n.session, n.face) > (?1, ?2) ORDER BY n.session, n.face LIMIT ?3";

    /// <summary>The records after one that is trusted.</summary>
    public static ChainCheck Chain(SqliteConnection connection, long after, CancellationToken shutdown)
    {
        var tip = JournalSql.TipOf(connection, after);
        if (tip.Sequence != after) return new ChainCheck(0, after, $"Record {after} is missing.");

        while (true)
        {
            shutdown.ThrowIfCancellationRequested();
            var before = tip.Sequence;
            if (RecordsFault(connection, ref tip) is { } why)
                return new ChainCheck(tip.Sequence - after, tip.Sequence + 1, why);
            if (tip.Sequence == before) return new ChainCheck(tip.Sequence - after, null, null);
        }
    }

    /// <summary>The whole journal.</summary>
    public static ChainCheck Everything(SqliteConnection connection, CancellationToken shutdown)
    {
        var chain = Chain(connection, 0, shutdown);
        var intent = 0L;
        while (chain.BrokenAt is null)
        {
            shutdown.ThrowIfCancellationRequested();
            var before = intent;
            if (SessionsFault(connection, ref intent) is { } fault)
                return chain with { BrokenAt = fault.Sequence, Why = fault.Why };
            if (intent == before) break;
        }

        var (session, face) = ("", "");
        while (chain.BrokenAt is null)
        {
            shutdown.ThrowIfCancellationRequested();
            var before = (session, face);
            if (NotesFault(connection, ref session, ref face) is { } fault)
                return chain with { BrokenAt = fault.Sequence, Why = fault.Why };
            if (before == (session, face)) break;
        }

        return chain;
    }

    private static string? RecordsFault(SqliteConnection connection, ref ChainTip tip)
    {
        using var rows = connection.Prepare(Records);
        try
        {
            rows.Bind(1, tip.Sequence).Bind(2, RecordsInPage);
            while (rows.Step())
            {
                var record = JournalSql.RecordAt(rows);
                if (RecordChain.Fault(tip, record) is { } why) return why;
                var session = rows.TextOrNull(JournalSql.AfterRecord);
                var expected = record.Kind is RecordKind.Intent ? record.Session.Value : null;
                if (session != expected) return $"The session that record {record.Sequence} began is missing or replaced.";
                tip = new ChainTip(record.Sequence, record.Hash);
            }

            return null;
        }
        catch (JournalException error) when (error.Fault is JournalFault.Corrupt)
        {
            return error.Message;
        }
    }

    private static (long Sequence, string Why)? SessionsFault(SqliteConnection connection, ref long intent)
    {
        using var rows = connection.Prepare(Sessions);
        var suspect = intent;
        try
        {
            rows.Bind(1, intent).Bind(2, SessionsInPage);
            while (rows.Step())
            {
                intent = rows.Long(JournalSql.AfterSession);
                suspect = rows.IsNull(JournalSql.AfterSession + 1) ? intent : rows.Long(JournalSql.AfterSession + 1);
                var row = JournalSql.RowAt(rows);
                var stored = Convert.ToHexStringLower(rows.BlobOrNull(JournalSql.AfterSession + 2) ?? []);
                if (RecordChain.StateHash(row.State) != stored)
                    return (suspect, $"The state of session {row.Id} is not the one that record {suspect} stored.");
                _ = row.ToSession();
            }

            return null;
        }
        catch (JournalException error) when (error.Fault is JournalFault.Corrupt)
        {
            return (suspect, error.Message);
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
}
