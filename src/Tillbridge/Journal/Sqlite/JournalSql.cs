using Tillbridge.Domain;

namespace Tillbridge.Journal.Sqlite;

/// <summary>The columns of the two tables and how their rows are read; used by writer, reader and verification alike.</summary>
internal static class JournalSql
{
    public const string RecordColumns =
        "r.sequence, r.at, lower(hex(u.session)), u.terminal, r.kind, r.fence, r.body, r.state_hash, r.hash, r.frames_hash";

    /// <summary>The records, each with whose it is.</summary>
    public const string FromRecords = "FROM records r LEFT JOIN subjects u ON u.number = r.subject";

    /// <summary>The column that follows the record's own.</summary>
    public const int AfterRecord = 10;

    /// <summary>The record's columns and the hash of the one before, for <see cref="ToldRecordAt"/>.</summary>
    public const string ToldRecordColumns =
        $"{RecordColumns}, (SELECT p.hash FROM records p WHERE p.sequence < r.sequence ORDER BY p.sequence DESC LIMIT 1)";

    /// <summary>The kinds as they stand in the file.</summary>
    public const int FrameKind = (int)RecordKind.Frame, FaceKind = (int)RecordKind.Face;

    public const string SessionColumns =
        "s.id, s.terminal, s.key, s.fingerprint, s.kind, s.phase, s.outcome, s.reference, s.receipt, "
        + "s.created_at, s.sent_at, s.closed_at, s.face, s.state, s.seal, s.closes";

    /// <summary>The column that follows the session's own.</summary>
    public const int AfterSession = 16;

    private const string SelectById = $"SELECT {SessionColumns} FROM sessions s WHERE s.id = ?1";
    private const string SelectByIntent = $"SELECT {SessionColumns} FROM sessions s WHERE s.intent = ?1";
    private const string SelectSubject = "SELECT number, terminal FROM subjects WHERE session = ?1";

    // Two indexes in pages of their own: what one flipped bit hides from the one stands in the other.
    private const string IntentsUnderKey =
        "SELECT (SELECT max(intent) FROM sessions INDEXED BY sessions_by_key WHERE key = ?1), "
        + "(SELECT max(intent) FROM sessions INDEXED BY sessions_by_key_again WHERE key = ?1)";

    /// <summary>The condition of the indexes over what is open or unknown.</summary>
    public const string IsUnsettled = "phase <> 'closed' OR outcome IS NULL OR outcome = 'unknown'";

    private const string UnsettledIntents =
        $"SELECT intent FROM sessions INDEXED BY unsettled WHERE {IsUnsettled} "
        + $"UNION SELECT intent FROM sessions INDEXED BY unsettled_again WHERE {IsUnsettled} ORDER BY 1 LIMIT ?1";

    public static JournalRecord RecordAt(SqliteStatement row) => new(
        row.Long(0),
        JournalTime.OfTicks(row.Long(1)),
        new SessionId(row.Text(2)),
        row.Text(3),
        KindOf(row.Long(4)),
        row.Text(6),
        Convert.ToHexStringLower(row.Blob(8)))
    {
        Fence = row.Long(5),
        StateHash = row.BlobOrNull(7) is { } hash ? Convert.ToHexStringLower(hash) : null,
        FramesHash = row.BlobOrNull(9) is { } frames ? Convert.ToHexStringLower(frames) : null,
    };

    private static RecordKind KindOf(long number) => Enum.IsDefined((RecordKind)number)
        ? (RecordKind)number
        : throw Damaged($"{number} is no kind of record.");

    /// <summary>The record, or in its place an incident that says that it is damaged: it costs itself only.</summary>
    public static JournalRecord ToldRecordAt(SqliteStatement row, ChainTip start)
    {
        try
        {
            var record = RecordAt(row);
            var before = row.BlobOrNull(AfterRecord) is { } hash ? Convert.ToHexStringLower(hash) : start.Hash;
            if (RecordChain.Fault(new ChainTip(record.Sequence - 1, before), record) is null) return record;
        }
        catch (JournalException error) when (error.Fault is JournalFault.Corrupt)
        {
            // Its time or kind cannot be read.
        }

        var sequence = row.Long(0);
        var hasTime = long.TryParse(row.Text(1), out var ticks) && JournalTime.IsTicks(ticks);
        var at = hasTime ? JournalTime.OfTicks(ticks) : DateTimeOffset.UnixEpoch;
        var body = $"{{\"code\":\"journal-damaged\",\"text\":\"Record {sequence} of the journal is damaged and is not told.\"}}";
        return new JournalRecord(
            sequence, at, new SessionId(row.Text(2)), row.Text(3), RecordKind.Incident, body, Convert.ToHexStringLower(row.Blob(8)));
    }

    public static SessionRow RowAt(SqliteStatement row) => new(
        row.Text(0), row.Text(1), row.TextOrNull(2), row.HexText(3), row.Text(4), row.Text(5), row.TextOrNull(6),
        row.TextOrNull(7), row.TextOrNull(8), row.Text(9), row.TimeOrNull(10), row.TimeOrNull(11),
        row.TextOrNull(12), row.UnfoldedText(13), Convert.ToHexStringLower(row.BlobOrNull(14) ?? []), row.Long(15) != 0);

    /// <summary>The session of that id; null only if no record speaks of it either.</summary>
    public static Session? Find(SqliteConnection connection, SessionId id)
    {
        using (var row = connection.Prepare(SelectById))
        {
            if (row.Bind(1, id.Value).Step()) return RowAt(row).ToSession();
        }

        return SubjectOf(connection, id) is not null
            ? throw Damaged($"Session {id} has records, and its row is not found.")
            : null;
    }

    /// <summary>Whose records these are, by the number of the first: a second place that knows a session, in pages of its own.</summary>
    public static (long Number, string Terminal)? SubjectOf(SqliteConnection connection, SessionId id)
    {
        using var row = connection.Prepare(SelectSubject).Bind(1, IdBytes(id));
        return row.Step() ? (row.Long(0), row.Text(1)) : null;
    }

    /// <summary>A session's id as the file has it in other tables than its own.</summary>
    public static byte[] IdBytes(SessionId id) => SessionId.TryParse(id.Value) is not null ? Convert.FromHexString(id.Value) : [];

    /// <summary>The newest session under that key; null only if neither of two indexes knows one.</summary>
    public static Session? FindByKey(SqliteConnection connection, string key)
    {
        var intent = 0L;
        using (var intents = connection.Prepare(IntentsUnderKey))
        {
            if (intents.Bind(1, key).Step()) intent = Math.Max(intents.Long(0), intents.Long(1));
        }

        if (intent == 0) return null;
        var session = RowOf(connection, intent)?.ToSession();
        return session?.Key == key
            ? session
            : throw Damaged($"An index leads from a key to session number {intent}, which is missing or has another key.");
    }

    /// <summary>The row of the session whose first record has that sequence.</summary>
    public static SessionRow? RowOf(SqliteConnection connection, long intent)
    {
        using var row = connection.Prepare(SelectByIntent);
        return row.Bind(1, intent).Step() ? RowAt(row) : null;
    }

    /// <summary>The row of a session that an index holds for open or unknown.</summary>
    public static SessionRow OpenRow(SqliteConnection connection, long intent) =>
        RowOf(connection, intent) ?? throw Damaged($"Session number {intent} is open or unknown, and its row is missing.");

    /// <summary>The first records' sequences of the sessions that one of two indexes holds for open or unknown, oldest first.</summary>
    public static List<long> Unsettled(SqliteConnection connection)
    {
        using var rows = connection.Prepare(UnsettledIntents);
        rows.Bind(1, JournalRules.MostUnsettled);
        var intents = new List<long>();
        while (rows.Step()) intents.Add(rows.Long(0));
        return intents;
    }

    public static JournalException Damaged(string what) => new(JournalFault.Corrupt, $"{what} {JournalDirectory.CorruptCure}");

    /// <summary>The last record's place in the chain.</summary>
    public static ChainTip Tip(SqliteConnection connection) =>
        TipAt(connection, "SELECT sequence, hash FROM records WHERE sequence <= ?1 ORDER BY sequence DESC LIMIT 1", long.MaxValue);

    /// <summary>The place of a record in the chain; the start for 0 and for a sequence that is not there.</summary>
    public static ChainTip TipOf(SqliteConnection connection, long sequence) =>
        TipAt(connection, "SELECT sequence, hash FROM records WHERE sequence = ?1", sequence);

    private static ChainTip TipAt(SqliteConnection connection, string sql, long sequence)
    {
        using var statement = connection.Prepare(sql);
        return statement.Bind(1, sequence).Step()
            ? new ChainTip(statement.Long(0), Convert.ToHexStringLower(statement.Blob(1)))
            : ChainOrigin.OfAny(connection).Start;
    }
}
