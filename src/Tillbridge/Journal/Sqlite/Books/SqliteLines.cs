using Tillbridge.Domain.Books;

namespace Tillbridge.Journal.Sqlite.Books;

/// <summary>The bookings of a period as lines that carry the sum up to each of them.</summary>
/// <param name="connection">The connection of the look.</param>
/// <param name="terminal">The terminal.</param>
/// <param name="start">The place of the close before.</param>
/// <param name="before">The sum up to that place.</param>
/// <param name="sum">The sum of the period.</param>
internal sealed class SqliteLines(SqliteConnection connection, string terminal, long start, BookSum before, BookSum sum) : IBookLines
{
    private const string SelectByReceipt =
        $"SELECT {LineRow.Columns} FROM book_lines l "
        + "WHERE l.terminal = ?1 AND l.receipt = ?3 AND l.place > ?2 ORDER BY l.place DESC LIMIT 1";

    private const string SelectPart =
        $"SELECT {LineRow.Columns} FROM book_lines l INDEXED BY lines_by_net WHERE l.terminal = ?1 AND l.place > ?2 AND l.net = ?3 "
        + "AND l.least >= ?4 AND l.most <= ?5 AND l.taken <= ?6 AND l.given <= ?7 LIMIT 1";

    public BookSum Sum => sum;

    public BookSum? SumBefore(string receipt)
    {
        using var row = connection.Prepare(SelectByReceipt).Bind(1, terminal).Bind(2, start).Bind(3, receipt);
        if (!row.Step()) return null;
        var line = LineRow.At(row);
        Invariant.Holds(line.Entry is not null, "every line of these books can be told");
        return line.UpTo - line.Entry.Sum - before;
    }

    public bool AnyFirstPart(BookBounds wanted)
    {
        using var row = connection.Prepare(SelectPart)
            .Bind(1, terminal).Bind(2, start).Bind(3, before.Net + wanted.Net)
            .Bind(4, Shift(wanted.Least, before.Least)).Bind(5, Shift(wanted.Most, before.Most))
            .Bind(6, Shift(wanted.Taken, before.Taken)).Bind(7, Shift(wanted.Given, before.Given));
        return row.Step() && LineRow.At(row) is not null;
    }

    // A bound that is none stays none.
    private static long Shift(long bound, long by) => bound is long.MinValue or long.MaxValue ? bound : bound + by;
}
