using Tillbridge.Domain;

namespace Tillbridge.Journal.Sqlite.Books;

/// <summary>Where a terminal's open period begins, and its sessions.</summary>
internal static class PeriodSql
{
    private const string SelectStart =
        "SELECT place FROM sessions WHERE terminal = ?1 AND closes = 1 ORDER BY place DESC LIMIT 1";

    /// <summary>The kinds that move money, as a list of SQL.</summary>
    public static readonly string MoneyKinds = string.Join(
        ", ", Enum.GetValues<RequestKind>().Where(kind => kind.MovesMoney()).Select(kind => $"'{EnumText<RequestKind>.Of(kind)}'"));

    private static readonly string SelectSettled =
        $"SELECT {JournalSql.SessionColumns}, s.place FROM sessions s WHERE s.terminal = ?1 AND s.place > ?2 "
        + $"AND s.kind IN ({MoneyKinds}) AND s.phase = 'closed' ORDER BY s.place";

    /// <summary>The place of the close before the open period; 0 when there is none.</summary>
    public static long Start(SqliteConnection connection, string terminal)
    {
        using var row = connection.Prepare(SelectStart).Bind(1, terminal);
        return row.Step() ? row.Long(0) : 0;
    }

    /// <summary>True while the lines of a terminal are not to be believed.</summary>
    public static bool IsDoubted(SqliteConnection connection, string terminal)
    {
        using var row = connection.Prepare("SELECT 1 FROM doubted_books WHERE terminal = ?1").Bind(1, terminal);
        return row.Step();
    }

    /// <summary>The terminals whose lines are not to be believed.</summary>
    public static List<string> Doubted(SqliteConnection connection)
    {
        using var rows = connection.Prepare("SELECT terminal FROM doubted_books ORDER BY terminal");
        var terminals = new List<string>();
        while (rows.Step()) terminals.Add(rows.Text(0));
        return terminals;
    }

    /// <summary>The closed money sessions of the open period, oldest first, each with its place.</summary>
    public static SqliteStatement Settled(SqliteConnection connection, string terminal)
    {
        var start = Start(connection, terminal);
        return connection.Prepare(SelectSettled).Bind(1, terminal).Bind(2, start);
    }
}
