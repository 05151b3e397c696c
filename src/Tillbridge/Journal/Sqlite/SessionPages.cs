using Tillbridge.Domain;

namespace Tillbridge.Journal.Sqlite;

/// <summary>Pages of sessions in which a damaged row costs itself and is named.</summary>
internal static class SessionPages
{
    private const int AtOnce = 200;

    // Answered from the index alone, so that a page of rows that cannot be read does not end it.
    private const string Places =
        "SELECT created_at, id, intent FROM sessions INDEXED BY sessions_by_time "
        + "WHERE (created_at, id) < (?1, ?2) ORDER BY created_at DESC, id DESC LIMIT ?3";

    /// <summary>The page that a filter asks for, newest first.</summary>
    public static SessionPage Of(SqliteConnection connection, SessionFilter filter)
    {
        var page = new Gathering(filter.Limit);
        try
        {
            using var rows = filter.Prepare(connection);
            while (rows.Step()) page.Add(JournalSql.RowAt(rows));
        }
        catch (JournalException error) when (error.Fault is JournalFault.Corrupt)
        {
            OneByOne(connection, filter, page);
        }

        return page.Page();
    }

    // Slower, and only on a damaged file: what cannot be read must not hide what can.
    private static void OneByOne(SqliteConnection connection, SessionFilter filter, Gathering page)
    {
        page.Clear();
        var after = filter.Begin;
        while (!page.IsFull)
        {
            var places = PlacesAfter(connection, after);
            foreach (var (place, intent) in places)
            {
                after = place;
                if (!page.IsFull) AddRow(connection, filter, page, place, intent);
            }

            if (places.Count < AtOnce) return;
        }
    }

    private static void AddRow(SqliteConnection connection, SessionFilter filter, Gathering page, PageCursor place, long intent)
    {
        try
        {
            var row = JournalSql.RowOf(connection, intent) ?? throw JournalSql.Damaged($"The row of session {place.Id} is missing.");
            if (filter.Fits(row.ToSession())) page.Add(row);
        }
        catch (JournalException error) when (error.Fault is JournalFault.Corrupt)
        {
            page.AddDamaged(place, error.Message);
        }
    }

    private static List<(PageCursor Place, long Intent)> PlacesAfter(SqliteConnection connection, PageCursor after)
    {
        using var rows = connection.Prepare(Places);
        rows.Bind(1, after.CreatedAt).Bind(2, after.Id).Bind(3, AtOnce);
        var places = new List<(PageCursor, long)>();
        while (rows.Step()) places.Add((new PageCursor(rows.Text(0), rows.Text(1)), rows.Long(2)));
        return places;
    }

    /// <summary>A page while it is filled, with one session more than asked to see whether another page follows.</summary>
    private sealed class Gathering(int limit)
    {
        private readonly List<Session> sessions = [];
        private readonly List<DamagedSession> damaged = [];
        private PageCursor? last;
        private int rows;

        public bool IsFull => rows > limit;

        public void Clear()
        {
            (last, rows) = (null, 0);
            sessions.Clear();
            damaged.Clear();
        }

        public void Add(SessionRow row)
        {
            try
            {
                var session = row.ToSession();
                if (Takes(new PageCursor(row.CreatedAt, row.Id))) sessions.Add(session);
            }
            catch (JournalException error) when (error.Fault is JournalFault.Corrupt)
            {
                AddDamaged(new PageCursor(row.CreatedAt, row.Id), error.Message);
            }
        }

        public void AddDamaged(PageCursor place, string why)
        {
            if (Takes(place)) damaged.Add(new DamagedSession(place.Id, why));
        }

        public SessionPage Page() => new(sessions, IsFull ? last?.Write() : null) { Damaged = damaged.Count == 0 ? [] : damaged };

        private bool Takes(PageCursor place)
        {
            if (++rows > limit) return false;
            // A place that is damaged itself is no cursor; the page after then shows this row again.
            if (PageCursor.IsWhole(place)) last = place;
            return true;
        }
    }
}
