using Tillbridge.Domain;
using Tillbridge.Domain.Books;

namespace Tillbridge.Journal.Sqlite.Books;

/// <summary>Holds the lines of every open period against its sessions, which say what they must be.</summary>
internal static class BookVerifier
{
    private const string SelectTerminals = "SELECT DISTINCT terminal FROM sessions UNION SELECT DISTINCT terminal FROM book_lines";
    private const string SelectCount = "SELECT count(*) FROM book_lines WHERE terminal = ?1 AND place > ?2";

    private const string SelectUpTo =
        $"SELECT {LineRow.Columns} FROM book_lines l WHERE l.terminal = ?1 AND l.place <= ?2 ORDER BY l.place DESC LIMIT 1";

    private static readonly string SelectBoth =
        $"SELECT {JournalSql.SessionColumns}, s.place, {LineRow.Columns} FROM sessions s LEFT JOIN book_lines l ON l.place = s.place "
        + $"WHERE s.terminal = ?1 AND s.place > ?2 AND s.kind IN ({PeriodSql.MoneyKinds}) ORDER BY s.place";

    /// <summary>The terminals whose sums disagree with their sessions; those that are to be made anew anyway are left out.</summary>
    public static IReadOnlyList<DisagreeingSums> Check(SqliteConnection connection, CancellationToken shutdown)
    {
        var terminals = new List<string>();
        using (var rows = connection.Prepare(SelectTerminals))
        {
            while (rows.Step()) terminals.Add(rows.Text(0));
        }

        var found = new List<DisagreeingSums>();
        foreach (var terminal in terminals.Where(terminal => !PeriodSql.IsDoubted(connection, terminal)))
        {
            if (Fault(connection, terminal, shutdown) is { } why) found.Add(new(terminal, why));
        }

        return found.Count == 0 ? [] : found.ToArray();
    }

    private static string? Fault(SqliteConnection connection, string terminal, CancellationToken shutdown)
    {
        try
        {
            var start = PeriodSql.Start(connection, terminal);
            var fold = new BookFold(terminal, Before(connection, terminal, start));
            var lines = 0L;
            using var rows = connection.Prepare(SelectBoth).Bind(1, terminal).Bind(2, start);
            while (rows.Step())
            {
                shutdown.ThrowIfCancellationRequested();
                var row = JournalSql.RowAt(rows);
                var stored = rows.IsNull(JournalSql.AfterSession + 1) ? null : LineRow.At(rows, JournalSql.AfterSession + 1);
                if (stored is not null) lines++;
                // Of a session that is damaged itself, which is told of elsewhere, the line is all that is left.
                var said = row.Fault is null ? BookLine.Of(row.ToSession()) : stored?.Line;
                var expected = said is null ? null : fold.Next(rows.Long(JournalSql.AfterSession), said);
                if (expected != stored) return $"the line of session {row.Id} is not what the session says.";
            }

            return lines == CountOf(connection, terminal, start) ? null : "there are lines of sessions that booked nothing.";
        }
        catch (JournalException damaged) when (damaged.Fault is JournalFault.Corrupt)
        {
            return damaged.Message;
        }
    }

    private static BookSum Before(SqliteConnection connection, string terminal, long start)
    {
        using var row = connection.Prepare(SelectUpTo).Bind(1, terminal).Bind(2, start);
        return row.Step() ? LineRow.At(row).UpTo : default;
    }

    private static long CountOf(SqliteConnection connection, string terminal, long start)
    {
        using var row = connection.Prepare(SelectCount).Bind(1, terminal).Bind(2, start);
        return row.Step() ? row.Long(0) : 0;
    }
}
