using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Domain.Books;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Transports;

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

    /// <summary>The terminal that was asked, by its own word or the address; null when nobody named it.</summary>
    public string? Device { get; init; }

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
                return await Found(memory.Status!, shutdown);
            case Verdict.Foreign:
                return Unclear(
                    Reason.ForeignBooking,
                    $"The terminal's last booking is {Describe(memory.Status!)}, which is not certain to be ours.",
                    askAgain: false);

            // An approval that was announced, and perhaps committed, is not undone by absence alone (§9.2).
            case Verdict.NotOurs when entry.StayedReachable && idle && Session.Announced is not { Outcome: Outcome.Approved }:
                return await AskForContradiction(entry.NotBooked(), shutdown);
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
        if (ZvtMark.IsOtherDevice(baseline?.TerminalId, status.TerminalId)) return Verdict.Foreign;
        if (ZvtMark.IsOtherDevice(Device, status.TerminalId)) return Verdict.Foreign;
        switch (ZvtMark.Compare(status, baseline))
        {
            case MarkMatch.Same:
                return Verdict.NotOurs;
            // Without trace and time a booking of the same price may be ours under the number of the one before: only sums can tell.
            case MarkMatch.Alike:
                return AmountFits(status) ? Verdict.Forgotten : Verdict.NotOurs;
        }

        // A session after ours made it: it says nothing about ours.
        if (entry.TakenByOthers.Any(taken => ZvtMark.IsSame(status, taken))) return Verdict.Foreign;
        // A clock that goes wrong makes a new booking look old: the time alone never says that it is not ours.
        return IsNewer(status, baseline) && AmountFits(status) && ReferencesFit(status) && TimeFits(status)
            ? Verdict.Ours
            : Verdict.Foreign;
    }

    // Receipt numbers wrap after 9999: what is up to half the ring ahead is newer (§8.1).
    private bool IsNewer(ZvtStatusInformation status, Baseline? baseline)
    {
        // Without a mark nothing tells a newer booking from an older one of the same price.
        if (baseline is null) return false;
        if (baseline.Receipt is null) return true;
        if (!int.TryParse(status.Receipt, out var now) || !int.TryParse(baseline.Receipt, out var before)) return false;
        var ahead = (now - before + 9999) % 9999;
        // Where numbers repeat, another amount, time or trace makes it another booking; none stored later is older than the one before.
        return ahead is > 0 and < 5000 || (ahead == 0 && !IsEarlier(ZvtMark.AtOf(status), baseline.At));
    }

    private bool IsEarlier(string? at, string? before)
    {
        var now = clock.GetLocalNow().DateTime;
        return ZvtMark.TimeOf(at, now) < ZvtMark.TimeOf(before, now);
    }

    // Two bookings since ours began: which of them is ours, and whether the other undid it, their numbers do not say. Where receipt numbers
    // repeat, only the trace tells that nothing came between; without one either, a terminal that names totals, which are held against
    // our books.
    private bool IsNext(ZvtStatusInformation status)
    {
        if (Session.Baseline is not { Receipt: { } before } baseline || !int.TryParse(before, out var last)
            || !int.TryParse(status.Receipt, out var now)) return true;
        var ahead = (now - last + 9999) % 9999;
        if (ahead != 0) return ahead == 1;
        if (ZvtMark.IsNone(status.Trace) || ZvtMark.IsNone(baseline.Trace)) return entry.Books is not null;
        return int.TryParse(status.Trace, out var trace) && int.TryParse(baseline.Trace, out var traceBefore)
            && (trace - traceBefore + 999_999) % 999_999 <= 1;
    }

    private bool AmountFits(ZvtStatusInformation status)
    {
        var asked = Session.Request.Total ?? Session.Request.Original?.Amount ?? Session.Announced?.ApprovedAmount;
        if (asked is not { } wanted) return Session.Request.Kind.NeedsOriginal() && status.OriginalTrace is not null;
        if (!ZvtConclusions.TryCurrency(status, out var currency) || (currency ?? wanted.Currency) != wanted.Currency) return false;
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
        if (TimeOf(status) is not { } told) return Session.Baseline is not null;
        // How far its clock is off is known from the booking before; without that it has to be right.
        var time = entry.ClockOffset is { } offset && offset.Duration() > dialect.ClockSkew ? told - offset : told;
        // A booking from hours later was made by hand, or by another till.
        var latest = Start + LongestConversation;
        var now = clock.GetLocalNow().DateTime;
        return time >= Start - dialect.ClockSkew && time <= (latest < now ? latest : now) + dialect.ClockSkew;
    }

    private DateTime Start => TimeZoneInfo.ConvertTime(Session.SentAt ?? Session.CreatedAt, clock.LocalTimeZone).DateTime;

    private DateTime? TimeOf(ZvtStatusInformation status) =>
        ZvtMark.TimeOf(ZvtMark.AtOf(status), clock.GetLocalNow().DateTime);

    private async Task<TerminalEvent> Found(ZvtStatusInformation status, CancellationToken shutdown)
    {
        Conclusion found;
        try
        {
            found = conclusions.Announced(status, Session.Request);
        }
        catch (ProtocolViolationException unreadable)
        {
            return Unclear(Reason.CannotTell, unreadable.Message, askAgain: false);
        }

        // An approval that was announced is unsaid only where the totals do not show it.
        var isUnsaid = Session.Announced is { Outcome: Outcome.Approved };
        if (found.Outcome is not Outcome.Approved)
            return isUnsaid ? await AskForContradiction(found, shutdown) : new Concluded(found);
        var said = new Concluded(found with
        {
            Reason = found.Reason is Reason.ApprovedOtherAmount ? found.Reason : Reason.Recovered,
        });
        return await AskWhetherItStands(said, status, shutdown);
    }

    // The wire does not say whether the booking is a sale or a refund by hand over the same amount: where the terminal names totals
    // they must not say otherwise (found by outsiders).
    private async Task<TerminalEvent> AskWhetherItStands(Concluded said, ZvtStatusInformation status, CancellationToken shutdown)
    {
        var isCounted = Session.Request.Kind is not (RequestKind.PreAuthorization or RequestKind.CancelPreAuthorization);
        ZvtAnswer? answer = null;
        try
        {
            if (isCounted && dialect.HasTotals && entry.Books is not null) answer = await questions.Totals(shutdown);
        }
        catch (Exception lost) when (lost is LinkLostException or ProtocolViolationException)
        {
            // A terminal that cannot be asked for totals, and breaks at it, names none; once may be the line.
            const string Broke = "The line broke at the question for totals.";
            entry.StayedReachable = false;
            if (entry.FirstSeen != Broke) return new SecondLookNeeded(dialect.Settle, Broke);
        }

        if (answer is { IsBusy: true }) return Unclear(Reason.TerminalBusy, "The terminal is still busy.", askAgain: true);
        var totals = answer?.Status is { } told ? conclusions.TotalsOf(told) : null;
        // It told this very booking in the conversation as well: said twice, only totals that lack just it speak against it.
        var isRepeated = Session.Announced is { Outcome: Outcome.Approved } announced
            && announced.ApprovedAmount == said.Conclusion.ApprovedAmount && ZvtMark.IsSame(status, announced.References);
        if (totals is null || (totals.Count == 0 && ZvtMark.IsNone(totals.LastReceipt)))
        {
            return IsNext(status) || isRepeated || !isCounted
                ? said
                : Unclear(
                    Reason.ForeignBooking,
                    $"The terminal's last booking is {Describe(status)}, and more than one was made since ours began.",
                    askAgain: false);
        }

        // A close between, whose totals do not reach back to it, may hide that it is the undoing of ours (found by the laboratory).
        var isCovered = IsNext(status) || ReachBack(totals);
        if (entry.Books is not { } ours) return said;
        if (isCovered && await ours.Show(books => Stands(books, totals, said.Conclusion, status.Receipt))) return said;
        if (isRepeated && await ours.Show(
            books => !(SameSize(totals.Net, books.Within(totals.FirstReceipt).Net) && books.Whole.CanCount(totals.Count)))) return said;
        return Twice(
            Unclear(
                Reason.CannotTell,
                $"The terminal repeats {Describe(status)}, and its totals are {totals.Net} in {totals.Count} bookings up to receipt "
                + $"{totals.LastReceipt}; our books say {ours.Net} without it.",
                askAgain: false),
            "The terminal's totals do not show this booking.");
    }

    // They begin with the next number behind the booking before ours, or further back.
    private bool ReachBack(Totals totals) => ZvtMark.IsNone(totals.FirstReceipt)
        || !int.TryParse(totals.FirstReceipt, out var first) || !int.TryParse(Session.Baseline?.Receipt, out var before)
        || (first - before + 9999) % 9999 is <= 1 or >= 5000;

    private bool Stands(PeriodBooks books, Totals totals, Conclusion found, string? receipt)
    {
        if (found.ApprovedAmount is not { } amount) return true;
        if (!ZvtMark.IsNone(totals.LastReceipt) && totals.LastReceipt != receipt) return false;
        bool Shows(long signed, int least) => books.With(new(receipt, signed, 0, 0, least, 1)).Within(totals.FirstReceipt) is var with
            && SameSize(totals.Net, with.Net) && with.CanCount(totals.Count);
        var sign = Session.Request.Kind.SignInTotals();
        // A reversal may go either way.
        return sign == 0
            ? Shows(amount.MinorUnits, -1) || Shows(-amount.MinorUnits, -1)
            : Shows(sign * amount.MinorUnits, 1);
    }

    // The sign of a sum is not on the wire (§8.4).
    private static bool SameSize(Money told, Money ours) =>
        told.Currency == ours.Currency && Math.Abs(told.MinorUnits) == Math.Abs(ours.MinorUnits);

    private static bool Agrees(BookTotals ours, Totals told) => SameSize(told.Net, ours.Net) && ours.CanCount(told.Count);

    // README §5.1: idle at once after a break is not yet over. Only the same answer again is believed.
    private TerminalEvent Twice(TerminalEvent said, string seen) =>
        entry.Twice(said, seen, dialect.Settle);

    private TerminalEvent NotBooked() => Twice(new Concluded(entry.NotBooked()), "The terminal has not booked it so far.");

    // README §5.1 (a) proves it for a terminal that forgets only while it is away. Where it names totals they must not say
    // otherwise: a terminal that forgot without going away would be believed (found by the laboratory).
    private async Task<TerminalEvent> AskForContradiction(Conclusion meant, CancellationToken shutdown)
    {
        var agreed = Twice(new Concluded(meant), "The terminal has not booked it so far.");
        if (!dialect.HasTotals) return agreed;
        var answer = await questions.Totals(shutdown);
        if (answer.IsBusy) return Unclear(Reason.TerminalBusy, "The terminal is still busy.", askAgain: true);
        if (answer.Status is not { } status || conclusions.TotalsOf(status) is not { } totals) return agreed;
        // A period without a booking and a number, as after a close, says that nothing was stored since.
        var nothingSince = totals is { Count: 0, Net.MinorUnits: 0 } && ZvtMark.IsNone(totals.LastReceipt);
        var sameLast = Session.Baseline?.Receipt is { } last && totals.LastReceipt == last;
        var fits = nothingSince || (sameLast && (entry.Books is not { } ours
            || await ours.Show(books => Agrees(books.Within(totals.FirstReceipt), totals))));
        return fits
            ? agreed
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
        if (SamePeriod(totals) && !IsOursAlone(totals) && await entry.Books!.Show(books => books.Within(totals.FirstReceipt) is var part
            && SameSize(totals.Net, part.Net) && part.IsLeast(totals.Count) && WouldShow(part.Net)))
            return NotBooked();
        return Unclear(
            Reason.CannotTell,
            $"{why} Its totals are {totals.Net} in {totals.Count} bookings, our books say {expected} without this one.",
            askAgain: false);
    }

    // A terminal that closed its day by itself and then booked ours would show the same (found by the laboratory).
    private bool IsOursAlone(Totals totals) => totals.Count <= 1
        && (Session.Request.Total ?? Session.Request.Original?.Amount) is { } ours && SameSize(ours, totals.Net);

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
            return Session.Baseline == Baseline.Nothing && ZvtMark.IsNone(totals.LastReceipt) && Session.Phase is not SessionPhase.Closed
                && clock.GetLocalNow().DateTime - Start <= LongestConversation;
        return Session.Baseline?.Receipt is { } last && totals.LastReceipt == last;
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
            return Twice(new Concluded(new(Outcome.Failed, Reason.NotBooked) { Totals = totals }), "The terminal has not closed so far.");
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
