using Tillbridge.Domain;
using Tillbridge.Domain.Books;

namespace Tillbridge.Journal.Sqlite.Books;

/// <summary>
/// Keeps the lines of the books beside the sessions, in the transaction that writes these. Almost always a line is the last of its
/// terminal; one that a person concludes late stands further back, and all behind it are added up again.
/// </summary>
internal sealed class BookKeeper(SqliteConnection connection)
{
    private const string SelectOfSession = $"SELECT {LineRow.Columns} FROM book_lines l WHERE l.session = ?1";

    private const string SelectFrom =
        $"SELECT {LineRow.Columns} FROM book_lines l WHERE l.terminal = ?1 AND l.place >= ?2 ORDER BY l.place";

    private const string SelectBefore =
        $"SELECT {LineRow.Columns} FROM book_lines l WHERE l.terminal = ?1 AND l.place < ?2 ORDER BY l.place DESC LIMIT 1";

    private const string SelectUndone =
        $"SELECT {LineRow.Columns} FROM book_lines l "
        + "WHERE l.terminal = ?1 AND l.receipt = ?2 AND l.place < ?3 AND l.place > ?4 ORDER BY l.place DESC LIMIT 1";

    /// <summary>Puts what a session's new state means into the books; its row is written already.</summary>
    public void Put(Session session)
    {
        if (session.Phase is not SessionPhase.Closed) return;
        if (!session.ClosesPeriod && !session.Request.Kind.MovesMoney()) return;
        try
        {
            var place = PlaceOf(session);
            // What was sent after a close, and concluded before it, is not of the period of what it undoes any more.
            if (session.ClosesPeriod) Fold(session.Terminal, place + 1, null);
            else Put(session, place);
        }
        catch (JournalException damaged) when (damaged.Fault is JournalFault.Corrupt && !connection.IsIdle)
        {
            // The payment's own record must not fail for sums that can be made again.
            MakeAnewOrDoubt(session.Terminal);
        }
    }

    /// <summary>Makes the lines of a terminal's open period out of its sessions.</summary>
    public void MakeAnew(string terminal)
    {
        connection.Prepare("DELETE FROM book_lines WHERE terminal = ?1").Bind(1, terminal).Run();
        var fold = new BookFold(terminal, default);
        using (var rows = PeriodSql.Settled(connection, terminal))
        {
            while (rows.Step())
            {
                var (row, place) = (JournalSql.RowAt(rows), rows.Long(JournalSql.AfterSession));
                var line = row.Fault is not null ? fold.Unreadable(place, row.Id)
                    : BookLine.Of(row.ToSession()) is { } said ? fold.Next(place, said)
                    : null;
                line?.Write(connection);
            }
        }

        connection.Prepare("DELETE FROM doubted_books WHERE terminal = ?1").Bind(1, terminal).Run();
    }

    private void MakeAnewOrDoubt(string terminal)
    {
        try
        {
            MakeAnew(terminal);
        }
        catch (JournalException damaged) when (damaged.Fault is JournalFault.Corrupt && !connection.IsIdle)
        {
            // Until the next start nothing is answered out of these lines.
            connection.Prepare("INSERT OR IGNORE INTO doubted_books (terminal) VALUES (?1)").Bind(1, terminal).Run();
        }
    }

    private void Put(Session session, long place)
    {
        var line = BookLine.Of(session);
        var stored = Read(connection.Prepare(SelectOfSession).Bind(1, session.Id.Value));
        if (stored?.Line == line && (stored is null || stored.Place == place)) return;
        if (stored is not null) connection.Prepare("DELETE FROM book_lines WHERE place = ?1").Bind(1, stored.Place).Run();
        Fold(session.Terminal, Math.Min(place, stored?.Place ?? place), line is null ? null : (place, line));
    }

    // Adds up from a place on, with one line more.
    private void Fold(string terminal, long from, (long Place, BookLine Line)? more)
    {
        var lines = new List<(long Place, BookLine Line, LineRow? Stored)>();
        using (var rows = connection.Prepare(SelectFrom).Bind(1, terminal).Bind(2, from))
        {
            while (rows.Step())
            {
                var row = LineRow.At(rows);
                lines.Add((row.Place, row.Line, row));
            }
        }

        if (more is { } fresh)
        {
            lines.Add((fresh.Place, fresh.Line, null));
            lines.Sort((one, other) => one.Place.CompareTo(other.Place));
        }

        if (lines.Count == 0) return;
        var start = PeriodSql.Start(connection, terminal);
        var upTo = Read(connection.Prepare(SelectBefore).Bind(1, terminal).Bind(2, from))?.UpTo ?? default;
        foreach (var (place, line, stored) in lines)
        {
            var entry = line.Entry(UndoneNet(terminal, line, place, start));
            upTo += entry?.Sum ?? default;
            var row = new LineRow(place, terminal, line, entry, upTo);
            if (stored is null) row.Write(connection);
            else if (row != stored) row.WriteSums(connection);
        }
    }

    private long? UndoneNet(string terminal, BookLine line, long place, long start) => line.UndoneReceipt is { } named
        ? Read(connection.Prepare(SelectUndone).Bind(1, terminal).Bind(2, named).Bind(3, place).Bind(4, start))?.Entry?.Net
        : null;

    private long PlaceOf(Session session)
    {
        using var row = connection.Prepare("SELECT place FROM sessions WHERE id = ?1").Bind(1, session.Id.Value);
        Invariant.Holds(row.Step(), "a session's row is written before its line");
        return row.Long(0);
    }

    private static LineRow? Read(SqliteStatement statement)
    {
        using (statement) return statement.Step() ? LineRow.At(statement) : null;
    }
}
