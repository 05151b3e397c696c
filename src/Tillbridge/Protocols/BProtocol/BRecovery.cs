using Tillbridge.Domain;
using Tillbridge.Domain.Books;
using Tillbridge.Domain.Proof;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Protocols.BProtocol;

/// <summary>
/// What became of a session whose conversation broke (csob-b.md §9, gpe.md §9), judged by the rules of the protocols README §5.
/// "Not found" is not "not paid".
/// </summary>
internal sealed class BRecovery(
    RecoveryEntry entry, BIdentity identity, BQuestions questions, BTalk talk, BConclusions conclusions, BDialect dialect, Currency own,
    TimeProvider clock)
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
    private static readonly TimeSpan PaperLimit = TimeSpan.FromSeconds(2);

    private Session Session => entry.Session;

    /// <summary>The terminal that the address names; null where it names none.</summary>
    public string? Device { get; init; }

    /// <summary>Receipts that came with the booking; null when they have to be composed.</summary>
    public IReadOnlyList<Receipt>? Receipts { get; private set; }

    public async Task<TerminalEvent> Ask(CancellationToken shutdown)
    {
        var idle = await questions.IsIdle(shutdown);
        if (idle is false)
        {
            // T81 ends a wait for the card. It is ours only while our own conversation is the one that broke: later, as after a
            // restart of ours, it would stop somebody else's payment.
            if (Session.Phase is not SessionPhase.Recovering || Session.Announced is not null || !MayStillRun()) return StillBusy();
            var stopped = await talk.Ask(BOperations.Passivate, talk.Passivate, shutdown);
            entry.StoppedByUs |= dialect.Passivate.Cancelled.Contains(stopped.Get(dialect, BFields.Response) ?? "");
            idle = await questions.IsIdle(shutdown);
            if (idle is false) return StillBusy();
        }

        if (Session.Request.Kind is RequestKind.Reconciliation) return await AskReconciliation(shutdown);
        // One whose memory is not believed is not asked.
        if (!dialect.Trusts(Ground.MemoryIsTrue))
            return await AskTotals("What it says of its last booking is not believed.", null, shutdown);
        var last = await questions.Last(shutdown);
        if (last.Kind is LastKind.Busy) return StillBusy();
        switch (Judge(last))
        {
            case Verdict.Ours:
                // An uncertain end is a state that may still change: only the same word twice ends it (k2-client.md §2.5).
                if (conclusions.IsUncertain(last.Code ?? "") && !(await questions.Last(shutdown)).IsAsBefore(last.ToBaseline(), identity))
                    return new StillUnclear(Reason.CannotTell, "The terminal's word about this booking still changes.", AskAgain: true);
                var found = await FoundRefused(await FoundPart(Found(last), shutdown), shutdown);
                if (found is Concluded { Conclusion.Outcome: Outcome.Approved }) await FetchPaper(last, shutdown);
                return found;
            case Verdict.Foreign:
                return Unclear(Reason.ForeignBooking, $"The terminal's last booking is {Describe(last)}, which is not certain to be ours.");

            // An approval that was announced is not undone by absence alone.
            case Verdict.NotOurs when entry.StayedReachable && idle is true && Session.Announced is not { Outcome: Outcome.Approved }
                && IsProved(last) && dialect.Trusts(Ground.ReachableRemembers):
                return await AskForContradiction(last, shutdown);
            case Verdict.NotOurs:
                return await AskTotals("The terminal's last booking is not ours; it may have forgotten.", last, shutdown);
            case Verdict.Silent:
                return await AskTotals("The terminal cannot repeat its last booking.", null, shutdown);
            default:
                return await AskTotals("The terminal has forgotten its last booking.", null, shutdown);
        }
    }

    private bool MayStillRun() =>
        (clock.GetUtcNow() - (Session.SentAt ?? Session.CreatedAt)).Duration() <= dialect.Timers.Overall + dialect.RecoveryWindow;

    private Verdict Judge(BLast last)
    {
        var baseline = Session.Baseline;
        if (last.Kind is LastKind.NoAnswer) return Verdict.Silent;
        // It has nothing stored. That is news only if it had something before.
        if (last.Kind is LastKind.Nothing) return baseline == Baseline.Nothing ? Verdict.NotOurs : Verdict.Forgotten;
        // Another device at the same address knows nothing of our booking.
        if (BIdentity.IsOtherDevice(baseline?.TerminalId, last.Answer.TerminalId)) return Verdict.Foreign;
        if (BIdentity.IsOtherDevice(Device, last.Answer.TerminalId)) return Verdict.Foreign;
        // Who undid a booking sent no number of his own: without the operation the booking and its undoing look alike.
        if (!identity.IsUnique && last.Operation is null) return Verdict.Foreign;
        if (last.IsAsBefore(baseline, identity)) return Verdict.NotOurs;
        // A session after ours made it: it says nothing about ours.
        if (entry.TakenByOthers.Any(taken => IsTaken(last, taken))) return Verdict.Foreign;
        if (!last.Carries(identity) || !AmountFits(last)) return Verdict.Foreign;
        // Without a number of our own only the mark from before tells a newer booking from an older one.
        return identity.IsUnique || baseline is not null ? Verdict.Ours : Verdict.Foreign;
    }

    private bool IsTaken(BLast last, References taken) => taken.Receipt is { } receipt
        ? last.Answer.Get(dialect, BFields.Sequence) == receipt
        : !identity.IsUnique && Original.SameApproval(taken.Approval, last.Approval);

    private bool AmountFits(BLast last)
    {
        if (BConclusions.AskedOf(Session.Request) is not { } asked) return true;
        if (!BAmounts.TryCurrency(last.Answer.Get(dialect, BFields.Currency), out var named)) return false;
        if ((named ?? asked.Currency) != asked.Currency && named != Session.Announced?.ApprovedAmount?.Currency) return false;
        var digits = last.Answer.Get(dialect, BFields.Amount);
        // A reversal is known by the code of what it undid.
        if (digits is null) return !conclusions.IsApproved(last.Code) || Session.Request.Kind is RequestKind.Reversal;
        if (BAmounts.Read(digits, asked.Currency, dialect) is not { } amount) return false;
        var goods = new BRequests(dialect).Goods(Session.Request);
        var cash = BAmounts.Read(last.Answer.Get(dialect, BFields.Cashback), asked.Currency, dialect);
        var whole = cash is { } beside && !dialect.CashbackIncluded ? amount + beside : amount;
        // What was announced, or approved for a part, may differ from what was asked; then that is the one to look for.
        return amount == goods || whole == asked || whole == Session.Announced?.ApprovedAmount
            || (dialect.Codes.GroupOf(last.Code ?? "") is CodeGroup.Partial && amount.MinorUnits <= asked.MinorUnits);
    }

    private TerminalEvent Found(BLast last)
    {
        Conclusion found;
        try
        {
            found = conclusions.Of(last.Answer, Session.Request);
        }
        catch (ProtocolViolationException wrong)
        {
            return Unclear(Reason.CannotTell, wrong.Message);
        }

        if (found.Outcome is Outcome.Unknown) return Unclear(Reason.CannotTell, "The terminal repeats a result that says two things.");
        if (!identity.IsUnique && !dialect.Trusts(Ground.NobodyElseBooksAlike))
            return Unclear(Reason.ForeignBooking, $"The terminal's last booking is {Describe(last)}, and others book there, too.");
        if (BReceipts.Inline(last.Answer, dialect, isMoney: true).All is { Count: > 0 } printed) Receipts = printed;
        // The code for what our own T81 stopped names the customer or the cashier, and nobody of them did it.
        var reason = found.Outcome is Outcome.Cancelled && entry.StoppedByUs ? Reason.Cancelled : found.Reason;
        if (found.Outcome is Outcome.Approved && found.Reason is not Reason.ApprovedOtherAmount) reason = Reason.Recovered;
        found = found.On(
            Ground.RepeatsBooking, Ground.MemoryIsTrue, identity.IsUnique ? Ground.CarriesOurNumber : Ground.NobodyElseBooksAlike);
        return new Concluded((found.Outcome is Outcome.Approved ? found.On(Ground.HandsShow) : found) with { Reason = reason });
    }

    // csob-b.md §2.2: what the flags say is waiting the till must fetch and print, in recovery as well.
    private async Task FetchPaper(BLast last, CancellationToken shutdown)
    {
        if (Receipts is not null || Session.Receipts.Count > 0) return;
        using var late = new CancellationTokenSource(PaperLimit, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, shutdown);
        try
        {
            var paper = await new BReceipts(talk, dialect).Collect(last.Answer, Session.Request, end.Token);
            if (paper.All.Count > 0) Receipts = paper.All;
        }
        catch (OperationCanceledException)
        {
            // What is known about the money waits for no paper.
        }
    }

    // Nobody asked for the amount of a part: where the terminal names totals they must not say otherwise (found by the laboratory).
    private async Task<TerminalEvent> FoundPart(TerminalEvent said, CancellationToken shutdown)
    {
        if (said is not Concluded { Conclusion: { Reason: Reason.ApprovedOtherAmount, ApprovedAmount: { } part } found }
            || part == Session.Announced?.ApprovedAmount)
            return said;
        if (!WouldShow()) return Unclear(Reason.CannotTell, $"The terminal repeats {part} of this reservation, which stands in no total.");
        if (!dialect.RecoveryTotals || entry.ExpectedNet is not { } before) return said;
        var (totals, busy) = await questions.Totals(BOperations.SubTotals, own, shutdown);
        if (busy) return StillBusy();
        if (totals is null) return said;
        var sign = Session.Request.Kind.SignInTotals();
        var moved = (Int128)totals.Net.MinorUnits - before.MinorUnits; // The terminal's sums may be anything.
        // A reversal may go either way.
        var fits = sign == 0 ? Int128.Abs(moved) == part.MinorUnits : moved == sign * part.MinorUnits;
        if (fits && totals.Net.Currency == before.Currency) return new Concluded(found.On(Ground.TotalsAgree, Ground.TotalsMove));
        return Unclear(
            Reason.CannotTell,
            $"The terminal repeats {part} of this booking, and its totals are {totals.Net}; our books say {before} without it.");
    }

    // An approval that was announced is unsaid only where the totals do not show it.
    private async Task<TerminalEvent> FoundRefused(TerminalEvent said, CancellationToken shutdown)
    {
        if (said is not Concluded { Conclusion: { Outcome: Outcome.Declined or Outcome.Cancelled or Outcome.Failed } refused }
            || Session.Announced is not { Outcome: Outcome.Approved })
            return said;
        if (!dialect.RecoveryTotals || entry.Books is not { } books) return Twice(said, "The terminal repeats this booking as refused.");
        var (totals, busy) = await questions.Totals(BOperations.SubTotals, own, shutdown);
        if (busy) return StillBusy();
        return totals is null || await books.Show(ours => ours.HasTail(totals))
            ? Twice(
                totals is null ? said : new Concluded(refused.On(Ground.TotalsAgree)), "The terminal repeats this booking as refused.")
            : Unclear(
                Reason.CannotTell,
                $"The terminal repeats this booking as refused, and its totals are {totals.Net} in {totals.Count} bookings; our books say "
                + $"{books.Net} without it.");
    }

    // A reservation is in no sum, so that nothing could contradict a terminal that says "nothing stored" and has forgotten.
    private bool IsProved(BLast last) => last.Kind is LastKind.Found || Session.Request.Kind is not RequestKind.PreAuthorization;

    // README §5.1 (a) proves it for a terminal that forgets only while it is away. Where it names totals they must not say otherwise.
    private async Task<TerminalEvent> AskForContradiction(BLast last, CancellationToken shutdown)
    {
        var (totals, busy) = dialect.RecoveryTotals ? await questions.Totals(BOperations.SubTotals, own, shutdown) : (null, false);
        if (busy) return StillBusy();
        var isOlder = last.Kind is LastKind.Found && identity.IsUnique;
        // Without totals only an older booking under another number is a proof. "Nothing stored" is what a terminal without memory says,
        // too (gpe.md §9), and what undoes a booking has no number of its own.
        if (totals is null && !isOlder)
            return new StillUnclear(Reason.CannotTell, "The terminal names neither this booking nor totals.", AskAgain: true);
        // A terminal that has bookings and says that it has none stored forgets: only sums that agree are then believed (laboratory). Where
        // our books name none, an older booking under another number is the proof, as without totals. A period that the terminal closed by
        // itself holds the last of our bookings and none but them.
        var fits = totals is null || (entry.Books is { } books
            ? await books.Show(ours => isOlder ? ours.HasTail(totals) : Proves(ours, totals))
            : isOlder);
        return fits
            ? NotBooked(entry.NotBooked(InMemory(last, totals)))
            : Unclear(
                Reason.CannotTell,
                $"The terminal does not name this booking, but its totals are {totals!.Net} in {totals.Count} bookings; "
                + $"our books say {entry.ExpectedNet?.ToString() ?? "nothing certain"}.");
    }

    // An older booking under another number is the proof, else the totals are.
    private Grounds InMemory(BLast last, Totals? totals)
    {
        var seen = Grounds.Of(Seen(last), Ground.StayedReachable);
        if (totals is not null) seen = seen.With(Ground.TotalsAgree);
        return last.Kind is LastKind.Found && identity.IsUnique
            ? seen.With(Ground.MemoryIsTrue, Ground.ReachableRemembers)
            : seen.With(Ground.TotalsMove, Ground.ClosesShow);
    }

    private static string Seen(BLast last) => last.Kind is LastKind.Nothing ? Ground.NothingStored : Ground.LastIsEarlier;

    // README §5.1 (b): only totals that agree with our books prove that a forgetful terminal did not book.
    private async Task<TerminalEvent> AskTotals(string why, BLast? last, CancellationToken shutdown)
    {
        if (!dialect.RecoveryTotals || !dialect.Trusts(Ground.ClosesShow) || entry.ExpectedNet is not { } expected)
            return Unclear(Reason.CannotTell, $"{why} Totals cannot settle it.");
        var (totals, busy) = await questions.Totals(BOperations.SubTotals, own, shutdown);
        if (busy) return StillBusy();
        if (totals is null) return Unclear(Reason.CannotTell, $"{why} It names no totals.");
        if (IsSamePeriod(totals) && WouldShow() && await entry.Books!.Show(books => Proves(books, totals)))
        {
            var grounds = Grounds.Of(Ground.TotalsAgree, Ground.TotalsMove, Ground.ClosesShow);
            return NotBooked(entry.NotBooked(last is null ? grounds : grounds.With(Seen(last))));
        }

        return Unclear(
            Reason.CannotTell, $"{why} Its totals are {totals.Net} in {totals.Count} bookings, our books say {expected} without this one.");
    }

    private bool Proves(PeriodBooks books, Totals totals)
    {
        var sign = Session.Request.Kind.SignInTotals();
        return books.Whole.Holds(totals) && !(BConclusions.AskedOf(Session.Request) is { } ours
            && books.CouldHide(new(null, sign * ours.MinorUnits, 0, 0, Math.Abs(sign), 1), totals));
    }

    // README §5.1: idle at once after a break is not yet over. Only the same answer again is believed.
    private TerminalEvent NotBooked(Conclusion meant) => Twice(new Concluded(meant), "The terminal has not booked it so far.");

    private TerminalEvent Twice(TerminalEvent said, string seen) =>
        entry.Twice(said, seen, dialect.Settle);

    // An empty period may be one that the terminal, or a person, closed meanwhile.
    private bool IsSamePeriod(Totals totals) => totals.Count > 0
        || (Session.Baseline == Baseline.Nothing && Session.Phase is not SessionPhase.Closed
            && clock.GetUtcNow() - (Session.SentAt ?? Session.CreatedAt) <= LongestConversation);

    private bool WouldShow() => Session.Request.Kind is not RequestKind.PreAuthorization;

    // After a close the open period is empty, and the sums of the last close are what our books had; before it, they are in it.
    private async Task<TerminalEvent> AskReconciliation(CancellationToken shutdown)
    {
        if (!dialect.RecoveryTotals) return Unclear(Reason.CannotTell, "The terminal names no totals.");
        var (open, busy) = await questions.Totals(BOperations.SubTotals, own, shutdown);
        if (busy) return StillBusy();
        if (open is { Count: 0 } && Session.Announced is { PeriodClosed: true } announced)
        {
            var closed = announced with { Reason = announced.Outcome is Outcome.Approved ? Reason.Recovered : announced.Reason };
            return new Concluded(closed.On(Ground.AnnouncedBefore, Ground.PeriodIsEmpty, Ground.ResultIsTrue));
        }

        if (open is { Count: > 0 } && entry.ExpectedNet is { } expected && open.Net == expected)
        {
            var stillOpen = new Conclusion(Outcome.Failed, Reason.NotBooked) { Totals = open, PeriodClosed = false };
            return Twice(
                new Concluded(stillOpen.On(Ground.TotalsAgree, Ground.TotalsMove)), "The terminal has not closed so far.");
        }

        if (open is { Count: 0 } && entry.ExpectedNet is { MinorUnits: not 0 } closing)
        {
            var (last, _) = await questions.Totals(BOperations.LastSums, own, shutdown);
            if (last is { Count: > 0 } && last.Net == closing)
            {
                var closed = new Conclusion(Outcome.Approved, Reason.Recovered) { Totals = last, PeriodClosed = true };
                return new Concluded(closed.On(Ground.PeriodIsEmpty, Ground.LastCloseAgrees, Ground.TotalsMove));
            }
        }

        return Unclear(
            Reason.CannotTell,
            $"The terminal's open period holds {open?.Net.ToString() ?? "nothing that it names"}; whether it was closed cannot be told.");
    }

    private static StillUnclear StillBusy() =>
        new(Reason.TerminalBusy, "The terminal is still busy, or its totals differ from its host's.", AskAgain: true);

    private static StillUnclear Unclear(string reason, string text) => new(reason, text, AskAgain: false);

    private static string Describe(BLast last) =>
        $"{last.Operation ?? "a booking"} with invoice {last.Invoice ?? "-"}, reference {last.Reference ?? "-"}, "
        + $"approval {last.Approval ?? "-"}";
}
