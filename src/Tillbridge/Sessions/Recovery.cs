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
    /// The net sum that the terminal's open period should have without the given session; null when another session of the
    /// period is not settled, or undid a booking that is not ours, so that nothing can be told.
    /// </summary>
    public static Money? ExpectedNet(IReadOnlyList<Session> period, Session without, Currency currency)
    {
        var net = 0L;
        var signedByReceipt = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var session in period)
        {
            if (session.Id == without.Id) continue;
            if (session.Phase is not SessionPhase.Closed || session.IsUnresolved) return null;
            if (session.Conclusion is not { Outcome: Outcome.Approved } conclusion) continue;
            var kind = session.Request.Kind;
            var counts = kind.SignInTotals() != 0 || kind is RequestKind.Reversal;
            // What a person called approved may have no amount of its own: then nothing can be summed up (found by the laboratory).
            if (counts && conclusion.ApprovedAmount?.Currency != currency) return null;
            var signed = kind.SignInTotals() * (conclusion.ApprovedAmount?.MinorUnits ?? 0);
            // Undoing a sale takes off, undoing a refund adds.
            if (session.Request is { Kind: RequestKind.Reversal, Original: var original })
            {
                if (original?.Receipt is not { } undone || !signedByReceipt.TryGetValue(undone.TrimStart('0'), out var before)) return null;
                signed = -before;
            }

            if (conclusion.References.Receipt is { } receipt) signedByReceipt[receipt.TrimStart('0')] = signed;
            net += signed;
        }

        // What undoes a booking that is not in our books changes what they do not hold.
        var isStrange = without.Request is { Kind: RequestKind.Reversal, Original: var named } && !period.Any(session =>
            session.Outcome is Outcome.Approved && (session.Id == named?.Session
                || Original.SameReceipt(named?.Receipt, session.Conclusion?.References.Receipt)
                || Original.SameApproval(named?.Approval, session.Conclusion?.References.Approval)));
        return isStrange ? null : new Money(net, currency);
    }

    /// <summary>
    /// The most that the bookings of a period without the given session can have taken and given back; terminals count a booking that was
    /// undone in one direction, in both or in none. Only where <see cref="ExpectedNet"/> is known.
    /// </summary>
    public static (Money Taken, Money Given) Gross(IReadOnlyList<Session> period, Session without, Currency currency)
    {
        var (taken, given) = (0L, 0L);
        var takes = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var session in period.Where(session => session.Id != without.Id))
        {
            var isUndone = session.Conclusion is { Reason: Reason.ReversedByTerminal or Reason.Withdrawn } or { CheckReconciliation: true };
            if (session.Outcome is not Outcome.Approved && !isUndone) continue;
            var units = (session.Conclusion!.ApprovedAmount ?? session.Request.Total)?.MinorUnits ?? 0;
            var sign = session.Request.Kind.SignInTotals();
            // An undone sale stands in what was taken already; its undoing gives back, and that of a refund takes.
            if (session.Request is { Kind: RequestKind.Reversal, Original.Receipt: { } undone })
                sign = takes.GetValueOrDefault(undone.TrimStart('0'), true) ? -1 : 1;
            if (session.Conclusion.References.Receipt is { } receipt && sign != 0) takes[receipt.TrimStart('0')] = sign > 0;
            if (sign > 0 || isUndone) taken += units;
            if (sign < 0 || isUndone) given += units;
        }

        return (new Money(taken, currency), new Money(given, currency));
    }
}
