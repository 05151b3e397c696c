using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Domain.Books;
using Tillbridge.Domain.Proof;
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
    private ZvtRecognition Recognition => field ??= new(entry, Device, dialect, clock);

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

        // A memory that is not believed is not asked; before a payment it is, for what it tells may be told again.
        if (!dialect.Trusts(Ground.MemoryIsTrue))
            return mayStillBook ? NotIdle(status) : await AskTotals("What it repeats is not believed.", null, shutdown);
        var memory = await questions.LastBooking(shutdown);
        if (memory.IsBusy) return Unclear(Reason.TerminalBusy, "The terminal is still busy.", askAgain: true);
        var verdict = memory.Answered ? Recognition.Judge(memory) : ZvtVerdict.Silent;
        if (mayStillBook && verdict is not (ZvtVerdict.Ours or ZvtVerdict.Foreign)) return NotIdle(status);
        switch (verdict)
        {
            case ZvtVerdict.Ours when !CanBeBelieved(memory.Status!):
                return Unclear(
                    Reason.CannotTell, "The terminal repeats our booking without a result code that can be believed.", askAgain: false);
            case ZvtVerdict.Ours:
                return await Found(memory.Status!, shutdown);
            case ZvtVerdict.Foreign:
                return Unclear(
                    Reason.ForeignBooking,
                    $"The terminal's last booking is {Describe(memory.Status!)}, which is not certain to be ours.",
                    askAgain: false);

            // An approval that was announced, and perhaps committed, is not undone by absence alone (§9.2).
            case ZvtVerdict.NotOurs when entry.StayedReachable && idle && dialect.Trusts(Ground.ReachableRemembers)
                && Session.Announced is not { Outcome: Outcome.Approved }:
                return await AskForContradiction(entry.NotBooked(InMemory(memory)), shutdown);
            case ZvtVerdict.NotOurs:
                return await AskTotals("The terminal's last booking is not ours; it may have forgotten.", memory, shutdown);
            case ZvtVerdict.Silent:
                return await AskTotals("The terminal cannot repeat its last booking.", memory, shutdown);
            default:
                return await AskTotals("The terminal has forgotten its last booking.", null, shutdown);
        }
    }

    private static string Seen(ZvtAnswer memory) => memory.Status?.Receipt is null ? Ground.NothingStored : Ground.LastIsEarlier;

    // What a "not booked" rests on that its memory says.
    private static Grounds InMemory(ZvtAnswer memory)
    {
        var grounds = Grounds.Of(Seen(memory), Ground.StayedReachable, Ground.MemoryIsTrue, Ground.ReachableRemembers);
        return memory.Status?.Receipt is null ? grounds : grounds.With(Ground.BookingsDiffer);
    }

    // §9.3: rely on 27. Host codes that do not fit it come as 00 with A0 set (§7.2).
    private static bool CanBeBelieved(ZvtStatusInformation status) =>
        status is { ResultCode: not null } and not { ResultCode: 0, ResultCodeAs: >= 0xA0 and <= 0xAF };

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

        var isRepeated = IsRepeated(status, found);
        if (!isRepeated && !dialect.Trusts(Ground.NobodyElseBooksAlike))
            return Unclear(
                Reason.ForeignBooking, $"The terminal's last booking is {Describe(status)}, and others book there, too.", askAgain: false);
        found = found.On(
            Ground.RepeatsBooking, Ground.MemoryIsTrue, isRepeated ? Ground.AnnouncedBefore : Ground.NobodyElseBooksAlike);
        // Only totals tell a sale from a refund by hand over the same amount.
        if (!isRepeated && IsCounted && found.Outcome is Outcome.Approved && !dialect.Trusts(Ground.TotalsMove))
            return Unclear(
                Reason.CannotTell, $"The terminal repeats {Describe(status)}, and its totals are not believed.", askAgain: false);
        // An approval that was announced is unsaid only where the totals do not show it.
        var isUnsaid = Session.Announced is { Outcome: Outcome.Approved };
        if (found.Outcome is not Outcome.Approved)
            return isUnsaid ? await AskForContradiction(found, shutdown) : new Concluded(found);
        var said = found with { Reason = found.Reason is Reason.ApprovedOtherAmount ? found.Reason : Reason.Recovered };
        return await AskWhetherItStands(said.On(Ground.HandsShow), status, isRepeated, shutdown);
    }

    // It told this very booking in the conversation as well. Where numbers repeat, another code or time makes it another one.
    private bool IsRepeated(ZvtStatusInformation status, Conclusion found) => Session.Announced is { Outcome: Outcome.Approved } announced
        && announced.ApprovedAmount == found.ApprovedAmount && ZvtMark.IsSame(status, announced.References)
        && (announced.References.Approval is not { } code || found.References.Approval is not { } told || told == code)
        && (announced.TerminalTime is not { } time || found.TerminalTime is not { } at || at == time);

    private bool IsCounted => Session.Request.Kind is not (RequestKind.PreAuthorization or RequestKind.CancelPreAuthorization);

    // The wire does not say whether the booking is a sale or a refund by hand over the same amount: where the terminal names totals
    // they must not say otherwise (found by outsiders).
    private async Task<TerminalEvent> AskWhetherItStands(
        Conclusion said, ZvtStatusInformation status, bool isRepeated, CancellationToken shutdown)
    {
        ZvtAnswer? answer = null;
        try
        {
            if (IsCounted && dialect.HasTotals && entry.Books is not null) answer = await questions.Totals(shutdown);
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
        if (totals is null || (totals.Count == 0 && ZvtMark.IsNone(totals.LastReceipt)))
        {
            // What other hands undid would show in the totals that were told, if it did not close its day by itself behind that.
            var isOurs = Recognition.IsNext(status, totals is null) || isRepeated || !IsCounted;
            return isOurs && (totals is null || dialect.Trusts(Ground.ClosesShow))
                ? new Concluded(totals is null ? said : said.On(Ground.PeriodIsEmpty, Ground.TotalsMove, Ground.ClosesShow))
                : Unclear(
                    Reason.ForeignBooking,
                    $"The terminal's last booking is {Describe(status)}, and more than one was made since ours began.",
                    askAgain: false);
        }

        if (entry.Books is not { } ours) return new Concluded(said);
        // A close between, whose totals do not reach back to it, may hide that it is the undoing of ours (found by the laboratory).
        var isCovered = Recognition.IsNext(status, heldAgainstBooks: true) || ReachBack(totals);
        if (isCovered && await ours.Show(books => Stands(books, totals, said, status.Receipt)))
            return new Concluded(said.On(Ground.TotalsAgree, Ground.TotalsMove));
        // Said twice, only totals that lack just it speak against it.
        if (isRepeated && await ours.Show(
            books => !(SameSize(totals.Net, books.Within(totals.FirstReceipt).Net) && books.Whole.CanCount(totals.Count))))
            return new Concluded(said);
        return Twice(
            Unclear(
                Reason.CannotTell,
                $"The terminal repeats {Describe(status)}, and its totals are {totals.Net} in {totals.Count} bookings up to receipt "
                + $"{totals.LastReceipt}; our books say {ours.Net} without it.",
                askAgain: false),
            "The terminal's totals do not show this booking.");
    }

    // They begin with the next number behind the booking before ours, or further back.
    private bool ReachBack(Totals totals) => BehindLast(totals) is <= 1 or >= 5000;

    // How many numbers behind the booking before ours they begin; 0 where that is not told.
    private int BehindLast(Totals totals) => !ZvtMark.IsNone(totals.FirstReceipt)
        && int.TryParse(totals.FirstReceipt, out var first) && int.TryParse(Session.Baseline?.Receipt, out var before)
            ? (first - before + 9999) % 9999
            : 0;

    private bool Stands(PeriodBooks books, Totals totals, Conclusion found, string? receipt)
    {
        if (found.ApprovedAmount is not { } amount) return true;
        if (!ZvtMark.IsNone(totals.LastReceipt) && totals.LastReceipt != receipt) return false;
        // Behind a close of its own the terminal counts none of our books but this one (found by the laboratory).
        var from = BehindLast(totals) is > 0 and < 5000 ? receipt : totals.FirstReceipt;
        bool Shows(long signed, int least) => books.With(new(receipt, signed, 0, 0, least, 1)).Within(from) is var with
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

    private TerminalEvent NotBooked(Conclusion meant) => Twice(new Concluded(meant), "The terminal has not booked it so far.");

    // README §5.1 (a) proves it for a terminal that forgets only while it is away. Where it names totals they must not say
    // otherwise: a terminal that forgot without going away would be believed (found by the laboratory).
    private async Task<TerminalEvent> AskForContradiction(Conclusion meant, CancellationToken shutdown)
    {
        if (!dialect.HasTotals) return NotBooked(meant);
        var answer = await questions.Totals(shutdown);
        if (answer.IsBusy) return Unclear(Reason.TerminalBusy, "The terminal is still busy.", askAgain: true);
        if (answer.Status is not { } status || conclusions.TotalsOf(status) is not { } totals) return NotBooked(meant);
        // A period without a booking and a number, as after a close, says that nothing was stored since.
        var nothingSince = totals is { Count: 0, Net.MinorUnits: 0 } && ZvtMark.IsNone(totals.LastReceipt);
        var sameLast = Session.Baseline?.Receipt is { } last && totals.LastReceipt == last;
        var fits = nothingSince || (sameLast && (entry.Books is not { } ours
            || await ours.Show(books => Agrees(books.Within(totals.FirstReceipt), totals))));
        return fits
            ? NotBooked(meant.On(Ground.TotalsAgree))
            : Unclear(
                Reason.CannotTell,
                $"The terminal repeats an older booking, but its totals are {totals.Net} in {totals.Count} bookings up to receipt "
                + $"{totals.LastReceipt}, our books say {entry.ExpectedNet?.ToString() ?? "nothing certain"} up to "
                + $"{Session.Baseline?.Receipt ?? "none"}.",
                askAgain: false);
    }

    // README §5.1 (b): only totals that agree with our books prove that a forgetful terminal did not book.
    private async Task<TerminalEvent> AskTotals(string why, ZvtAnswer? memory, CancellationToken shutdown)
    {
        if (!dialect.HasTotals || !dialect.Trusts(Ground.ClosesShow) || entry.ExpectedNet is not { } expected)
            return Unclear(Reason.CannotTell, $"{why} Totals cannot settle it.", askAgain: false);
        var answer = await questions.Totals(shutdown);
        if (answer.IsBusy) return Unclear(Reason.TerminalBusy, "The terminal is still busy.", askAgain: true);
        if (answer.Status is not { } status || conclusions.TotalsOf(status) is not { } totals)
            return Unclear(Reason.CannotTell, $"{why} It names no totals.", askAgain: false);
        // Where numbers repeat, the last one tells no period.
        var tellsPeriod = totals.Count == 0 || dialect.Trusts(Ground.BookingsDiffer);
        var isAlone = memory?.Status?.Receipt is null && IsOursAlone(totals);
        // Something stands in its memory, and an emptied period says nothing of what it was.
        var hidesOne = totals.Count == 0 && memory is { Answered: false, Status.ResultCode: null or 0 };
        if (tellsPeriod && SamePeriod(totals) && !isAlone && !hidesOne && await entry.Books!.Show(
            books => books.Within(totals.FirstReceipt) is var part
                && SameSize(totals.Net, part.Net) && part.IsLeast(totals.Count) && WouldShow(part.Net)))
        {
            var grounds = Grounds.Of(
                Ground.TotalsAgree, Ground.TotalsMove, Ground.ClosesShow,
                totals.Count == 0 ? Ground.PeriodIsEmpty : Ground.BookingsDiffer);
            return NotBooked(entry.NotBooked(memory is { Answered: true } ? grounds.With(Seen(memory)) : grounds));
        }

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
                && clock.GetLocalNow().DateTime - Recognition.Start <= ZvtRecognition.LongestConversation;
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
            return new Concluded((announced with { Reason = Reason.Recovered }).On(
                Ground.AnnouncedBefore, Ground.PeriodIsEmpty, Ground.ResultIsTrue));
        if (totals is { Count: > 0 } && entry.ExpectedNet is { } expected && totals.Net == expected)
        {
            var open = new Conclusion(Outcome.Failed, Reason.NotBooked) { Totals = totals };
            return Twice(new Concluded(open.On(Ground.TotalsAgree, Ground.TotalsMove)), "The terminal has not closed so far.");
        }

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
