using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Protocols.Zvt.Apdu;

namespace Tillbridge.Protocols.Zvt;

/// <summary>
/// What became of a session whose conversation broke: status, repeat receipt, totals (zvt.md §9.3), judged by the rules of
/// the protocols README §5. "Not found" is not "not paid".
/// </summary>
internal sealed class ZvtRecovery(
    RecoveryEntry entry, ZvtQuestions questions, ZvtConclusions conclusions, ZvtDialect dialect, TimeProvider clock)
{
    private enum Verdict
    {
        Ours,
        NotOurs,
        Forgotten,
        Foreign,
    }

    private Session Session => entry.Session;

    public async Task<TerminalEvent> Ask(CancellationToken shutdown)
    {
        var ready = await questions.Ready(shutdown);
        var status = ready.Completion?.TerminalStatus;
        if (ready.IsBusy || status is ZvtResultCodes.PleaseWait or ZvtResultCodes.CardInserted)
            return Unclear(Reason.TerminalBusy, "The terminal is still busy.", askAgain: true);
        var idle = ready.Completion is not null && status is null or 0;
        if (Session.Request.Kind is RequestKind.Reconciliation) return await AskReconciliation(shutdown);

        var memory = await questions.LastBooking(shutdown);
        if (memory.IsBusy) return Unclear(Reason.TerminalBusy, "The terminal is still busy.", askAgain: true);
        if (!memory.Answered) return await AskTotals("The terminal cannot repeat its last booking.", shutdown);
        var verdict = Judge(memory);
        // A terminal that is not idle may still be booking: what it has not stored yet proves nothing.
        if (verdict is Verdict.NotOurs or Verdict.Forgotten && ready.Completion is not null && !idle)
            return Unclear(Reason.TerminalBusy, $"The terminal is not idle (status {status:X2}).", askAgain: true);
        switch (verdict)
        {
            case Verdict.Ours:
                return new Concluded(Found(memory.Status!));
            case Verdict.Foreign:
                return Unclear(
                    Reason.ForeignBooking,
                    $"The terminal's last booking is {Describe(memory.Status!)}, which is not certain to be ours.",
                    askAgain: false);
            case Verdict.NotOurs when entry.StayedReachable && idle:
                return new Concluded(NotBooked());
            case Verdict.NotOurs:
                return await AskTotals("The terminal was away and its last booking is not ours; it may have forgotten.", shutdown);
            default:
                return await AskTotals("The terminal has forgotten its last booking.", shutdown);
        }
    }

    private Verdict Judge(ZvtAnswer memory)
    {
        var status = memory.Status;
        var baseline = Session.Baseline;
        if (status?.Receipt is null)
        {
            // It has nothing stored. That is news only if it had something before.
            return baseline == Baseline.Nothing ? Verdict.NotOurs : Verdict.Forgotten;
        }

        if (baseline is not null && IsSame(status, baseline.Receipt, baseline.Trace)) return Verdict.NotOurs;
        // A session after ours made it: it says nothing about ours.
        if (entry.TakenByOthers.Any(taken => IsSame(status, taken.Receipt, taken.Trace))) return Verdict.Foreign;
        if (baseline is null && IsCertainlyOlder(status)) return Verdict.NotOurs;
        return IsNewer(status, baseline) && AmountFits(status) && ReferencesFit(status) && TimeFits(status)
            ? Verdict.Ours
            : Verdict.Foreign;
    }

    private static bool IsSame(ZvtStatusInformation status, string? receipt, string? trace) =>
        receipt is not null && status.Receipt == receipt && (trace is null || status.Trace is null || status.Trace == trace);

    // Receipt numbers wrap after 9999: what is up to half the ring ahead is newer (§8.1).
    private static bool IsNewer(ZvtStatusInformation status, Baseline? baseline)
    {
        if (baseline is null) return true; // Only the time can tell; it is asked for beside this.
        if (baseline.Receipt is null) return true;
        if (!int.TryParse(status.Receipt, out var now) || !int.TryParse(baseline.Receipt, out var before)) return false;
        var ahead = (now - before + 9999) % 9999;
        return ahead is > 0 and < 5000 || (ahead == 0 && status.Trace != baseline.Trace);
    }

    private bool AmountFits(ZvtStatusInformation status)
    {
        var asked = Session.Request.Total ?? Session.Request.Original?.Amount ?? Session.Announced?.ApprovedAmount;
        if (asked is not { } wanted) return Session.Request.Kind.NeedsOriginal() && status.OriginalTrace is not null;
        if (ZvtConclusions.CurrencyOf(status) is { } currency && currency != wanted.Currency) return false;
        // What was announced may be a part of what was asked; that part is then the one to look for.
        return status.Amount == wanted.MinorUnits
            || (Session.Announced?.ApprovedAmount is { } part && status.Amount == part.MinorUnits);
    }

    private bool ReferencesFit(ZvtStatusInformation status)
    {
        var isReversal = Session.Request.Kind is RequestKind.Reversal;
        if (!isReversal && status.OriginalTrace is not null) return false;
        if (isReversal && Session.Request.Original?.Trace is { } trace
            && status.OriginalTrace is { } undone && trace != undone)
        {
            return false;
        }

        return Session.Announced?.References.Receipt is not { } receipt || receipt == status.Receipt;
    }

    private bool TimeFits(ZvtStatusInformation status)
    {
        if (TimeOf(status) is not { } time) return Session.Baseline is not null;
        return time >= Start - dialect.ClockSkew && time <= clock.GetLocalNow().DateTime + dialect.ClockSkew;
    }

    private bool IsCertainlyOlder(ZvtStatusInformation status) => TimeOf(status) is { } time && time < Start - dialect.ClockSkew;

    private DateTime Start => TimeZoneInfo.ConvertTime(Session.SentAt ?? Session.CreatedAt, clock.LocalTimeZone).DateTime;

    // MMDD has no year (§3): the year that brings it nearest to now is meant.
    private DateTime? TimeOf(ZvtStatusInformation status)
    {
        if (status.Date is null || status.Time is null) return null;
        var now = clock.GetLocalNow().DateTime;
        DateTime? nearest = null;
        for (var year = now.Year - 1; year <= now.Year + 1; year++)
        {
            var text = $"{year:D4}{status.Date}{status.Time}";
            if (!DateTime.TryParseExact(text, "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) continue;
            if (nearest is null || (time - now).Duration() < (nearest.Value - now).Duration()) nearest = time;
        }

        return nearest;
    }

    private Conclusion Found(ZvtStatusInformation status)
    {
        var found = conclusions.Announced(status, Session.Request);
        // A terminal that repeats no result code repeats a booking: it stores nothing else (§9.3).
        if (status.ResultCode is null)
        {
            var amount = conclusions.AmountOf(status, Session.Request);
            found = found with { Outcome = Outcome.Approved, ApprovedAmount = amount };
        }

        return found with
        {
            Reason = found.Outcome is Outcome.Approved && found.Reason is not Reason.ApprovedOtherAmount ? Reason.Recovered : found.Reason,
            TerminalTime = TimeOf(status),
        };
    }

    // It announced a refusal before the line broke, or took back what it had approved, or never booked.
    private Conclusion NotBooked() => Session.Announced switch
    {
        { Outcome: Outcome.Declined or Outcome.Cancelled or Outcome.Failed } refused => refused,
        { Outcome: Outcome.Approved } taken => taken with
        {
            Outcome = Outcome.Declined, Reason = Reason.ReversedByTerminal, ApprovedAmount = null,
        },
        _ => new Conclusion(Outcome.Failed, Reason.NotBooked),
    };

    // README §5.1 (b): only totals that agree with our books prove that a forgetful terminal did not book.
    private async Task<TerminalEvent> AskTotals(string why, CancellationToken shutdown)
    {
        if (!dialect.HasTotals || entry.ExpectedNet is not { } expected)
            return Unclear(Reason.CannotTell, $"{why} Totals cannot settle it.", askAgain: false);
        var answer = await questions.Totals(shutdown);
        if (answer.IsBusy) return Unclear(Reason.TerminalBusy, "The terminal is still busy.", askAgain: true);
        if (answer.Status is not { } status || conclusions.TotalsOf(status) is not { } totals)
            return Unclear(Reason.CannotTell, $"{why} It names no totals.", askAgain: false);
        // A sum of zero with bookings in it may hide a sale and its reversal; the last receipt number tells.
        var sameLast = Session.Baseline?.Receipt is not { } last
            || totals.LastReceipt is null || totals.LastReceipt == last || totals.Count == 0;
        var moved = Session.Request.Kind is RequestKind.PreAuthorization or RequestKind.CancelPreAuthorization;
        if (totals.Net == expected && sameLast && !moved) return new Concluded(NotBooked());
        return Unclear(
            Reason.CannotTell,
            $"{why} Its totals are {totals.Net} in {totals.Count} bookings, our books say {expected} without this one.",
            askAgain: false);
    }

    // After a close the open period is empty; before it, it is what our books say.
    private async Task<TerminalEvent> AskReconciliation(CancellationToken shutdown)
    {
        if (!dialect.HasTotals) return Unclear(Reason.CannotTell, "The terminal names no totals.", askAgain: false);
        var answer = await questions.Totals(shutdown);
        if (answer.IsBusy) return Unclear(Reason.TerminalBusy, "The terminal is still busy.", askAgain: true);
        var totals = answer.Status is { } status ? conclusions.TotalsOf(status) : null;
        if (totals is { Count: 0 } && Session.Announced is { Outcome: Outcome.Approved } announced)
            return new Concluded(announced with { Reason = Reason.Recovered });
        if (totals is { Count: > 0 } && entry.ExpectedNet is { } expected && totals.Net == expected)
            return new Concluded(new(Outcome.Failed, Reason.NotBooked) { Totals = totals });
        return Unclear(
            Reason.CannotTell,
            $"The terminal's open period holds {totals?.Net.ToString() ?? "nothing that it names"}; "
            + "whether it was closed cannot be told.",
            askAgain: false);
    }

    private static StillUnclear Unclear(string reason, string text, bool askAgain) => new(reason, text, askAgain);

    private static string Describe(ZvtStatusInformation status) =>
        $"receipt {status.Receipt}, trace {status.Trace ?? "-"}, "
        + $"{status.Amount?.ToString(CultureInfo.InvariantCulture) ?? "-"} minor units, {status.Date ?? "-"} {status.Time ?? "-"}";
}
