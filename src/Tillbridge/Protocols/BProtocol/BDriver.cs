using System.Runtime.CompilerServices;
using Tillbridge.Domain;
using Tillbridge.Domain.Proof;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;
using Tillbridge.Transports;

namespace Tillbridge.Protocols.BProtocol;

/// <summary>
/// The ECR side of the family: conversations as csob-b.md §6 and gpe.md §5 draw them. One connection serves one conversation,
/// unless the dialect keeps it open.
/// </summary>
internal sealed class BDriver : TerminalDriver
{
    private const int MostMessages = 20_000;
    private const string TwoWords = "The terminal answered twice, and differently.";

    private readonly DriverSettings settings;
    private readonly ITransport transport;
    private readonly TimeProvider clock;
    private readonly BDialect dialect;
    private readonly BRequests requests;
    private BConclusions conclusions;
    private readonly Currency own;
    private volatile BTalk? running;
    private BTalk? kept;
    private volatile bool abortAsked;
    private volatile string terminalId;

    public BDriver(BDialect dialect, DriverSettings settings, ITransport transport, TimeProvider clock)
    {
        this.dialect = dialect = dialect.For(settings);
        (this.settings, this.transport, this.clock) = (settings, transport, clock);
        own = Currency.Of(settings.Currency);
        requests = new BRequests(dialect);
        conclusions = new BConclusions(dialect, own);
        terminalId = settings.TerminalId ?? dialect.TerminalId;
        if (terminalId.Length != 8 || !terminalId.All(char.IsAsciiLetterOrDigit))
            throw new ArgumentException($"'{terminalId}' is no terminal id; it has 8 letters or digits, as on the terminal's label.");
        Capabilities = BProtocolProtocol.CapabilitiesOf(dialect);
    }

    public override Capabilities Capabilities { get; }

    public override TimeSpan DefaultRecoveryLimit => dialect.RecoveryWindow;

    public override (string Field, string Text)? Fault(TerminalRequest request) => requests.Fault(request);

    public override void Abort()
    {
        abortAsked = true;
        running?.Interrupt();
    }

    public override void Confirm(bool commit) { } // There is no second step on this wire.

    public override async ValueTask CloseAsync()
    {
        if (Interlocked.Exchange(ref kept, null) is { } idle) await idle.DisposeAsync();
    }

    public override async IAsyncEnumerable<TerminalEvent> Converse(
        TerminalRequest request, Baseline? baseline, [EnumeratorCancellation] CancellationToken shutdown)
    {
        abortAsked = false;
        conclusions = new BConclusions(dialect, request.TotalsCurrency ?? own);
        if (Fault(request) is { } fault)
        {
            yield return new Concluded(new(Outcome.Failed, Reason.TerminalRefused) { TerminalText = fault.Text });
            yield break;
        }

        yield return new Progress("bprotocol.connecting");
        var talk = await Open(shutdown);
        var isClean = false;
        try
        {
            await foreach (var said in Say(talk, request, baseline, shutdown))
            {
                isClean = said is Concluded { Conclusion: var end } && IsClean(end, request);
                yield return said;
            }
        }
        finally
        {
            if (isClean) Interlocked.Exchange(ref kept, talk);
            else await talk.DisposeAsync();
        }
    }

    // What else may be on its way must not meet the next request: only an answered one leaves a connection behind.
    private bool IsClean(Conclusion end, TerminalRequest request) =>
        dialect.KeepsOpen && !abortAsked && end.Outcome is Outcome.Approved or Outcome.Declined
        && request.Kind is not (RequestKind.Initialise or RequestKind.Reset);

    private async IAsyncEnumerable<TerminalEvent> Say(
        BTalk talk, TerminalRequest request, Baseline? baseline, [EnumeratorCancellation] CancellationToken shutdown)
    {
        var questions = new BQuestions(talk, dialect);
        // A line without connections may still bring the end of an earlier conversation: T80 tells whether one is under way.
        var check = (dialect.CheckBefore || talk.IsSerial)
            && request.Kind is not (RequestKind.Status or RequestKind.Reset or RequestKind.Repeat);
        if (check && await questions.IsIdle(shutdown) is false)
        {
            yield return new Concluded(BConclusions.Busy);
            yield break;
        }

        var hasMark = false;
        if (request.Kind.MovesMoney() && dialect.AskLastBefore)
        {
            // Its memory just before we begin is the safest mark to tell our booking by.
            var last = await questions.Last(shutdown);
            if (last.Kind is LastKind.Busy || IsThere(last, request))
            {
                yield return new Concluded(last.Kind is LastKind.Busy ? BConclusions.Busy : BConclusions.There(last));
                yield break;
            }

            if (IsOther(last, request))
            {
                yield return new Concluded(new(Outcome.Failed, Reason.NotTheLast)
                {
                    TerminalText = "This terminal undoes its last transaction only, and that has another approval code; nothing was sent.",
                });
                yield break;
            }

            // "Nothing" does not outweigh a booking that our journal knows in this period.
            hasMark = last.Kind is LastKind.Found or LastKind.Nothing;
            if (last.Kind is LastKind.Found) baseline = last.ToBaseline();
            else if (last.Kind is LastKind.Nothing) baseline ??= Baseline.Nothing;
        }

        if (request.Kind.NeedsProof() && OtherDevice(talk) is { } stranger)
        {
            yield return new Concluded(stranger);
            yield break;
        }

        yield return new AboutToSend(baseline);
        await foreach (var said in Exchange(talk, request, (baseline, hasMark), shutdown)) yield return said;
        terminalId = talk.TerminalId;
    }

    public override async IAsyncEnumerable<TerminalEvent> Recover(
        RecoveryEntry entry, [EnumeratorCancellation] CancellationToken shutdown)
    {
        await using var talk = await Open(shutdown);
        yield return new Reached();
        // On a serial line a terminal that was switched off looks like one that was silent: it may have forgotten.
        entry.StayedReachable &= !talk.IsSerial;
        yield return new Progress("bprotocol.recovering");
        var identity = requests.IdentityOf(entry.Session.Request);
        var counted = entry.Session.Request.TotalsCurrency ?? entry.ExpectedNet?.Currency ?? own;
        conclusions = new BConclusions(dialect, counted);
        var recovery = new BRecovery(entry, identity, new BQuestions(talk, dialect), talk, conclusions, dialect, counted, clock)
            { Device = settings.TerminalId };
        var said = await recovery.Ask(shutdown);
        if (said is Concluded { Conclusion: { Outcome: Outcome.Approved } found } && entry.Session.Receipts.Count == 0
            && entry.Session.Request.Kind.MovesMoney())
        {
            foreach (var receipt in recovery.Receipts ?? ComposedReceipts.Both(found, entry.Session.Request))
                yield return new ReceiptPrinted(receipt);
        }

        yield return said;
    }

    private async Task<BTalk> Open(CancellationToken shutdown)
    {
        if (Interlocked.Exchange(ref kept, null) is { } idle)
        {
            if (await Answers(idle, shutdown)) return running = idle;
            await idle.DisposeAsync();
        }

        var talk = await BTalk.Open(
            transport, settings.TerminalId is null ? dialect : dialect with { AdoptTid = false }, terminalId, settings.AnswerLimit, clock,
            settings.WireLog, shutdown);
        running = talk;
        return talk;
    }

    // T80 tells whether an idle connection still lives, and reads over what an earlier conversation left in it.
    private async Task<bool> Answers(BTalk idle, CancellationToken shutdown)
    {
        try
        {
            return await new BQuestions(idle, dialect).IsIdle(shutdown) is true;
        }
        catch (Exception broken) when (broken is LinkLostException or ProtocolViolationException)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            await idle.DisposeAsync();
            throw;
        }
    }

    // csob-b.md §6: B0 as often as it wants while the customer acts, then one B2.
    private async IAsyncEnumerable<TerminalEvent> Exchange(
        BTalk talk, TerminalRequest request, (Baseline? Last, bool IsTold) mark, [EnumeratorCancellation] CancellationToken shutdown)
    {
        var state = new BExchange(request, requests.IdentityOf(request), dialect)
        {
            Before = mark.Last, HasMark = mark.IsTold || !dialect.AskLastBefore || !request.Kind.MovesMoney(),
            Device = settings.TerminalId ?? talk.HeardFrom ?? mark.Last?.TerminalId,
        };
        var begun = clock.GetTimestamp();
        var overall = request.Kind is RequestKind.Initialise ? dialect.Timers.TmsOverall : dialect.Timers.Overall;
        await talk.Request(requests.For(request), shutdown);
        for (var messages = 0; !state.IsOver; messages++)
        {
            if (messages > MostMessages) throw new ProtocolViolationException("The terminal's conversation does not come to an end.");
            if (abortAsked && !state.AbortSent)
            {
                state.AbortSent = true;
                yield return new Progress("bprotocol.passivating");
                await talk.Request(requests.Plain(BOperations.Passivate), shutdown);
            }

            var limit = LimitOf(talk, state);
            var left = overall - clock.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero) throw talk.Silence(overall);
            if (await talk.Next(limit < left ? limit : left, shutdown) is not { } message) continue;
            if (state.Hear(message) is { } progress) yield return progress;
        }

        var ending = state.Result is { } result ? Finish(talk, state, result, shutdown) : Stop(talk, state, shutdown);
        await foreach (var said in ending) yield return said;
    }

    private TimeSpan LimitOf(BTalk talk, BExchange state)
    {
        if (state.NothingRuns) return talk.Ack;
        if (state.ToldOld) return talk.BehindOld;
        if (state.Request.Kind is RequestKind.Status or RequestKind.Repeat) return talk.Query;
        if (state.Request.Kind is RequestKind.Reset) return talk.Passivate;
        return dialect.AckRequired && !state.IsAccepted ? talk.Ack : talk.Idle;
    }

    private async IAsyncEnumerable<TerminalEvent> Finish(
        BTalk talk, BExchange state, BFrame result, [EnumeratorCancellation] CancellationToken shutdown)
    {
        var request = state.Request;
        var word = new BSecondWord(conclusions, dialect);
        var grounds = Grounds.Of(Ground.ResultOnTheLine, Ground.ResultIsTrue);
        var uncertain = request.Kind.NeedsProof() && conclusions.IsUncertain(result.Get(dialect, BFields.Response) ?? "");
        if (uncertain)
        {
            await talk.ConfirmLast(shutdown);
            // K2 §2.5: the terminal is asked once more; only the same word again ends it.
            result = await word.OfUncertain(talk, state, result, shutdown);
            grounds = BSecondWord.Asked;
        }

        // A second word that is there already must not say otherwise (protocols README §5.2), unless the terminal repeats which stands.
        var second = request.Kind.NeedsProof() && !uncertain ? talk.Further() : null;
        var other = second is not null && word.IsOther(second, result) ? conclusions.Of(second, request) : null;
        if (other is not null && !word.IsNeeded(result, state))
        {
            // Recovery asks which stands; it has to know both amounts.
            if (other.Outcome is Outcome.Approved) yield return new ResultAnnounced(other);
            throw new ProtocolViolationException(TwoWords);
        }

        var conclusion = request.Kind is RequestKind.Repeat
            ? new BRepeats(conclusions, dialect, own).Of(result, request) : conclusions.Of(result, request);
        if (state.ToldOld && request.Kind.NeedsProof() && conclusion.Outcome is not Outcome.Approved)
            throw new ProtocolViolationException("The terminal told an earlier booking, and then refused.");
        // The result is durable before our B0 confirms it: the engine asks on only then.
        if (conclusion.Outcome is not Outcome.Unknown) yield return new ResultAnnounced(conclusion);
        if (conclusion is { Outcome: Outcome.Approved } && request.Kind.NeedsProof() && !uncertain) await talk.Confirm(shutdown);
        else if (!uncertain) await talk.ConfirmLast(shutdown);
        if (!uncertain && word.IsNeeded(result, state))
        {
            yield return new Progress("bprotocol.rereading");
            var again = await word.Ask(talk, state, conclusion, shutdown);
            if (again is null && other is not null) throw new ProtocolViolationException(TwoWords);
            if (again is not null) grounds = BSecondWord.Asked;
            if (again is not null && (again.Outcome, again.ApprovedAmount) != (conclusion.Outcome, conclusion.ApprovedAmount))
            {
                conclusion = again;
                if (again.Outcome is Outcome.Approved) yield return new ResultAnnounced(again);
            }
        }

        var receipts = await new BReceipts(talk, dialect).Collect(result, request, shutdown);
        if (receipts.HasUnknown) yield return new Progress("bprotocol.unknown-directive");
        foreach (var receipt in receipts.All) yield return new ReceiptPrinted(receipt);
        if (receipts.All.Count == 0 && conclusion.Outcome is Outcome.Approved && request.Kind.MovesMoney())
        {
            foreach (var receipt in ComposedReceipts.Both(conclusion, request)) yield return new ReceiptPrinted(receipt);
        }

        // That what was passed over was the earlier one is taken for granted, too.
        if (state.ToldOld) grounds = grounds.With(Ground.BookingsDiffer);
        yield return new Concluded(conclusion.On([.. grounds]));
    }

    // T81 was answered with "cancelled": the last transaction must not say otherwise.
    private async IAsyncEnumerable<TerminalEvent> Stop(
        BTalk talk, BExchange state, [EnumeratorCancellation] CancellationToken shutdown)
    {
        await talk.ConfirmLast(shutdown);
        var request = state.Request;
        var conclusion = new Conclusion(Outcome.Cancelled, Reason.CancelledByOperator)
        {
            ResponseCode = state.Stopped!.Get(dialect, BFields.Response),
            References = new References(TerminalId: state.Stopped.TerminalId),
            PeriodClosed = request.Kind is RequestKind.Reconciliation ? false : null,
        };
        conclusion = conclusion.On(Ground.Stopped, Ground.ResultIsTrue);
        if (request.Kind.MovesMoney() && dialect.Trusts(Ground.MemoryIsTrue))
        {
            var last = await new BQuestions(talk, dialect).Last(shutdown);
            if (last.Kind is LastKind.Busy) throw new ProtocolViolationException("The terminal said that it stopped, and is busy.");
            if (state.IsOurs(last))
            {
                var believed = new BSecondWord(conclusions, dialect).Believed(last, request, null);
                conclusion = believed.On(Ground.Stopped, Ground.RepeatsBooking, Ground.MemoryIsTrue);
            }
            else if (state.MayBeOurs(last)) throw new ProtocolViolationException("The terminal says that it stopped, and booked.");
        }

        if (conclusion.Outcome is Outcome.Approved)
        {
            yield return new ResultAnnounced(conclusion);
            foreach (var receipt in ComposedReceipts.Both(conclusion, request)) yield return new ReceiptPrinted(receipt);
        }

        yield return new Concluded(conclusion);
    }

    private bool IsThere(BLast last, TerminalRequest request) => last.Kind is LastKind.Found
        && requests.IdentityOf(request) is { IsUnique: true } identity && last.Carries(identity) && requests.Goods(request) is { } goods
        && BAmounts.Read(last.Answer.Get(dialect, BFields.Amount), goods.Currency, dialect) == goods
        && (conclusions.IsApproved(last.Code) || conclusions.IsUncertain(last.Code ?? ""));

    // T10 undoes whatever is last (k2-client.md §8); only the terminal knows what was booked without us.
    private bool IsOther(BLast last, TerminalRequest request) => request.Kind is RequestKind.Reversal && last.Kind is LastKind.Found
        && conclusions.IsApproved(last.Code) && !string.IsNullOrWhiteSpace(last.Approval)
        && !Original.SameApproval(last.Approval, request.Original?.Approval);

    // A changed address would charge at somebody else's terminal.
    private Conclusion? OtherDevice(BTalk talk) => settings.TerminalId is { } wanted && talk.HeardFrom is { } heard
        && BIdentity.IsOtherDevice(wanted, heard) ? BConclusions.OtherDevice(wanted, heard) : null;
}
