using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Journal.Periods;

namespace Tillbridge.Sessions.Books;

/// <summary>
/// Takes note of a period that a terminal closed by itself, or at its own keys: its totals start anew, or its period's number changed
/// without a reconciliation of ours. Our period goes on; what is judged does not change by it.
/// </summary>
internal sealed class TerminalCloses(IJournal journal, CancellationToken shutdown)
{
    /// <summary>The note about a close that a conclusion shows for the first time; null when it shows none.</summary>
    public async Task<IncidentSeen?> SeenIn(Session session, Conclusion said)
    {
        try
        {
            return await Look(session, said);
        }
        catch (JournalException)
        {
            return null; // A note is no reason to lose a result; whether the journal works its own record shows.
        }
    }

    private async Task<IncidentSeen?> Look(Session session, Conclusion said)
    {
        if (said is { Outcome: Outcome.Approved, References.Batch: { } number } && session.Request.Kind.MovesMoney())
            return await journal.Look(session.Terminal, period => ByNumber(period, session.Id, number), shutdown);
        if (said.Totals is not { FirstReceipt: { } first } totals || Number(first) is not { } from) return null;
        if (await journal.Look(session.Terminal, period => ByTotals(period, from, totals.Net.Currency), shutdown) is not { } seen)
            return null;
        // A subtotal is asked for many times a day.
        var query = new SessionQuery { Terminal = session.Terminal, Kind = session.Request.Kind, Outcome = Outcome.Approved, Limit = 1 };
        var before = (await journal.Query(query, shutdown)).Sessions;
        return before.Any(other => other.Incidents.Any(noted => noted.Code == seen.Code && noted.Text == seen.Text)) ? null : seen;
    }

    private static IncidentSeen? ByTotals(IOpenPeriod period, string from, Currency currency) =>
        period.Lines(currency)?.SumBefore(from) is { Most: > 0 } before
            ? new(
                Reason.ClosedByTerminal,
                $"The terminal's totals start anew at receipt {from}: our bookings before it, together {new Money(before.Net, currency)}, "
                + "are of a period that it has closed without a reconciliation of ours.")
            : null;

    // A number that two bookings before have is that of a period; one that each booking has of its own says nothing.
    private static IncidentSeen? ByNumber(IOpenPeriod period, SessionId asking, string number)
    {
        if (period.NewestBooking() is not { Conclusion.References.Batch: { } last } newest) return null;
        if (newest.Id == asking || last == number) return null;
        if (period.Approved(oldestFirst: false, new BookingMark(BookingKey.Batch, last)).Take(2).Count() < 2) return null;
        if (period.Approved(oldestFirst: false, new BookingMark(BookingKey.Batch, number)).Any()) return null;
        return new(
            Reason.ClosedByTerminal,
            $"The terminal's period has number {number} and had {last} at the booking before, session {newest.Id}: it was closed without a "
            + "reconciliation of ours.");
    }

    private static string? Number(string receipt) =>
        int.TryParse(receipt, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number.ToString(CultureInfo.InvariantCulture)
            : null;
}
