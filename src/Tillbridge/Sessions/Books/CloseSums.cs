using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Domain.Books;
using Tillbridge.Journal;
using Tillbridge.Journal.Periods;
using Tillbridge.Protocols;

namespace Tillbridge.Sessions.Books;

/// <summary>
/// Holds the sum that a terminal names as it closes its period against that of our own books, before the period is over. A difference
/// does not change what became of the close; a person has to look for a booking that one side has and the other has not.
/// </summary>
internal sealed class CloseSums(IJournal journal, CancellationToken shutdown)
{
    /// <summary>The note about sums that differ; null when they agree, and where there is nothing to compare.</summary>
    public async Task<IncidentSeen?> DifferenceIn(Session session, Conclusion said)
    {
        if (session.Request.Kind is not RequestKind.Reconciliation || said is not { Outcome: not Outcome.Unknown, Totals: { } told })
            return null;
        if (session.Incidents.Any(noted => noted.Code is Reason.TotalsDiffer)) return null;
        try
        {
            return await journal.Look(session.Terminal, period => Compare(period, session.Id, told), shutdown);
        }
        catch (JournalException)
        {
            return null; // A note is no reason to lose a result; whether the journal works its own record shows.
        }
    }

    private static IncidentSeen? Compare(IOpenPeriod period, SessionId close, Totals told)
    {
        var currency = told.Net.Currency;
        // Several currencies have no sum; the list of closes names them.
        if (period.Lines(currency) is not { } lines) return null;
        var ours = new Money(Counted(lines, told).Net, currency);
        var agrees = told.IsUnsigned ? long.Abs(ours.MinorUnits) == long.Abs(told.Net.MinorUnits) : ours == told.Net;
        if (agrees) return null;
        // Where the terminal names no sign, sizes are compared, and where ours is below zero it is said so.
        var theirs = told.IsUnsigned && ours.MinorUnits < 0 ? $"{told.Net} without a sign" : $"{told.Net}";
        var difference = told.IsUnsigned
            ? new Money(long.Abs(told.Net.MinorUnits) - long.Abs(ours.MinorUnits), currency)
            : new Money(told.Net.MinorUnits - ours.MinorUnits, currency);
        var open = period.IsSettledBut(close) ? "" : " Sessions of the period are open or unknown; resolve them first.";
        return new(Reason.TotalsDiffer, $"The terminal's sum is {theirs}, the journal's {ours}, a difference of {difference}.{open}");
    }

    // A terminal that closed its day by itself counts anew from its first receipt.
    private static BookSum Counted(IBookLines lines, Totals told) =>
        int.TryParse(told.FirstReceipt, NumberStyles.None, CultureInfo.InvariantCulture, out var first) && first > 0
        && lines.SumBefore(first.ToString(CultureInfo.InvariantCulture)) is { Most: > 0 } before
            ? lines.Sum - before
            : lines.Sum;
}
