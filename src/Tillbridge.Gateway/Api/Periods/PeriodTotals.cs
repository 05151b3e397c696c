using Tillbridge.Domain;

namespace Tillbridge.Gateway.Api.Periods;

/// <summary>What our journal says of one turnover period, and how that differs from what the terminal says.</summary>
/// <param name="Net">Sum of what was booked, refunds and reversals taken off; null when nothing was.</param>
/// <param name="Count">How many sessions booked something.</param>
/// <param name="FirstReceipt">Receipt of the first.</param>
/// <param name="LastReceipt">Receipt of the last.</param>
/// <param name="Unknown">Sessions of which nobody knows whether they booked.</param>
/// <param name="OtherCurrencies">Currencies besides that of <paramref name="Net"/>.</param>
internal sealed record PeriodTotals(
    Money? Net, int Count, string? FirstReceipt, string? LastReceipt, IReadOnlyList<SessionId> Unknown,
    IReadOnlyList<string> OtherCurrencies)
{
    /// <summary>
    /// What our journal has of the period that a terminal's totals name by their first receipt, and what it has before that: a terminal
    /// that closed its day by itself counts anew. The second is null where the terminal speaks of all of it.
    /// </summary>
    public static (PeriodTotals Counted, PeriodTotals? Before) Of(IReadOnlyCollection<Session> sessions, Totals terminal)
    {
        var all = sessions.ToList();
        var first = all.FindLastIndex(session => session.Outcome is Outcome.Approved && session.Request.Kind.MovesMoney()
            && Original.SameReceipt(session.Conclusion!.References.Receipt, terminal.FirstReceipt));
        var before = Of(all[..Math.Max(first, 0)]);
        return before.Count == 0 ? (Of(all), null) : (Of(all[first..], all), before);
    }

    /// <summary>Adds up the sessions of a period, oldest first, in the currency of the first booking.</summary>
    public static PeriodTotals Of(IReadOnlyCollection<Session> sessions) => Of(sessions, sessions);

    private static PeriodTotals Of(IReadOnlyCollection<Session> sessions, IReadOnlyCollection<Session> period)
    {
        var booked = sessions
            .Where(session => session.Outcome is Outcome.Approved)
            .Select(session => (Session: session, Amount: Signed(session, period)))
            .Where(entry => entry.Amount is not null)
            .ToList();
        var unknown = sessions.Where(session => session.IsUnresolved && session.Request.Kind.MovesMoney());
        var currency = booked.Count == 0 ? null : booked[0].Amount!.Value.Currency;
        var net = booked.Select(entry => entry.Amount!.Value).Where(amount => amount.Currency == currency)
            .Aggregate((Money?)null, (sum, amount) => sum is { } so ? so + amount : amount);
        var others = booked.Select(entry => entry.Amount!.Value.Currency).Where(other => other != currency);
        var receipts = booked.Select(entry => entry.Session.Conclusion!.References.Receipt).OfType<string>().ToList();
        return new(
            net, booked.Count, receipts.FirstOrDefault(), receipts.LastOrDefault(),
            [.. unknown.Select(session => session.Id)], [.. others.Select(other => other.Code).Distinct()]);
    }

    /// <summary>The named differences; empty when both say the same.</summary>
    public IEnumerable<DifferenceView> DifferencesTo(Totals terminal)
    {
        if (Unknown.Count > 0)
        {
            yield return new("unknown", null, $"{Unknown.Count}",
                "Sessions of the period are unknown; resolve them before the difference is judged.");
        }

        if (OtherCurrencies.Count > 0)
        {
            yield return new("currency", terminal.Net.Currency.Code, string.Join(", ", OtherCurrencies),
                "The period has bookings in several currencies; only one is added up.");
        }

        if (Net is { } net ? !IsSame(net, terminal) : terminal.Net.MinorUnits != 0)
        {
            yield return new("net", $"{terminal.Net}", Net is { } ours ? $"{ours}" : "0",
                "The terminal's sum is not the journal's.");
        }
    }

    private static bool IsSame(Money ours, Totals terminal) => ours.Currency == terminal.Net.Currency && (terminal.IsUnsigned
        ? Math.Abs(ours.MinorUnits) == Math.Abs(terminal.Net.MinorUnits)
        : ours == terminal.Net);

    // What a session adds to the terminal's sum; null for what adds nothing, such as a reservation.
    private static Money? Signed(Session session, IReadOnlyCollection<Session> period)
    {
        var amount = session.Conclusion!.ApprovedAmount ?? session.Request.Original?.Amount ?? session.Request.Total;
        if (amount is not { } sum) return null;
        var sign = session.Request.Kind switch
        {
            RequestKind.Sale or RequestKind.SaleWithCashback or RequestKind.Capture => 1,
            RequestKind.Refund => -1,
            // Undoing a refund gives the money back to the shop.
            RequestKind.Reversal => KindOf(session.Request.Original, period) is RequestKind.Refund ? 1 : -1,
            _ => 0,
        };
        return sign == 0 ? null : sum with { MinorUnits = sign * sum.MinorUnits };
    }

    // By the session where it is named, else by the number that the terminal gave the booking.
    private static RequestKind? KindOf(Original? named, IReadOnlyCollection<Session> period) => named is null ? null
        : period.LastOrDefault(booked => booked.Outcome is Outcome.Approved && booked.Request.Kind is not RequestKind.Reversal
            && (named.Session is { } id ? booked.Id == id
                : named.Receipt is { } receipt ? Original.SameReceipt(receipt, booked.Conclusion!.References.Receipt)
                : Original.SameApproval(named.Approval, booked.Conclusion!.References.Approval)))?.Request.Kind;
}
