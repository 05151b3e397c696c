using Tillbridge.Domain;

namespace Tillbridge.Sessions;

/// <summary>When and how often recovery asks, and what it may rely on. Pure.</summary>
internal static class Recovery
{
    /// <summary>"Stayed reachable" means a first reconnect within this time of the loss (protocols README §5.1).</summary>
    public static readonly TimeSpan ReachWithin = TimeSpan.FromSeconds(2);

    /// <summary>How often an unknown session of an idle terminal is asked about again.</summary>
    public static readonly TimeSpan AskUnknownEvery = TimeSpan.FromMinutes(1);

    /// <summary>How long such a question may hold the terminal.</summary>
    public static readonly TimeSpan AskUnknownFor = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(15);

    /// <summary>The pause before an attempt, the first being 0: at once, then doubling up to 15 s.</summary>
    public static TimeSpan DelayBefore(int attempt)
    {
        Invariant.Holds(attempt >= 0, "attempts are counted from zero");
        if (attempt == 0) return TimeSpan.Zero;
        var doubled = FirstDelay * Math.Pow(2, Math.Min(attempt - 1, 10));
        return doubled < LongestDelay ? doubled : LongestDelay;
    }

    /// <summary>
    /// What the terminal's open period should hold without the given session; null when another session of the period is not settled,
    /// or undid a booking that is not ours, so that nothing can be told.
    /// </summary>
    public static PeriodBooks? Books(IReadOnlyList<Session> period, Session without, Currency currency)
    {
        var entries = new List<BookEntry>();
        var byReceipt = new Dictionary<string, BookEntry>(StringComparer.Ordinal);
        foreach (var session in period.Where(session => session.Id != without.Id))
        {
            if (session.Phase is not SessionPhase.Closed || session.IsUnresolved) return null;
            if (!Counts(session)) continue;
            if (EntryOf(session, byReceipt, currency) is not { } entry) return null;
            if (entry.Receipt is { } receipt) byReceipt[receipt.TrimStart('0')] = entry;
            entries.Add(entry);
        }

        // What undoes a booking that is not in our books changes what they do not hold.
        var isStrange = without.Request is { Kind: RequestKind.Reversal, Original: var named } && !period.Any(session =>
            session.Outcome is Outcome.Approved && (session.Id == named?.Session
                || Original.SameReceipt(named?.Receipt, session.Conclusion?.References.Receipt)
                || Original.SameApproval(named?.Approval, session.Conclusion?.References.Approval)));
        return isStrange ? null : new PeriodBooks(entries, currency);
    }

    private static bool Counts(Session session) => session.Outcome is Outcome.Approved
        ? session.Request.Kind.MovesMoney()
        : session.Conclusion is { Reason: Reason.ReversedByTerminal or Reason.Withdrawn } or { CheckReconciliation: true };

    // Null when what it added cannot be told.
    private static BookEntry? EntryOf(Session session, Dictionary<string, BookEntry> byReceipt, Currency currency)
    {
        var (request, conclusion) = (session.Request, session.Conclusion!);
        var receipt = conclusion.References.Receipt;
        var sign = request.Kind.SignInTotals();
        if (session.Outcome is not Outcome.Approved)
        {
            // Booked and taken back: it may stand in both directions, or in none.
            var undone = (conclusion.ApprovedAmount ?? request.Total)?.MinorUnits ?? 0;
            return new(receipt, 0, undone, undone, 0, 2);
        }

        // What a person called approved may have no amount of its own: then nothing can be summed up (found by the laboratory).
        if ((sign != 0 || request.Kind is RequestKind.Reversal) && conclusion.ApprovedAmount?.Currency != currency) return null;
        var units = conclusion.ApprovedAmount?.MinorUnits ?? 0;
        // A reservation is in no sum; some count it.
        if (request.Kind is not RequestKind.Reversal)
            return new(receipt, sign * units, sign > 0 ? units : 0, sign < 0 ? units : 0, Math.Abs(sign), 1);

        // Undoing a sale takes off, undoing a refund adds.
        if (request.Original?.Receipt is not { } named || !byReceipt.TryGetValue(named.TrimStart('0'), out var before)) return null;
        return new(receipt, -before.Net, before.Net < 0 ? units : 0, before.Net < 0 ? 0 : units, -1, 1);
    }
}
