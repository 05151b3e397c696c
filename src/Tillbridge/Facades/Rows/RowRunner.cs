using System.Text.RegularExpressions;
using Tillbridge.Domain;
using Tillbridge.Domain.Messages;
using Tillbridge.Sessions;

namespace Tillbridge.Facades.Rows;

/// <summary>
/// Carries rows out, one session each. The journal decides what a row has become already: under the same key nothing is carried out twice,
/// except what failed before its first byte (integray-rows.md §6.2, §6.3).
/// </summary>
/// <param name="terminals">The engine.</param>
/// <param name="connector">What the rows are.</param>
/// <param name="clock">Time.</param>
public sealed partial class RowRunner(ITerminals terminals, RowConnector connector, TimeProvider clock)
{
    private const int MostAttempts = 100_000;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BusyPoll = TimeSpan.FromSeconds(2); // Each time a session and a connection to the terminal.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(2);

    // The engine asks once more about what an earlier run left unknown; longer than that it does not hold the terminal.
    private static readonly TimeSpan AskedAgain = TimeSpan.FromSeconds(15);

    /// <summary>How long a row waits for a terminal that is busy; only as long as nothing was sent.</summary>
    public TimeSpan BusyWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The caller's own data, kept with every session.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Carries one row out, or finds what it became.</summary>
    /// <param name="terminal">The terminal's name.</param>
    /// <param name="reading">The row.</param>
    /// <param name="key">
    /// The row's key, 1 to 100 characters; null carries it out each time, which only a question may. One that ends with # and digits is
    /// refused: so do further attempts at a row.
    /// </param>
    /// <param name="shutdown">This process is going down; decides no outcome.</param>
    public async Task<RowEnd> Run(string terminal, RowReading reading, string? key, CancellationToken shutdown)
    {
        ArgumentNullException.ThrowIfNull(reading);
        if (reading.Request is not { } request) return RowEnd.Invalid("invalid-row", reading.Fault ?? "The row is empty.", Now);
        if (connector.IsOnce && key is null) throw new ArgumentException("Rows that must not be repeated need a key.", nameof(key));
        if (key is not null && LooksLikeAttempt().IsMatch(key))
        {
            return RowEnd.Invalid(
                "invalid-row", $"The key '{key}' ends with # and digits, as further attempts at a row do; give it another end.", Now);
        }

        var begun = clock.GetTimestamp();
        for (var attempt = 1; attempt <= MostAttempts;)
        {
            var order = new Order(terminal, request) { Key = KeyOf(key, attempt), Metadata = Metadata };
            var submission = await terminals.Submit(order, shutdown);
            if (submission is { Session: { } session, IsReplay: var isReplay })
            {
                var ended = await End(session, isReplay, shutdown);
                if (!(isReplay ? LeftNothing(ended) : FailedUnsent(ended) && IsWorthWaiting(ended, begun))) return Of(ended);
                attempt++;
                if (!isReplay) await Task.Delay(BusyPoll, clock, shutdown);
                continue;
            }

            var refusal = submission.Refusal!;
            if (refusal.Code is not RefusalCode.TerminalBusy || clock.GetElapsedTime(begun) >= BusyWait) return Refused(refusal);
            await Task.Delay(Poll, clock, shutdown);
        }

        return new(RowOutcome.Failed, Now)
        {
            ErrorCode = "too-many-attempts", ErrorText = $"The row left nothing booked {MostAttempts} times.",
        };
    }

    private DateTime Now => clock.GetLocalNow().DateTime;

    /// <summary>The idempotency key of the first attempt at a row.</summary>
    internal static string FirstKeyOf(RowConnector connector, string key) => $"rows:{connector.Name}:{key}";

    private string? KeyOf(string? key, int attempt) => key is null ? null
        : $"{FirstKeyOf(connector, key)}{(attempt == 1 ? "" : $"#{attempt}")}";

    private static bool FailedUnsent(Session session) => session is { Outcome: Outcome.Failed, SentAt: null };

    // What was under way when an earlier run was killed, and by the terminal's word left nothing booked: nobody was told an end of it. It
    // was cancelled mostly by our own question what became of it, which stops a terminal that still waits for the card. No other end opens
    // a new attempt (integray-rows.md §6.2), and a booking that the terminal has already is not ours to repeat.
    private static bool LeftNothing(Session session)
    {
        if (FailedUnsent(session)) return session.Conclusion is not { Reason: Reason.BookedAlready };
        if (session.BrokenBy != Session.OurRestart || session.Incidents.Any(seen => seen.Code == Reason.LateContradiction)) return false;
        return session.Conclusion is { Reason: Reason.NotBooked }
            || session is { Outcome: Outcome.Cancelled, ResolvedBy: null, Announced: null, AbortAsked: false }
            || session is { Conclusion.Reason: Reason.ReversedByTerminal, Announced.Outcome: Outcome.Approved };
    }

    // Nothing was sent, so that a further attempt is none too many.
    private bool IsWorthWaiting(Session session, long begun) =>
        session.Conclusion is { Reason: Reason.TerminalBusy } && clock.GetElapsedTime(begun) < BusyWait;

    private async Task<Session> End(Session session, bool isReplay, CancellationToken shutdown)
    {
        var ended = await terminals.WaitForEnd(session.Id, Longest, shutdown) ?? session;
        var begun = clock.GetTimestamp();
        while (isReplay && ended.IsUnresolved && clock.GetElapsedTime(begun) < AskedAgain
            && terminals.States.Any(state => state.Name == ended.Terminal && state.Current == ended.Id))
        {
            await Task.Delay(Poll, clock, shutdown);
            ended = await terminals.Find(session.Id, shutdown) ?? ended;
        }

        return ended;
    }

    private RowEnd Of(Session session)
    {
        var at = session.ClosedAt is { } closed ? TimeZoneInfo.ConvertTime(closed, clock.LocalTimeZone).DateTime : Now;
        var end = session.Conclusion;
        var (outcome, code) = end?.Outcome switch
        {
            Outcome.Approved => (RowOutcome.Approved, null),
            Outcome.Declined => (RowOutcome.Declined, null),
            Outcome.Cancelled => (RowOutcome.Cancelled, null),
            Outcome.Failed => (RowOutcome.Failed, end.ResponseCode is null || end.Reason is Reason.TerminalBusy ? end.Reason : null),
            _ => (RowOutcome.Unknown, "outcome-unknown"),
        };
        var ended = new RowEnd(outcome, at) { Session = session };
        if (ended.AmountDiffers)
        {
            return ended with
            {
                ErrorCode = "amount-differs", ErrorText = $"{end!.ApprovedAmount} was approved, {session.Request.Total} was asked for.",
            };
        }

        return ended with
        {
            ErrorCode = code,
            ErrorText = code is null ? null : end is null ? "Nothing is known yet; look at the session."
                : end.TerminalText ?? Messages.ForConclusion(end, session.Request.Kind, "en"),
        };
    }

    private RowEnd Refused(Refusal refusal) => refusal.Code switch
    {
        RefusalCode.UnresolvedSession => new(RowOutcome.Skipped, Now) { ErrorCode = "unresolved-session", ErrorText = refusal.Text },
        RefusalCode.IdempotencyConflict => RowEnd.Invalid("idempotency-conflict", refusal.Text, Now),
        RefusalCode.InvalidRequest or RefusalCode.UnsupportedByTerminal =>
            RowEnd.Invalid("invalid-row", $"{RowCells.ColumnOf(refusal.Field)}: {refusal.Text}", Now),
        RefusalCode.TerminalBusy => new(RowOutcome.Failed, Now) { ErrorCode = "terminal-busy", ErrorText = refusal.Text },
        RefusalCode.JournalFull => throw new IOException(refusal.Text),
        _ => new(RowOutcome.Failed, Now) { ErrorCode = "terminal-refused", ErrorText = refusal.Text },
    };

    [GeneratedRegex(@"#[0-9]+\z")]
    private static partial Regex LooksLikeAttempt();
}
