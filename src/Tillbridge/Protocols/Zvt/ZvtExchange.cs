using Tillbridge.Domain;
using Tillbridge.Protocols.Zvt.Apdu;

namespace Tillbridge.Protocols.Zvt;

/// <summary>What was heard so far in one command's conversation, and what it means at its end.</summary>
internal sealed class ZvtExchange(TerminalRequest request, ZvtConclusions conclusions)
{
    private const int MostMessages = 20_000;

    private readonly ZvtReceipts receipts = new();
    private ZvtStatusInformation? status;
    private Conclusion? conclusion;
    private IncidentSeen? incident;
    private long? askedAt;
    private bool asked;
    private bool rejected;
    private bool committed;
    private bool abortSent;
    private bool abortAnswered;
    private int messages;
    private int printed;

    public TerminalRequest Request { get; } = request;

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

    /// <summary>The last status information before the end counts (§7.2).</summary>
    public void Hear(ZvtStatusInformation heard)
    {
        (status, committed) = (heard, false);
        Announced = conclusions.Announced(heard, Request);
    }

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
        // README §5.2: approved is our acknowledge and the completion; one without the other is asked about.
        if (Announced is { Outcome: Outcome.Approved } && Request.Kind.MovesMoney() && !committed)
            throw new ProtocolViolationException("06 0F came although our answer did not commit the result.");
        (conclusion, incident) = ZvtConclusions.Completed(completion, status, Announced, Request);
    }

    public void End(ZvtAbort aborted)
    {
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
        yield return new Concluded(conclusion);
    }
}
