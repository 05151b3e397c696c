using Tillbridge.Domain;

namespace Tillbridge.Journal.Sqlite;

/// <summary>The columns of the two tables and how their rows are read; used by writer, reader and verification alike.</summary>
internal static class JournalSql
{
    public const string RecordColumns =
        "r.sequence, r.at, r.session, r.terminal, r.kind, r.fence, r.body, r.state_hash, r.hash";

    /// <summary>The column that follows the record's own.</summary>
    public const int AfterRecord = 9;

    public const string SessionColumns =
        "s.id, s.terminal, s.key, s.fingerprint, s.kind, s.phase, s.outcome, s.reference, s.receipt, "
        + "s.created_at, s.sent_at, s.closed_at, s.face, s.state";

    /// <summary>The column that follows the session's own.</summary>
    public const int AfterSession = 14;

    public const string SelectById = $"SELECT {SessionColumns} FROM sessions s WHERE s.id = ?1";

    public const string SelectByKey =
        $"SELECT {SessionColumns} FROM sessions s WHERE s.key = ?1 ORDER BY s.intent DESC LIMIT 1";

    public static JournalRecord RecordAt(SqliteStatement row) => new(
        row.Long(0),
        JournalTime.Read(row.Text(1)),
        new SessionId(row.Text(2)),
        row.Text(3),
        EnumText<RecordKind>.Parse(row.Text(4)),
        row.Text(6),
        Convert.ToHexStringLower(row.Blob(8)))
    {
        Fence = row.Long(5),
        StateHash = row.BlobOrNull(7) is { } hash ? Convert.ToHexStringLower(hash) : null,
    };

    public static SessionRow RowAt(SqliteStatement row) => new(
        row.Text(0), row.Text(1), row.TextOrNull(2), row.Text(3), row.Text(4), row.Text(5), row.TextOrNull(6),
        row.TextOrNull(7), row.TextOrNull(8), row.Text(9), row.TextOrNull(10), row.TextOrNull(11),
        row.TextOrNull(12), row.Text(13));

    /// <summary>The session that a statement with one text parameter finds.</summary>
    public static Session? Find(SqliteConnection connection, string sql, string value)
    {
        using var statement = connection.Prepare(sql);
        return statement.Bind(1, value).Step() ? RowAt(statement).ToSession() : null;
    }

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
            : ChainTip.Start;
    }
}
