using Tillbridge.Domain;

namespace Tillbridge.Laboratory.Simulation;

/// <summary>What must be true when everything has come to rest.</summary>
internal static class Closing
{
    public static void Check(Ledger ledger, Host host, World world)
    {
        if (host.Defect is { } defect) ledger.Break($"D a defect: {defect}");
        if (world.LeftTheThread is { } stack) ledger.Break($"D work left the thread of the world: {stack}");
        foreach (var note in ledger.Orders)
        {
            if (note.Session is { Phase: not SessionPhase.Closed } open) ledger.Break($"I7 {note.Key} is still {open.Phase}");
        }

        foreach (var books in ledger.AllBooks)
        {
            foreach (var line in books.All) Booked(ledger, books, line);
            Totals(ledger, books);
        }
    }

    private static void Booked(Ledger ledger, Books books, Protocols.BooksLine line)
    {
        if (ledger.NoteOf(books, line) is not { } note)
        {
            ledger.Misstated(null, $"I2 {books.Name}: receipt {line.Receipt} over {line.MinorUnits} belongs to no order");
            return;
        }

        if (note.Session is not { Outcome: Outcome.Approved or Outcome.Unknown })
            ledger.Misstated(note, $"I2 {note.Key} is {note.Session?.Outcome} and {line.MinorUnits} stand booked");
    }

    // I12: with nothing unknown, what the journal approved is what the acquirer has.
    private static void Totals(Ledger ledger, Books books)
    {
        var sessions = ledger.Orders.Where(note => note.Terminal == books.Name).Select(note => note.Session).OfType<Session>().ToList();
        if (sessions.Exists(session => session.IsUnresolved && session.Request.Kind.MovesMoney())) return;
        var undone = sessions.Where(session => session is { Outcome: Outcome.Approved, Request.Kind: RequestKind.Reversal })
            .Select(session => session.Request.Original!.Session).ToHashSet();
        var net = sessions.Where(session => session.Outcome is Outcome.Approved && !undone.Contains(session.Id)).Sum(Signed);
        if (net != books.Terminal.Acquirer.Net)
            ledger.Misstated(null, $"I12 {books.Name}: the journal approved {net} net, the acquirer has {books.Terminal.Acquirer.Net}");
    }

    private static long Signed(Session session) => session.Request.Kind switch
    {
        RequestKind.Sale or RequestKind.SaleWithCashback or RequestKind.Capture => session.Conclusion!.ApprovedAmount!.Value.MinorUnits,
        RequestKind.Refund => -session.Conclusion!.ApprovedAmount!.Value.MinorUnits,
        _ => 0,
    };
}
