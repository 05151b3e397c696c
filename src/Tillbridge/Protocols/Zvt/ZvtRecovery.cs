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
        Silent,
    }

    private static readonly TimeSpan LongestConversation = TimeSpan.FromMinutes(30);

    private Session Session => entry.Session;

    public async Task<TerminalEvent> Ask(CancellationToken shutdown)
    {
        var ready = await questions.Ready(shutdown);
        var status = ready.Completion?.TerminalStatus;
        if (!questions.IsSettled(ready))
            return Unclear(Reason.TerminalBusy, "The terminal is still in an earlier conversation.", askAgain: true);
        if (ready.IsBusy || status is ZvtResultCodes.PleaseWait or ZvtResultCodes.CardInserted)
            return Unclear(Reason.TerminalBusy, "The terminal is still busy.", askAgain: true);
        // A terminal that is not idle may still be booking: what it has not stored or summed up yet proves nothing.
        // Only one that does not know the question at all cannot be asked to say so.
        var idle = ready.Completion is not null && status is 0;
        var mayStillBook = !idle && ready.Refused is not { Code: ZvtResultCodes.UnknownCommand };
        var isClose = Session.Request.Kind is RequestKind.Reconciliation;
        if (isClose) return mayStillBook ? NotIdle(status) : await AskReconciliation(shutdown);

        var memory = await questions.LastBooking(shutdown);
        if (memory.IsBusy) return Unclear(Reason.TerminalBusy, "The terminal is still busy.", askAgain: true);
        var verdict = memory.Answered ? Judge(memory) : Verdict.Silent;
        if (mayStillBook && verdict is not (Verdict.Ours or Verdict.Foreign)) return NotIdle(status);
        switch (verdict)
        {
            case Verdict.Ours when !CanBeBelieved(memory.Status!):
                return Unclear(
                    Reason.CannotTell, "The terminal repeats our booking without a result code that can be believed.", askAgain: false);
            case Verdict.Ours:
                return new Concluded(Found(memory.Status!));
            case Verdict.Foreign:
                return Unclear(
                    Reason.ForeignBooking,
                    $"The terminal's last booking is {Describe(memory.Status!)}, which is not certain to be ours.",
                    askAgain: false);

            // An approval that was announced, and perhaps committed, is not undone by absence alone (§9.2).
            case Verdict.NotOurs when entry.StayedReachable && idle && Session.Announced is not { Outcome: Outcome.Approved }:
                return await AskForContradiction(shutdown);
            case Verdict.NotOurs:
                return await AskTotals("The terminal's last booking is not ours; it may have forgotten.", shutdown);
            case Verdict.Silent:
                return await AskTotals("The terminal cannot repeat its last booking.", shutdown);
            default:
                return await AskTotals("The terminal has forgotten its last booking.", shutdown);
        }
    }

    // §9.3: rely on 27. Host codes that do not fit it come as 00 with A0 set (§7.2).
    private static bool CanBeBelieved(ZvtStatusInformation status) =>
        status is { ResultCode: not null } and not { ResultCode: 0, ResultCodeAs: >= 0xA0 and <= 0xAF };

    private Verdict Judge(ZvtAnswer memory)
    {
        var status = memory.Status;
        var baseline = Session.Baseline;
        if (status?.Receipt is null)
        {
            // It has nothing stored. That is news only if it had something before.
            return baseline == Baseline.Nothing ? Verdict.NotOurs : Verdict.Forgotten;
        }

        // Another device at the same address knows nothing of our booking.
        if (baseline?.TerminalId is { } device && status.TerminalId is { } other && device != other) return Verdict.Foreign;
        if (baseline is not null && IsSame(status, baseline.Receipt, baseline.Trace)) return Verdict.NotOurs;
        // A session after ours made it: it says nothing about ours.
        if (entry.TakenByOthers.Any(taken => IsSame(status, taken.Receipt, taken.Trace))) return Verdict.Foreign;
        // A clock that goes wrong makes a new booking look old: the time alone never says that it is not ours.
        return IsNewer(status, baseline) && AmountFits(status) && ReferencesFit(status) && TimeFits(status)
            ? Verdict.Ours
            : Verdict.Foreign;
    }

    private static bool IsSame(ZvtStatusInformation status, string? receipt, string? trace) =>
        receipt is not null && status.Receipt == receipt && (trace is null || status.Trace is null || status.Trace == trace);

    // Receipt numbers wrap after 9999: what is up to half the ring ahead is newer (§8.1).
    private static bool IsNewer(ZvtStatusInformation status, Baseline? baseline)
    {
        // Without a mark nothing tells a newer booking from an older one of the same price.
        if (baseline is null) return false;
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
        // A booking from hours later was made by hand, or by another till.
        var latest = Start + LongestConversation;
        var now = clock.GetLocalNow().DateTime;
        return time >= Start - dialect.ClockSkew && time <= (latest < now ? latest : now) + dialect.ClockSkew;
    }

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
        return found with
        {
            Reason = found.Outcome is Outcome.Approved && found.Reason is not Reason.ApprovedOtherAmount ? Reason.Recovered : found.Reason,
            TerminalTime = TimeOf(status),
        };
    }

    // README §5.1 (a) proves it for a terminal that forgets only while it is away. Where it names totals they must not say
    // otherwise: a terminal that forgot without going away would be believed (found by the laboratory).
    private async Task<TerminalEvent> AskForContradiction(CancellationToken shutdown)
    {
        if (!dialect.HasTotals) return new Concluded(entry.NotBooked());
        var answer = await questions.Totals(shutdown);
        if (answer.IsBusy) return Unclear(Reason.TerminalBusy, "The terminal is still busy.", askAgain: true);
        if (answer.Status is not { } status || conclusions.TotalsOf(status) is not { } totals) return new Concluded(entry.NotBooked());
        // A period without a booking and a number, as after a close, says that nothing was stored.
        var nothingSince = totals.Count == 0 && IsNoReceipt(totals.LastReceipt);
        var sameLast = Session.Baseline?.Receipt is { } last && totals.LastReceipt == last;
        var fits = (nothingSince || sameLast) && (entry.ExpectedNet is not { } expected || totals.Net == expected);
        return fits
            ? new Concluded(entry.NotBooked())
            : Unclear(
                Reason.CannotTell,
                $"The terminal repeats an older booking, but its totals are {totals.Net} in {totals.Count} bookings up to receipt "
                + $"{totals.LastReceipt}, our books say {entry.ExpectedNet?.ToString() ?? "nothing certain"} up to "
                + $"{Session.Baseline?.Receipt ?? "none"}.",
                askAgain: false);
    }

    // README §5.1 (b): only totals that agree with our books prove that a forgetful terminal did not book.
    private async Task<TerminalEvent> AskTotals(string why, CancellationToken shutdown)
    {
        if (!dialect.HasTotals || entry.ExpectedNet is not { } expected)
            return Unclear(Reason.CannotTell, $"{why} Totals cannot settle it.", askAgain: false);
        var answer = await questions.Totals(shutdown);
        if (answer.IsBusy) return Unclear(Reason.TerminalBusy, "The terminal is still busy.", askAgain: true);
        if (answer.Status is not { } status || conclusions.TotalsOf(status) is not { } totals)
            return Unclear(Reason.CannotTell, $"{why} It names no totals.", askAgain: false);
        if (totals.Net == expected && SamePeriod(totals) && WouldShow(expected)) return new Concluded(entry.NotBooked());
        return Unclear(
            Reason.CannotTell,
            $"{why} Its totals are {totals.Net} in {totals.Count} bookings, our books say {expected} without this one.",
            askAgain: false);
    }

    // Had it been booked, the sum would be another one. A reservation is in no sum, and without the sign on the wire (§8.4) a
    // refund of twice the sum leaves it as it was (found by the laboratory).
    private bool WouldShow(Money expected)
    {
        var kind = Session.Request.Kind;
        if (kind is RequestKind.PreAuthorization or RequestKind.CancelPreAuthorization) return false;
        var sign = kind.SignInTotals();
        // A reversal may go either way.
        if (expected.MinorUnits == 0 || sign == Math.Sign(expected.MinorUnits)) return true;
        return (Session.Request.Total ?? Session.Request.Original?.Amount) is { } ours
            && ours.MinorUnits < 2 * Math.Abs(expected.MinorUnits);
    }

    // The sum alone is no proof: its sign is not on the wire (§8.4), a sale and its reversal leave it as it was, and an empty
    // period may be one that the terminal closed by itself meanwhile.
    private bool SamePeriod(Totals totals)
    {
        if (totals.Count == 0)
            return Session.Baseline == Baseline.Nothing && IsNoReceipt(totals.LastReceipt) && Session.Phase is not SessionPhase.Closed
                && clock.GetLocalNow().DateTime - Start <= LongestConversation;
        return Session.Baseline?.Receipt is { } last && totals.LastReceipt == last;
    }

    // A reservation is in no sum, but it takes a number.
    private static bool IsNoReceipt(string? receipt) => receipt is null || receipt.All(digit => digit == '0');

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

    private static StillUnclear NotIdle(byte? status) =>
        Unclear(Reason.TerminalBusy, $"The terminal is not idle (status {status:X2}).", askAgain: true);

    private static StillUnclear Unclear(string reason, string text, bool askAgain) => new(reason, text, askAgain);

    private static string Describe(ZvtStatusInformation status) =>
        $"receipt {status.Receipt}, trace {status.Trace ?? "-"}, "
        + $"{status.Amount?.ToString(CultureInfo.InvariantCulture) ?? "-"} minor units, {status.Date ?? "-"} {status.Time ?? "-"}";
}
