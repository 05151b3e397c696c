using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tillbridge.Domain;
using Tillbridge.Domain.Books;

namespace Tillbridge.Journal.Sqlite.Books;

/// <summary>A line of the books as a row: what the session is to them, what it adds, and the sum up to it.</summary>
/// <param name="Place">The session's place in its terminal's order.</param>
/// <param name="Terminal">The terminal.</param>
/// <param name="Line">What the session is to the books.</param>
/// <param name="Entry">What it adds; null when that cannot be told.</param>
/// <param name="UpTo">The sum of all lines up to this one.</param>
internal sealed record LineRow(long Place, string Terminal, BookLine Line, BookEntry? Entry, BookSum UpTo)
{
    public const string Columns =
        "l.place, l.terminal, l.session, l.approved, l.reversal, l.heard, l.summed, l.currency, l.receipt, l.approval, l.batch, "
        + "l.undone_session, l.undone_receipt, l.undone_approval, l.units, l.told, "
        + "l.own_net, l.own_taken, l.own_given, l.own_least, l.own_most, l.net, l.taken, l.given, l.least, l.most, l.seal";

    /// <summary>How many columns a row has.</summary>
    public const int Width = 27;

    private const int SealBytes = 16;

    private const string Replace =
        "INSERT OR REPLACE INTO book_lines (place, terminal, session, approved, reversal, heard, summed, currency, receipt, approval, "
        + "batch, undone_session, undone_receipt, undone_approval, units, told, own_net, own_taken, own_given, own_least, own_most, net, "
        + "taken, given, least, most, seal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, "
        + "?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27)";

    private const string Change =
        "UPDATE book_lines SET told = ?2, own_net = ?3, own_taken = ?4, own_given = ?5, own_least = ?6, own_most = ?7, net = ?8, "
        + "taken = ?9, given = ?10, least = ?11, most = ?12, seal = ?13 WHERE place = ?1";

    /// <summary>Reads a row.</summary>
    /// <exception cref="JournalException">It is not the one that was written.</exception>
    public static LineRow At(SqliteStatement row, int from = 0)
    {
        var receipt = row.TextOrNull(from + 8);
        var entry = row.Long(from + 15) == 0 ? null : new BookEntry(
            receipt, row.Long(from + 16), row.Long(from + 17), row.Long(from + 18), (int)row.Long(from + 19), (int)row.Long(from + 20));
        var isReversal = row.Long(from + 4) != 0;
        var line = new BookLine(new SessionId(row.Text(from + 2)))
        {
            IsApproved = row.Long(from + 3) != 0,
            IsReversal = isReversal,
            IsHeard = row.Long(from + 5) != 0,
            IsSummed = row.Long(from + 6) != 0,
            Currency = row.TextOrNull(from + 7),
            Receipt = receipt,
            Approval = row.TextOrNull(from + 9),
            Batch = row.TextOrNull(from + 10),
            UndoneSession = row.TextOrNull(from + 11),
            UndoneReceipt = row.TextOrNull(from + 12),
            UndoneApproval = row.TextOrNull(from + 13),
            Units = row.IsNull(from + 14) ? null : row.Long(from + 14),
            Own = isReversal ? null : entry,
        };
        var upTo = new BookSum(
            row.Long(from + 21), row.Long(from + 22), row.Long(from + 23), row.Long(from + 24), row.Long(from + 25));
        var read = new LineRow(row.Long(from), row.Text(from + 1), line, entry, upTo);
        return read.Seal().AsSpan().SequenceEqual(row.Blob(from + 26))
            ? read
            : throw JournalSql.Damaged($"The line of session {line.Session} in the books of '{read.Terminal}' is not the one written.");
    }

    /// <summary>Writes the row, over an older one of the same place or session.</summary>
    public void Write(SqliteConnection connection)
    {
        var own = Entry?.Sum ?? default;
        var write = connection.Prepare(Replace)
            .Bind(1, Place).Bind(2, Terminal).Bind(3, Line.Session.Value).Bind(4, Line.IsApproved ? 1 : 0)
            .Bind(5, Line.IsReversal ? 1 : 0).Bind(6, Line.IsHeard ? 1 : 0).Bind(7, Line.IsSummed ? 1 : 0).Bind(8, Line.Currency)
            .Bind(9, Line.Receipt).Bind(10, Line.Approval).Bind(11, Line.Batch).Bind(12, Line.UndoneSession)
            .Bind(13, Line.UndoneReceipt).Bind(14, Line.UndoneApproval).Bind(16, Entry is null ? 0 : 1)
            .Bind(17, own.Net).Bind(18, own.Taken).Bind(19, own.Given).Bind(20, own.Least).Bind(21, own.Most)
            .Bind(22, UpTo.Net).Bind(23, UpTo.Taken).Bind(24, UpTo.Given).Bind(25, UpTo.Least).Bind(26, UpTo.Most)
            .Bind(27, Seal());
        if (Line.Units is { } units) write.Bind(15, units);
        write.Run();
    }

    /// <summary>Writes what it adds and the sum up to it, over what the same line said of that before.</summary>
    public void WriteSums(SqliteConnection connection)
    {
        var own = Entry?.Sum ?? default;
        connection.Prepare(Change)
            .Bind(1, Place).Bind(2, Entry is null ? 0 : 1)
            .Bind(3, own.Net).Bind(4, own.Taken).Bind(5, own.Given).Bind(6, own.Least).Bind(7, own.Most)
            .Bind(8, UpTo.Net).Bind(9, UpTo.Taken).Bind(10, UpTo.Given).Bind(11, UpTo.Least).Bind(12, UpTo.Most)
            .Bind(13, Seal()).Run();
    }

    // A hash over all that the row says: a bit that flips on the disk must not become a sum of money.
    private byte[] Seal()
    {
        var own = Entry?.Sum;
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{Place}\n{Terminal}\n{Line.Session}\n{Line.IsApproved}{Line.IsReversal}{Line.IsHeard}{Line.IsSummed}\n{Said(Line.Currency)}\n"
            + $"{Said(Line.Receipt)}\n{Said(Line.Approval)}\n{Said(Line.Batch)}\n{Said(Line.UndoneSession)}\n{Said(Line.UndoneReceipt)}\n"
            + $"{Said(Line.UndoneApproval)}\n{Line.Units}\n{own}\n{UpTo}");
        return SHA256.HashData(Encoding.UTF8.GetBytes(text))[..SealBytes];
    }

    private static string Said(string? text) => text is null ? "-" : "+" + text;
}
