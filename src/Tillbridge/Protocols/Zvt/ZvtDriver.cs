using System.Runtime.CompilerServices;
using Tillbridge.Domain;
using Tillbridge.Domain.Proof;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Transports;

namespace Tillbridge.Protocols.Zvt;

/// <summary>The ECR side of ZVT: conversations as zvt.md §7 to §9 draw them. One connection serves one conversation.</summary>
internal sealed class ZvtDriver : TerminalDriver
{
    private static readonly TimeSpan LongestWaitForCard = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestConversation = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan HoldFor = TimeSpan.FromSeconds(4); // Within T3, for terminals that do not mind BMP 01 (§5).
    private const int MostSettling = 3;

    private readonly DriverSettings settings;
    private readonly ITransport transport;
    private readonly TimeProvider clock;
    private readonly ZvtDialect dialect;
    private readonly ZvtKnowledge knowledge;
    private readonly ZvtRequests requests;
    private readonly Currency own;
    private ZvtConclusions conclusions;
    private volatile ZvtTalk? running;
    private volatile bool abortAsked;
    private string? device; // The terminal's own id, as it told when it was registered last.
    private bool inStep; // The last conversation on this serial line came to its end.
    private volatile object? decision; // true or false, boxed; null while nobody decided

    public ZvtDriver(DriverSettings settings, ITransport transport, TimeProvider clock)
    {
        dialect = ZvtDialect.Find(settings.Dialect ?? ZvtDialect.All[0].Id) ?? throw new ArgumentException(
            $"ZVT has no dialect '{settings.Dialect}'; known are {string.Join(", ", ZvtDialect.All.Select(known => known.Id))}.");
        dialect = dialect.For(settings);
        (this.settings, this.transport, this.clock) = (settings, transport, clock);
        Capabilities = ZvtProtocol.CapabilitiesOf(dialect);
        knowledge = new ZvtKnowledge(dialect, clock);
        requests = new ZvtRequests(dialect, settings, clock);
        own = Currency.Of(settings.Currency);
        conclusions = new ZvtConclusions(own, clock, dialect.Without);
    }

    public override Capabilities Capabilities { get; }

    // A terminal may be deaf for three minutes while it talks with its host (§9.3), and then some.
    public override TimeSpan DefaultRecoveryLimit => TimeSpan.FromSeconds(240);

    public override void Abort()
    {
        abortAsked = true;
        running?.Interrupt();
    }

    public override void Confirm(bool commit)
    {
        decision = commit;
        running?.Interrupt();
    }

    public override async IAsyncEnumerable<TerminalEvent> Converse(
        TerminalRequest request, Baseline? baseline, [EnumeratorCancellation] CancellationToken shutdown)
    {
        (abortAsked, decision) = (false, null);
        var wasInStep = inStep;
        inStep = false;
        if (request.Kind.NeedsOriginal() && !ZvtRequests.IsReceipt(request.Original?.Receipt))
        {
            yield return new Concluded(new(Outcome.Failed, Reason.TerminalRefused)
            {
                TerminalText = "ZVT refers to a booking by its receipt number, one to four digits that are not all zero.",
            });
            yield break;
        }

        yield return new Progress("zvt.connecting");
        conclusions = new ZvtConclusions(request.TotalsCurrency ?? own, clock, dialect.Without);
        await using var talk = await Open(shutdown);
        if (await Register(talk, shutdown) is { } refused)
        {
            yield return new Concluded(refused);
            yield break;
        }

        var unfit = OtherDevice(request, device) ?? (talk.IsSerial ? await Settle(talk, shutdown) : null);
        if (unfit is not null)
        {
            yield return new Concluded(unfit);
            yield break;
        }

        var hasMark = false;
        if (request.Kind.NeedsProof())
        {
            // The terminal's memory just before we begin is the safest mark to tell our booking by (§9.3).
            var last = await knowledge.LastBooking(new ZvtQuestions(talk, requests.Password, knowledge.Dialect), shutdown);
            if (last is null)
            {
                yield return new Progress("zvt.repeat-unknown");
                unfit = await StartAnew(talk, shutdown);
            }

            // "Nothing" does not outweigh a booking that our journal knows in this period.
            var told = last is { Answered: true } ? last.ToBaseline() : null;
            if (told is not null && (told.Receipt is not null || baseline is null)) baseline = told;
            hasMark = told is not null;
            // The booking before may be another merchant's on the same device: what the registration told counts more.
            unfit ??= OtherDevice(request, device ?? told?.TerminalId) ?? OtherLast(request, last?.Status);
            if (unfit is not null)
            {
                yield return new Concluded(unfit);
                yield break;
            }
        }

        if (talk.IsSerial && !wasInStep && !await talk.IsInStep(shutdown))
        {
            yield return new Concluded(ZvtConclusions.OutOfStep);
            yield break;
        }

        yield return new AboutToSend(baseline);
        await foreach (var said in Exchange(talk, request, (baseline, hasMark), shutdown))
        {
            inStep |= said is Concluded;
            yield return said;
        }
    }

    private Conclusion? OtherLast(TerminalRequest request, ZvtStatusInformation? last) =>
        dialect.ReversesOnlyLast ? ZvtConclusions.OtherLast(request, last) : null;

    private Conclusion? OtherDevice(TerminalRequest request, string? told) =>
        ZvtConclusions.OtherDevice(request, settings.TerminalId, told);

    public override async IAsyncEnumerable<TerminalEvent> Recover(
        RecoveryEntry entry, [EnumeratorCancellation] CancellationToken shutdown)
    {
        await using var talk = await Open(shutdown);
        yield return new Reached();
        // On a serial line a terminal that was switched off looks like one that was silent: it may have forgotten.
        entry.StayedReachable &= !talk.IsSerial;
        yield return new Progress("zvt.recovering");
        if (await Register(talk, shutdown) is { } refused)
        {
            yield return new StillUnclear(refused.Reason, refused.TerminalText ?? "The terminal refused the registration.", AskAgain: true);
            yield break;
        }

        var questions = new ZvtQuestions(talk, requests.Password, knowledge.Dialect);
        inStep = false;
        var currency = entry.Session.Request.TotalsCurrency ?? entry.ExpectedNet?.Currency ?? own;
        conclusions = new ZvtConclusions(currency, clock, dialect.Without);
        var recovery = new ZvtRecovery(entry, questions, conclusions, dialect, clock) { Device = settings.TerminalId ?? device };
        var said = await knowledge.Watch(questions, recovery.Ask(shutdown), hasMark: entry.Session.Baseline is not null);
        if (talk.IsSerial && !await talk.IsInStep(shutdown))
            said = new StillUnclear(Reason.TerminalBusy, ZvtConclusions.OutOfStep.TerminalText!, AskAgain: true);
        if (said is Concluded { Conclusion.Outcome: Outcome.Approved } found && entry.Session.Receipts.Count == 0)
        {
            foreach (var receipt in ComposedReceipts.Both(found.Conclusion, entry.Session.Request))
                yield return new ReceiptPrinted(receipt);
        }

        yield return said;
    }

    private async Task<ZvtTalk> Open(CancellationToken shutdown)
    {
        var talk = await ZvtTalk.Open(transport, dialect, settings.AnswerLimit, clock, settings.WireLog, shutdown);
        running = talk;
        return talk;
    }

    // Null when a terminal that was silent on 06 20 takes a registration over a new connection, so that it goes on without.
    private async Task<Conclusion?> StartAnew(ZvtTalk talk, CancellationToken shutdown)
    {
        await talk.Reopen(transport, settings.WireLog, shutdown);
        if (await Register(talk, shutdown) is { } refused) return refused;
        knowledge.NoteSilence();
        return talk.IsSerial ? await Settle(talk, shutdown) : null;
    }

    // §6.1. Null when registered; a terminal that does not know the command works without it.
    private async Task<Conclusion?> Register(ZvtTalk talk, CancellationToken shutdown)
    {
        device = null;
        if (!dialect.Register) return null;
        // The end of an earlier payment must not be taken for that of the registration: each attempt would then leave an answer
        // behind for the next one (found by the laboratory).
        var registration = requests.Registration();
        var answer = talk.IsSerial
            ? await talk.CommandPastStrays(registration, shutdown)
            : await talk.Command(registration, null, shutdown);
        if (answer is ZvtNegative { Code: ZvtResultCodes.UnknownCommand }) return null;
        if (answer is ZvtNegative refused) return ZvtConclusions.Refused(refused);
        var message = answer is ZvtPositive ? await talk.Next(shutdown) : answer;
        for (var messages = 0; messages < ZvtQuestions.MostMessages; messages++)
        {
            switch (message)
            {
                case ZvtCompletion done:
                    await talk.Acknowledge(shutdown);
                    if (ZvtQuestions.CharacterSetOf(done) is { } set) talk.Negotiate(set);
                    device = ZvtMark.IsNone(done.TerminalId) ? null : done.TerminalId;
                    return null;
                case ZvtAbort aborted:
                    await talk.Acknowledge(shutdown);
                    return ZvtConclusions.Aborted(aborted, announced: null);
                case ZvtNegative late when talk.IsSerial:
                    return ZvtConclusions.Refused(late); // The acknowledge before it was that of an earlier conversation.
                case null or ZvtPositive or ZvtNegative:
                    break;
                default:
                    await talk.AnswerStray(message, shutdown);
                    break;
            }

            message = await talk.Next(shutdown);
        }

        throw new ProtocolViolationException("The registration does not come to an end.");
    }

    // A serial line knows no connections. Only when the terminal has answered a question that no payment can answer is what comes
    // after it about what we ask next. Null when it has.
    private async Task<Conclusion?> Settle(ZvtTalk talk, CancellationToken shutdown)
    {
        var questions = new ZvtQuestions(talk, requests.Password, dialect);
        for (var asked = 0; asked < MostSettling; asked++)
        {
            var ready = await questions.Ready(shutdown);
            if (questions.IsSettled(ready)) return null;
            if (ready.Refused is { } refused) return ZvtConclusions.Refused(refused);
        }

        return new Conclusion(Outcome.Failed, Reason.TerminalBusy) { TerminalText = "The terminal is still in an earlier conversation." };
    }

    // §7.2: the terminal leads after the acknowledge; every command of it is answered; 06 0F or 06 1E ends it.
    private async IAsyncEnumerable<TerminalEvent> Exchange(
        ZvtTalk talk, TerminalRequest request, (Baseline? Last, bool IsTold) mark, [EnumeratorCancellation] CancellationToken shutdown)
    {
        var begun = clock.GetTimestamp();
        var answer = await talk.Command(requests.For(request), null, shutdown);
        if (request.Kind is RequestKind.Status && answer is ZvtNegative { Code: ZvtResultCodes.UnknownCommand })
        {
            // zvt-callback-rest.md §10: 06 70 where the enquiry is not known; what comes of it is the outcome.
            request = request with { Kind = RequestKind.Diagnosis };
            answer = await talk.Command(requests.For(request), null, shutdown);
        }

        if (answer is ZvtNegative refused)
        {
            yield return new Concluded(ZvtConclusions.Refused(refused));
            yield break;
        }

        if (answer is ZvtPositive && !ZvtRequests.HasCompletion(request.Kind))
        {
            var taken = new Conclusion(Outcome.Approved, Reason.Done);
            yield return new Concluded(taken.On(Ground.ResultOnTheLine, Ground.ResultIsTrue));
            yield break;
        }

        if (answer is not ZvtPositive && !dialect.ImplicitAcknowledge)
            throw new ProtocolViolationException($"{answer.GetType().Name} came in place of the acknowledge.");
        var state = new ZvtExchange(request, conclusions) 
        {
            Before = mark.Last, HasMark = mark.IsTold, Device = settings.TerminalId ?? device,
        };
        var message = answer is ZvtPositive ? await NextOrAbort(talk, state, shutdown) : answer;
        while (!state.IsOver)
        {
            if (!state.Count() || clock.GetElapsedTime(begun) > LongestConversation)
                throw new ProtocolViolationException("The terminal's conversation does not come to an end.");
            await foreach (var said in Answer(talk, state, message, shutdown)) yield return said;
            if (!state.IsOver) message = await NextOrAbort(talk, state, shutdown);
        }

        await foreach (var printed in LatePrints(talk, state, shutdown)) yield return printed;
        foreach (var said in state.Ending()) yield return said;
    }

    private async IAsyncEnumerable<TerminalEvent> Answer(
        ZvtTalk talk, ZvtExchange state, ZvtMessage message, [EnumeratorCancellation] CancellationToken shutdown)
    {
        switch (message)
        {
            case ZvtIntermediateStatus progress:
                await talk.Acknowledge(shutdown);
                talk.SetMinutes(progress.Minutes);
                var shown = progress.Lines.Count == 0 ? null : string.Join(' ', progress.Lines);
                yield return new Progress($"zvt.status.{progress.Status:X2}", shown);
                break;
            case ZvtStatusInformation status:
                // The result is durable before our answer commits it (§7.3, §9.8): the engine asks on only then.
                if (!state.IsOurs(status))
                {
                    // Neither yes nor no (§7.3): both would be about a booking that is not asked about.
                    await talk.Refuse(ZvtResultCodes.PleaseWait, shutdown);
                    yield return new Progress("zvt.earlier-result");
                    break;
                }

                var news = state.Hear(status);
                if (news is not null) yield return new ResultAnnounced(news);
                if (state.NeedsConfirmation && decision is null && state.AskOnce())
                    yield return new ConfirmationNeeded(state.Announced!);
                await AnswerResult(talk, state, isRepeated: news is null, shutdown);
                break;
            case ZvtPrintLine or ZvtPrintBlock:
                await talk.Acknowledge(shutdown);
                foreach (var receipt in state.Print(message)) yield return new ReceiptPrinted(receipt);
                break;
            case ZvtCompletion completion:
                await talk.AcknowledgeLast(shutdown);
                state.End(completion);
                break;
            case ZvtAbort aborted:
                await talk.AcknowledgeLast(shutdown);
                state.End(aborted);
                break;
            case ZvtPositive or ZvtNegative:
                // The answer to our abort, if one is open; else it belongs to nothing and changes nothing (§9.1, §17).
                if (state.AbortAnswered()) yield return new Progress(message is ZvtPositive ? "zvt.abort.taken" : "zvt.abort.refused");
                break;
            case ZvtSetClock:
                await talk.Acknowledge(shutdown);
                break;
            default:
                await talk.Refuse(ZvtResultCodes.UnknownCommand, shutdown);
                break;
        }
    }

    // §7.3: 80 00 00 commits, 84 9C asks the terminal to repeat, any other 84 makes it take the booking back.
    private async Task AnswerResult(ZvtTalk talk, ZvtExchange state, bool isRepeated, CancellationToken shutdown)
    {
        // A no is a no, however often the terminal repeats its result.
        bool IsUndecided() => decision is null && !state.IsRejected && !state.ConfirmationIsLate(clock, settings.ConfirmLimit);
        // One that repeats at once would have used up its repeats before the caller has decided (found by an outsider).
        if (state.NeedsConfirmation && isRepeated && IsUndecided()) await talk.Hold(HoldFor, shutdown);
        if (state.NeedsConfirmation && IsUndecided())
        {
            await talk.Refuse(ZvtResultCodes.PleaseWait, shutdown);
            return;
        }

        if (state.NeedsConfirmation && (state.IsRejected || decision is not true))
        {
            state.Reject();
            await talk.Refuse(ZvtResultCodes.ProcessingError, shutdown);
            return;
        }

        await talk.Acknowledge(shutdown);
        state.Commit();
        if (state.Request.Kind is RequestKind.ReadCard) state.EndWithCard(); // §8.3: no 06 0F follows.
    }

    // Waits for the terminal; woken by a caller's abort, it sends one 06 B0 and waits on (§9.1).
    private async Task<ZvtMessage> NextOrAbort(ZvtTalk talk, ZvtExchange state, CancellationToken shutdown)
    {
        while (true)
        {
            if (abortAsked && dialect.AbortsPayments && state.AbortOnce())
                await talk.Send(new ZvtCommand(ZvtCommands.Abort), shutdown);
            if (await talk.Next(shutdown) is { } message) return message;
        }
    }

    // [vendor:Ingenico] receipts may follow 06 0F.
    private async IAsyncEnumerable<TerminalEvent> LatePrints(
        ZvtTalk talk, ZvtExchange state, [EnumeratorCancellation] CancellationToken shutdown)
    {
        while (dialect.LatePrint > TimeSpan.Zero && state.MayPrintLate && state.Count())
        {
            ZvtMessage? message;
            try
            {
                message = await talk.NextWithin(dialect.LatePrint, shutdown);
                if (message is ZvtPrintLine or ZvtPrintBlock) await talk.Acknowledge(shutdown);
            }
            catch (Exception over) when (over is LinkLostException or ProtocolViolationException)
            {
                message = null; // The last word was heard; only a receipt can be missing, and we compose one.
            }

            if (message is not (ZvtPrintLine or ZvtPrintBlock)) yield break;
            foreach (var receipt in state.Print(message)) yield return new ReceiptPrinted(receipt);
        }
    }

    /// <summary>Seconds that the terminal is asked to wait for a card (06 C0).</summary>
    internal static byte CardSeconds => (byte)LongestWaitForCard.TotalSeconds;
}
