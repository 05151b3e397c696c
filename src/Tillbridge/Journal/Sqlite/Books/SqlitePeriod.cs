using Tillbridge.Domain;
using Tillbridge.Domain.Books;
using Tillbridge.Journal.Periods;

namespace Tillbridge.Journal.Sqlite.Books;

/// <summary>An open period as sessions and lines of the books have it; each answer comes out of an index.</summary>
internal sealed class SqlitePeriod(SqliteConnection connection, string terminal) : IOpenPeriod
{
    private const int AtOnce = 16;

    private const string OfTerminal = "WHERE l.terminal = ?1 AND l.place > ?2";

    private const string SelectNewest =
        $"SELECT l.place, l.session FROM book_lines l {OfTerminal} AND l.approved = 1 ORDER BY l.place DESC LIMIT 1";

    private const string SelectHeard =
        $"SELECT l.place, l.session FROM book_lines l {OfTerminal} AND l.heard = 1 ORDER BY l.place DESC LIMIT 1";

    private const string AnyUntold = $"SELECT 1 FROM book_lines l {OfTerminal} AND l.told = 0 LIMIT 1";
    private const string AnyLine = $"SELECT 1 FROM book_lines l {OfTerminal} AND l.session = ?3 LIMIT 1";

    private const string SelectUpTo =
        $"SELECT {LineRow.Columns} FROM book_lines l WHERE l.terminal = ?1 AND l.place <= ?2 ORDER BY l.place DESC LIMIT 1";

    // From one currency to the next over an index, however many lines there are of each.
    private const string SelectCurrencies =
        "WITH RECURSIVE known(code) AS (SELECT min(currency) FROM book_lines WHERE terminal = ?1 AND summed = ?3 UNION ALL "
        + "SELECT (SELECT min(currency) FROM book_lines WHERE terminal = ?1 AND summed = ?3 AND currency > code) FROM known "
        + "WHERE code IS NOT NULL) SELECT code FROM known WHERE code IS NOT NULL AND EXISTS "
        + "(SELECT 1 FROM book_lines WHERE terminal = ?1 AND summed = ?3 AND currency = code AND place > ?2)";

    private static readonly string OfSession = $"AND s.terminal = ?1 AND s.place > ?2 AND s.kind IN ({PeriodSql.MoneyKinds})";

    // Two indexes in pages of their own, as for every question on which hangs that nothing is open.
    private static readonly string AnyUnsettled =
        $"SELECT 1 FROM sessions s INDEXED BY unsettled WHERE ({JournalSql.IsUnsettled}) {OfSession} AND s.id <> ?3 UNION ALL "
        + $"SELECT 1 FROM sessions s INDEXED BY unsettled_again WHERE ({JournalSql.IsUnsettled}) {OfSession} AND s.id <> ?3 LIMIT 1";

    private static readonly string SelectUnknown =
        $"SELECT s.place, s.id FROM sessions s INDEXED BY unsettled_again WHERE ({JournalSql.IsUnsettled}) {OfSession} "
        + "AND s.outcome = 'unknown' ORDER BY s.place DESC LIMIT 1";

    private static readonly string SelectByReference =
        $"SELECT {JournalSql.SessionColumns} FROM sessions s INDEXED BY sessions_by_reference WHERE s.reference = ?3 {OfSession} "
        + "AND (s.outcome IS NULL OR s.outcome IN ('approved', 'unknown')) ORDER BY s.place DESC";

    private readonly long start = PeriodSql.Start(connection, terminal);

    public Session? NewestBooking()
    {
        var (approved, unknown) = (PlaceOf(SelectNewest), PlaceOf(SelectUnknown));
        return approved is null && unknown is null ? null : At((unknown?.Place ?? 0) > (approved?.Place ?? 0) ? unknown! : approved!);
    }

    public Session? NewestHeard() => PlaceOf(SelectHeard) is { } line ? At(line) : null;

    public IReadOnlyList<Currency> Currencies() =>
        [.. CodesOf(isSummed: true).Union(CodesOf(isSummed: false)).Order(StringComparer.Ordinal).Select(Currency.Of)];

    public IEnumerable<Session> Approved(bool oldestFirst, params IReadOnlyList<BookingMark> marks)
    {
        var named = marks.Select(mark => (mark.By, Value: mark.By.Write(mark.Value))).Where(mark => mark.Value is not null).ToList();
        var after = oldestFirst ? start : long.MaxValue;
        while (true)
        {
            var found = named.SelectMany(mark => PlacesOf(mark.By, mark.Value!, after, oldestFirst)).Distinct();
            var ordered = oldestFirst ? found.OrderBy(line => line.Place) : found.OrderByDescending(line => line.Place);
            var lines = ordered.Take(AtOnce).ToList();
            foreach (var line in lines) yield return At(line);
            if (lines.Count < AtOnce) yield break;
            after = lines[^1].Place;
        }
    }

    public IEnumerable<Session> WithReference(string reference)
    {
        using var rows = Bound(SelectByReference).Bind(3, reference);
        while (rows.Step()) yield return JournalSql.RowAt(rows).ToSession();
    }

    public bool IsSettledBut(SessionId session) => !Any(AnyUnsettled, session) && !Any(AnyLine, session);

    public IBookLines? Lines(Currency currency)
    {
        if (Any(AnyUntold, null) || CodesOf(isSummed: true).Any(code => code != currency.Code)) return null;
        var (before, last) = (UpTo(start), UpTo(long.MaxValue));
        return new SqliteLines(connection, terminal, start, before, last - before);
    }

    private BookSum UpTo(long place)
    {
        using var row = connection.Prepare(SelectUpTo).Bind(1, terminal).Bind(2, place);
        return row.Step() ? LineRow.At(row).UpTo : default;
    }

    private List<string> CodesOf(bool isSummed)
    {
        using var rows = Bound(SelectCurrencies).Bind(3, isSummed ? 1 : 0);
        var codes = new List<string>();
        while (rows.Step()) codes.Add(rows.Text(0));
        return codes;
    }

    private List<Found> PlacesOf(BookingKey by, string value, long after, bool oldestFirst)
    {
        var (within, order) = oldestFirst ? ("l.place > ?2", "l.place") : ("l.place > ?2 AND l.place < ?4", "l.place DESC");
        // SQLite 3.53 would take the index over what is approved and walk the whole period.
        var index = by is BookingKey.Session ? "" : $"INDEXED BY lines_by_{Column(by)} ";
        var sql = $"SELECT l.place, l.session FROM book_lines l {index}WHERE l.terminal = ?1 AND l.{Column(by)} = ?3 AND {within} "
            + $"AND l.approved = 1 ORDER BY {order} LIMIT {AtOnce}";
        using var rows = connection.Prepare(sql).Bind(1, terminal).Bind(2, oldestFirst ? after : start).Bind(3, value);
        if (!oldestFirst) rows.Bind(4, after);
        var places = new List<Found>();
        while (rows.Step()) places.Add(new(rows.Long(0), rows.Text(1)));
        return places;
    }

    private static string Column(BookingKey by) => by switch
    {
        BookingKey.Session => "session",
        BookingKey.Receipt => "receipt",
        BookingKey.Approval => "approval",
        BookingKey.Batch => "batch",
        BookingKey.UndoneSession => "undone_session",
        BookingKey.UndoneReceipt => "undone_receipt",
        _ => "undone_approval",
    };

    private Found? PlaceOf(string sql)
    {
        using var row = Bound(sql);
        return row.Step() ? new(row.Long(0), row.Text(1)) : null;
    }

    private bool Any(string sql, SessionId? session)
    {
        using var row = Bound(sql);
        if (session is { } id) row.Bind(3, id.Value);
        return row.Step();
    }

    private SqliteStatement Bound(string sql) => connection.Prepare(sql).Bind(1, terminal).Bind(2, start);

    private Session At(Found line) => JournalSql.Find(connection, new SessionId(line.Session))
        ?? throw JournalSql.Damaged($"The books of '{terminal}' name session {line.Session}, which the journal does not know.");

    private sealed record Found(long Place, string Session);
}
