using Tillbridge.Domain;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Protocols.BProtocol;

/// <summary>What was heard so far in the conversation about one request.</summary>
internal sealed class BExchange(TerminalRequest request, BIdentity identity, BDialect dialect)
{
    private bool accepted;

    public TerminalRequest Request => request;

    public BIdentity Identity => identity;

    /// <summary>What the terminal remembered before we sent anything; null when that is not known.</summary>
    public Baseline? Before { get; init; }

    /// <summary>The terminal itself told <see cref="Before"/> just now: its earlier booking is known when it is told again.</summary>
    public bool HasMark { get; init; }

    /// <summary>The terminal that we talk with, by its own word or the address; null when nobody named it.</summary>
    public string? Device { get; init; }

    /// <summary>The terminal's last transaction is this one, not an earlier one that looks like it.</summary>
    public bool IsOurs(BLast last) => last.Kind is LastKind.Found && !last.IsAsBefore(Before, identity) && last.Carries(identity);

    /// <summary>It came to the terminal's memory after we began, and nothing in it says that it is another's.</summary>
    public bool MayBeOurs(BLast last) => last.Kind is LastKind.Found && (Before?.Trace is not null || Before == Baseline.Nothing)
        && !last.IsAsBefore(Before, identity) && !last.IsAnothers(identity);

    /// <summary>The terminal's final answer; null while it works.</summary>
    public BFrame? Result { get; private set; }

    /// <summary>The terminal's word that it stopped what ran; null when it did not say so.</summary>
    public BFrame? Stopped { get; private set; }

    public bool AbortSent { get; set; }

    /// <summary>It said that nothing runs: a result that is still to come must be on its way.</summary>
    public bool NothingRuns { get; private set; }

    /// <summary>It told its earlier booking in place of a result, which may be all that it says.</summary>
    public bool ToldOld { get; private set; }

    public bool IsOver => Result is not null || Stopped is not null;

    /// <summary>True once the terminal has said anything.</summary>
    public bool IsAccepted => accepted;

    /// <summary>Takes a message; what is to be shown for it, or null.</summary>
    public Progress? Hear(BFrame message)
    {
        switch (message.Type)
        {
            case BFrame.Activity:
                var first = !accepted;
                accepted = true;
                return new Progress(first ? "bprotocol.accepted" : "bprotocol.working");
            case BFrame.Response when dialect.OperationOf(message.Get(dialect, BFields.Type)) == identity.Operation && IsOurs(message):
                if (request.Kind.NeedsProof() && BLast.IsToldAgain(message, Before, identity, dialect))
                {
                    ToldOld = true;
                    return new Progress("bprotocol.earlier-result");
                }

                if (request.Kind.NeedsProof() && !HasMark && identity.IsUnique
                    && !new BLast(LastKind.Found, message, dialect).Carries(identity))
                {
                    throw new ProtocolViolationException(
                        "The result carries no number of ours, and the terminal would not say what its last transaction was.");
                }

                if (request.Kind.NeedsProof() && BIdentity.IsOtherDevice(Device, message.TerminalId))
                    throw new ProtocolViolationException($"The result is one of terminal {message.TerminalId}, and {Device} was asked.");
                Result = message;
                return null;
            case BFrame.Response when AbortSent && dialect.OperationOf(message.Get(dialect, BFields.Type)) == BOperations.Passivate:
                return HearPassivated(message);
            default:
                return null; // The answer to something else, or a type that nobody waits for (csob-b.md §3).
        }
    }

    // A result that names another invoice or reference is one of an earlier conversation.
    private bool IsOurs(BFrame message)
    {
        var invoice = message.Get(dialect, BFields.Invoice) ?? message.Get(dialect, BFields.LongInvoice);
        var reference = message.Get(dialect, BFields.Reference);
        return (invoice is null || identity.Invoice is null || invoice == identity.Invoice)
            && (reference is null || identity.Reference is null || reference == identity.Reference);
    }

    private Progress? HearPassivated(BFrame message)
    {
        var code = message.Get(dialect, BFields.Response) ?? "";
        if (dialect.Passivate.Cancelled.Contains(code))
        {
            Stopped = message;
            return new Progress("bprotocol.abort.taken");
        }

        NothingRuns |= dialect.Passivate.Nothing.Contains(code);
        return new Progress("bprotocol.abort.refused");
    }
}
