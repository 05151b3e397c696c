using System.Text;
using Tillbridge.Domain;
using Tillbridge.Journal.Sqlite;

namespace Tillbridge.Journal;

/// <summary>A session query as a condition of SQL and as a test of one session.</summary>
internal sealed class SessionFilter
{
    private readonly List<(string Condition, string Value)> conditions = [];
    private readonly SessionQuery query;
    private readonly PageCursor? cursor;

    /// <summary>Checks a query.</summary>
    /// <exception cref="ArgumentException">The limit or the cursor is none.</exception>
    public SessionFilter(SessionQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        JournalRules.CheckLimit(query.Limit, JournalRules.MostPage);
        this.query = query;
        cursor = query.Cursor is { } text ? PageCursor.Read(text) : null;

        Add("s.terminal = ?", query.Terminal);
        Add("s.outcome = ?", EnumText<Outcome>.Of(query.Outcome));
        Add("s.phase = ?", EnumText<SessionPhase>.Of(query.Phase));
        Add("s.reference = ?", query.Reference);
        Add("s.kind = ?", EnumText<RequestKind>.Of(query.Kind));
        Add("s.created_at >= ?", JournalTime.Write(query.From));
        Add("s.created_at < ?", JournalTime.Write(query.To));
        if (cursor is not { } after) return;
        Add("s.created_at <= ?", after.CreatedAt);
        Add("s.created_at || ' ' || s.id < ?", after.Place);
    }

    /// <summary>How many sessions were asked for.</summary>
    public int Limit => query.Limit;

    /// <summary>The place after which the page begins.</summary>
    public PageCursor Begin => cursor ?? PageCursor.Newest;

    /// <summary>The statement, newest first, with one session more than asked to see whether another page follows.</summary>
    public SqliteStatement Prepare(SqliteConnection connection)
    {
        var sql = new StringBuilder($"SELECT {JournalSql.SessionColumns} FROM sessions s");
        for (var index = 0; index < conditions.Count; index++)
        {
            var condition = conditions[index].Condition.Replace("?", $"?{index + 1}", StringComparison.Ordinal);
            sql.Append(index == 0 ? " WHERE " : " AND ").Append(condition);
        }

        sql.Append($" ORDER BY s.created_at DESC, s.id DESC LIMIT ?{conditions.Count + 1}");
        var statement = connection.Prepare(sql.ToString());
        for (var index = 0; index < conditions.Count; index++) statement.Bind(index + 1, conditions[index].Value);
        return statement.Bind(conditions.Count + 1, query.Limit + 1);
    }

    /// <summary>True when a session belongs to the page or to a later one.</summary>
    public bool Fits(Session session) =>
        (query.Terminal is null || query.Terminal == session.Terminal)
        && (query.Outcome is null || query.Outcome == session.Outcome)
        && (query.Phase is null || query.Phase == session.Phase)
        && (query.Reference is null || query.Reference == session.Request.Reference)
        && (query.Kind is null || query.Kind == session.Request.Kind)
        && (query.From is null || session.CreatedAt >= query.From)
        && (query.To is null || session.CreatedAt < query.To)
        && (cursor is not { } after || string.CompareOrdinal(PageCursor.After(session).Place, after.Place) < 0);

    /// <summary>The page out of sessions that fit, at most one more than asked.</summary>
    public SessionPage Page(List<Session> found)
    {
        if (found.Count <= query.Limit) return new SessionPage(found, null);
        var page = found.GetRange(0, query.Limit);
        return new SessionPage(page, PageCursor.After(page[^1]).Write());
    }

    private void Add(string condition, string? value)
    {
        if (value is not null) conditions.Add((condition, value));
    }
}
