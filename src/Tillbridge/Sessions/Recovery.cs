using Tillbridge.Domain;
using Tillbridge.Domain.Books;
using Tillbridge.Journal.Periods;

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
    public static PeriodBooks? Books(IOpenPeriod period, Session without, Currency currency)
    {
        if (!period.IsSettledBut(without.Id)) return null;
        // What undoes a booking that is not in our books changes what they do not hold.
        if (without.Request is { Kind: RequestKind.Reversal, Original: var named } && !IsOurs(period, named)) return null;
        return period.Lines(currency) is { } lines ? new PeriodBooks(lines, currency) : null;
    }

    private static bool IsOurs(IOpenPeriod period, Original? named) => period.Approved(
            oldestFirst: false, new(BookingKey.Session, named?.Session?.Value), new(BookingKey.Receipt, named?.Receipt),
            new(BookingKey.Approval, named?.Approval))
        .Any();
}
