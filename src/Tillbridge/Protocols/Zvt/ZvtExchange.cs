using Tillbridge.Domain;
using Tillbridge.Domain.Proof;
using Tillbridge.Protocols.Zvt.Apdu;

namespace Tillbridge.Protocols.Zvt;

/// <summary>What was heard so far in one command's conversation, and what it means at its end.</summary>
internal sealed class ZvtExchange(TerminalRequest request, ZvtConclusions conclusions)
{
    private const int MostMessages = 20_000;
    private const int MostOldResults = 3;

    private readonly ZvtReceipts receipts = new();
    private ZvtStatusInformation? status;
    private Conclusion? conclusion;
    private IncidentSeen? incident;
    private long? askedAt;
    private bool asked;
    private bool rejected;
    private bool committed;
    private bool contradicted;
    private bool abortSent;
    private bool abortAnswered;
    private int messages;
    private int oldResults;
    private int printed;

    public TerminalRequest Request { get; } = request;

    /// <summary>What the terminal remembered before we sent anything; null when that is not known.</summary>
    public Baseline? Before { get; init; }

    /// <summary>The terminal itself told <see cref="Before"/> just now: its earlier booking is known when it is told again.</summary>
    public bool HasMark { get; init; }

    /// <summary>The terminal that we talk with, by its own word or the address; null when nobody named it.</summary>
    public string? Device { get; init; }

    /// <summary>What the last status information said.</summary>
    public Conclusion? Announced { get; private set; }

    public bool IsOver => conclusion is not null;

    /// <summary>The caller holds the commit back, and the terminal announced an approval.</summary>
    public bool NeedsConfirmation => Request.Confirm && Announced is { Outcome: Outcome.Approved };

    /// <summary>The caller said no, or nothing for too long.</summary>
    public bool IsRejected => rejected;

    public bool MayPrintLate => conclusion is { Outcome: Outcome.Approved } && printed == 0;

    /// <summary>True while the conversation is within its bound.</summary>
    public bool Count() => ++messages <= MostMessages;

    /// <summary>True the first time only.</summary>
    public bool AskOnce() => !asked && (asked = true);

    /// <summary>True the first time only.</summary>
    public bool AbortOnce() => !abortSent && (abortSent = true);

    /// <summary>True once, for the answer to the abort that was sent.</summary>
    public bool AbortAnswered() => abortSent && !abortAnswered && (abortAnswered = true);

    public bool ConfirmationIsLate(TimeProvider clock, TimeSpan limit)
    {
        askedAt ??= clock.GetTimestamp();
        return clock.GetElapsedTime(askedAt.Value) >= limit;
    }

    /// <summary>The caller said no, or nothing for too long.</summary>
    public void Reject() => rejected = true;

    /// <summary>
    /// False for a result that cannot be ours: the booking that the terminal had before we began, told again (protocols README §5.7).
    /// </summary>
    /// <exception cref="ProtocolViolationException">It tells nothing else, or another device answers.</exception>
    public bool IsOurs(ZvtStatusInformation heard)
    {
        if (!Request.Kind.NeedsProof()) return true;
        if (ZvtMark.IsOtherDevice(Device, heard.TerminalId))
            throw new ProtocolViolationException($"The result is one of terminal {heard.TerminalId}, and {Device} was asked.");
        // Another amount than was asked is rare, and an earlier booking that nobody could rule out is likelier.
        var isOther = heard is { ResultCode: 0, Amount: { } amount } && Request.Total is { } asked && amount != asked.MinorUnits;
        if (isOther && !HasMark)
            throw new ProtocolViolationException("The terminal approved another amount and would not say what its last booking was.");
        // A decline takes no number of its own: where only our journal knows one, it has to be certainly the old one.
        var isOld = ZvtMark.Compare(heard, Before) switch
        {
            MarkMatch.Same => true,
            MarkMatch.Alike => !ZvtMark.IsNone(heard.Receipt) && (HasMark || heard.ResultCode is null or 0),
            _ => false,
        };
        if (!isOld) return true;
        return ++oldResults > MostOldResults
            ? throw new ProtocolViolationException($"The terminal tells its earlier booking {heard.Receipt} in place of a result.")
            : false;
    }

    /// <summary>
    /// Takes a result. The last one before the end counts (§7.2), but two that differ are asked about (protocols README §5.7); refusals
    /// say the same of the money.
    /// </summary>
    /// <returns>What is new in it and has to be durable before our answer; null when it was heard before.</returns>
    public Conclusion? Hear(ZvtStatusInformation heard)
    {
        var said = conclusions.Announced(heard, Request);
        var before = Announced;
        // One without a result code differs from one that has it: which of them is the result, the terminal has to say again.
        var differs = before is not null && !(IsRefusal(before) && IsRefusal(said))
            && (said.Outcome, said.ApprovedAmount) != (before.Outcome, before.ApprovedAmount);
        contradicted |= differs && Request.Kind.NeedsProof();
        // An approval that was committed is not unsaid by what came behind it: recovery has to mind both.
        if (contradicted && committed && said.Outcome is not Outcome.Approved) return null;
        (status, committed, Announced) = (heard, false, said);
        var isKnown = before is not null && !differs && before.Agrees(said) && before.ResponseCode == said.ResponseCode;
        if (isKnown && NeedsConfirmation) messages--; // A result that is held is repeated for as long as the caller thinks.
        return isKnown ? null : said;
    }

    private static bool IsRefusal(Conclusion said) => said.Outcome is Outcome.Declined or Outcome.Cancelled or Outcome.Failed;

    public IEnumerable<Receipt> Print(ZvtMessage message)
    {
        foreach (var receipt in receipts.Take(message))
        {
            printed++;
            yield return receipt;
        }
    }

    /// <summary>Our answer to the last status information was 80 00 00.</summary>
    public void Commit() => committed = true;

    public void End(ZvtCompletion completion)
    {
        if (contradicted) throw new ProtocolViolationException("The terminal told two results that differ.");
        if (oldResults > 0 && Announced is not { Outcome: Outcome.Approved })
            throw new ProtocolViolationException("The terminal ended with its earlier booking in place of a result.");
        // README §5.2: approved is our acknowledge and the completion; one without the other is asked about.
        if (Announced is { Outcome: Outcome.Approved } && Request.Kind.MovesMoney() && !committed)
            throw new ProtocolViolationException("06 0F came although our answer did not commit the result.");
        (conclusion, incident) = ZvtConclusions.Completed(completion, status, Announced, Request);
    }

    public void End(ZvtAbort aborted)
    {
        if (oldResults > 0 && Announced is not { Outcome: Outcome.Approved })
            throw new ProtocolViolationException("The terminal told its earlier booking, and then that it failed.");
        conclusion = ZvtConclusions.Aborted(aborted, Announced);
        if (rejected) conclusion = conclusion with { Outcome = Outcome.Declined, Reason = Reason.NotConfirmed };
    }

    public void EndWithCard() => conclusion = Announced is { Outcome: Outcome.Approved } read
        ? read with { Reason = Reason.Done, ApprovedAmount = null }
        : Announced;

    /// <summary>The last events of the conversation.</summary>
    public IEnumerable<TerminalEvent> Ending()
    {
        Invariant.Holds(conclusion is not null, "a conversation ends with a conclusion");
        foreach (var receipt in receipts.Flush())
        {
            printed++;
            yield return new ReceiptPrinted(receipt);
        }

        if (conclusion.Outcome is Outcome.Approved && Request.Kind.MovesMoney() && printed == 0)
        {
            // The terminal left it to the ECR (§6.1), or sent none: the booking still gets its receipts.
            foreach (var receipt in ComposedReceipts.Both(conclusion, Request)) yield return new ReceiptPrinted(receipt);
        }

        if (incident is not null) yield return incident;
        var said = conclusion.On(Ground.ResultOnTheLine, Ground.ResultIsTrue);
        // That what was passed over was the earlier one is taken for granted, too.
        yield return new Concluded(oldResults > 0 ? said.On(Ground.BookingsDiffer) : said);
    }
}
