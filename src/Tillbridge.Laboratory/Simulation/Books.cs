using Tillbridge.Domain;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Simulation;

/// <summary>What one virtual acquirer has booked, read as it grows.</summary>
internal sealed class Books(SimTerminal terminal, string name)
{
    private readonly Dictionary<string, BooksLine> standing = new(StringComparer.Ordinal);
    private int lines;
    private long taken;

    public SimTerminal Terminal => terminal;

    public string Name => name;

    /// <summary>The order for which the terminal was last prepared.</summary>
    public OrderPlan? Armed { get; set; }

    public IEnumerable<BooksLine> All => standing.Values;

    public void Look(Ledger ledger)
    {
        if (terminal.Scripts.Taken != taken)
        {
            for (; taken < terminal.Scripts.Taken; taken++) ledger.Taken(this);
        }

        while (lines < terminal.Acquirer.Count)
        {
            var line = terminal.Acquirer.Line(lines++);
            if (line.State == "booked") standing[line.Receipt] = line;
            else standing.Remove(line.Receipt);
            ledger.Moved(this, line);
        }
    }

    public bool Stands(string receipt) => standing.Keys.Any(known => Original.SameReceipt(known, receipt));

    /// <summary>The bookings of an order that stand.</summary>
    public IEnumerable<BooksLine> Standing(OrderNote note) => standing.Values.Where(line =>
        note.Request.Reference is { } reference ? line.Reference == reference : note.MayBook(line.Kind, line.MinorUnits));

    /// <summary>True while an order that is to undo this booking is under way, or was and nobody knows its end.</summary>
    public bool IsBeingUndone(Ledger ledger, BooksLine line) => ledger.Orders.Any(note =>
        note.Terminal == name && note.Request.Kind is RequestKind.Reversal or RequestKind.CancelPreAuthorization
        && Original.SameReceipt(note.Session?.Request.Original?.Receipt, line.Receipt) && note.Takes > 0);
}
