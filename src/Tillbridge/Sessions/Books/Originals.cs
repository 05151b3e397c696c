using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Journal.Periods;

namespace Tillbridge.Sessions.Books;

/// <summary>Looks up in the journal what a request refers to.</summary>
internal sealed class Originals(IJournal journal, CancellationToken shutdown)
{
    /// <summary>The request with everything that the journal knows of what it refers to, or why that cannot be.</summary>
    public async Task<(TerminalRequest Request, Refusal? Wrong)> Fill(Order order)
    {
        var request = order.Request;
        if (request.Original is not { } original) return (request, null);
        Session? booked;
        if (original.Session is { } id)
        {
            booked = await journal.Find(id, shutdown);
            if (booked is null) return (request, new(RefusalCode.InvalidRequest, $"There is no session {id}.", "original.session"));
            if (booked.Terminal != order.Terminal || booked.Outcome is not Outcome.Approved)
            {
                var why = $"Session {id} is no approved session of {order.Terminal}.";
                return (request, new(RefusalCode.InvalidRequest, why, "original.session"));
            }
        }
        else
        {
            // An approval code is the name only where no receipt number was given: it need not be unique.
            BookingMark mark = original.Receipt is { } receipt
                ? new(BookingKey.Receipt, receipt)
                : new(BookingKey.Approval, original.Approval);
            booked = await journal.Look(
                order.Terminal,
                period => period.Approved(oldestFirst: false, mark)
                    .FirstOrDefault(session => session.Request.Kind is not RequestKind.Reversal),
                shutdown);
        }

        if (booked?.Conclusion is not { } conclusion) return (request, null);
        var references = conclusion.References;
        if (original.Receipt is { } named && !Original.SameReceipt(named, references.Receipt))
        {
            var why = $"Session {booked.Id} has receipt {references.Receipt ?? "-"}, not {named}.";
            return (request, new(RefusalCode.InvalidRequest, why, "original.receipt"));
        }

        var filled = original with
        {
            Receipt = original.Receipt ?? references.Receipt,
            Rrn = original.Rrn ?? references.Rrn,
            Approval = original.Approval ?? references.Approval,
            Trace = references.Trace,
            Amount = conclusion.ApprovedAmount,
        };
        return filled is { Receipt: null, Approval: null }
            ? (request, new(RefusalCode.InvalidRequest, $"Session {booked.Id} has no number to refer to.", "original.session"))
            : (request with { Original = filled }, null);
    }

    /// <summary>A question for totals with the currency that they are in, where the open period has one only.</summary>
    public async Task<TerminalRequest> CountIn(string terminal, TerminalRequest request)
    {
        if (request.Kind is not (RequestKind.Reconciliation or RequestKind.Subtotals)) return request;
        var booked = await journal.Look(terminal, period => period.Currencies(), shutdown);
        return booked is [var only] ? request with { TotalsCurrency = only } : request;
    }

    /// <summary>The newest booking but ours; without a receipt number of its own nothing certain is known.</summary>
    public async Task<Baseline?> LastBooking(string terminal)
    {
        if (await journal.LastOfPeriod(terminal, shutdown) is not
            { Outcome: Outcome.Approved, Conclusion: { References: { Receipt: { } receipt } references } booked } last) return null;
        var numbers = new Baseline(receipt, references.Trace, references.Batch) { Approval = references.Approval };
        // What a person concluded may have been told in two ways; only its numbers are certain (found by the laboratory).
        if (last.ResolvedBy is not null) return numbers;
        return numbers with
        {
            MinorUnits = booked.ApprovedAmount?.MinorUnits,
            At = booked.TerminalTime?.ToString(Baseline.AtFormat, CultureInfo.InvariantCulture),
        };
    }
}
