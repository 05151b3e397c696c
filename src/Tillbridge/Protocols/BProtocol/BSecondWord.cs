using Tillbridge.Domain;
using Tillbridge.Domain.Proof;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Protocols.BProtocol;

/// <summary>What the terminal says when it is asked at once by T82 about the result that it just told (csob-b.md §6).</summary>
internal sealed class BSecondWord(BConclusions conclusions, BDialect dialect)
{
    private static readonly string[] Said = [BFields.Response, BFields.Amount, BFields.Cashback, BFields.Currency];

    /// <summary>What a result rests on that was read again: the second word wins.</summary>
    public static Grounds Asked { get; } = Grounds.Of(Ground.ResultOnTheLine, Ground.RepeatsBooking, Ground.MemoryIsTrue);

    /// <summary>An uncertain end is one only when T82 says the same once more; the answer that counts.</summary>
    /// <exception cref="ProtocolViolationException">It does not repeat it.</exception>
    public async Task<BFrame> OfUncertain(BTalk talk, BExchange state, BFrame result, CancellationToken shutdown)
    {
        if (!state.Request.Kind.MovesMoney())
            throw new ProtocolViolationException("The terminal does not say whether the period is closed.");
        var code = result.Get(dialect, BFields.Response);
        if (!dialect.Trusts(Ground.MemoryIsTrue))
            throw new ProtocolViolationException($"The terminal ended with {code}, and what it repeats is not believed.");
        var last = await new BQuestions(talk, dialect).Last(shutdown);
        if (!state.IsOurs(last) || (last.Code != code && Believed(last, state.Request, null).Outcome is not Outcome.Approved))
            throw new ProtocolViolationException($"The terminal ended with {code} and does not repeat what became of it.");
        return last.Answer;
    }

    public bool IsOther(BFrame second, BFrame first) =>
        second.Get(dialect, BFields.Type) == first.Get(dialect, BFields.Type)
        && Said.Any(field => second.Get(dialect, field) != first.Get(dialect, field));

    /// <summary>True when the result counts only as T82 says it.</summary>
    public bool IsNeeded(BFrame result, BExchange state) =>
        ((result.Flags & BFrame.ConfirmWanted) != 0 && dialect.Reread.Contains(state.Identity.Operation))
        // A reversal is answered with the code of what it undoes: without a number of its own only T82 tells the two apart.
        || (state.Identity.Operation == BOperations.Reversal && string.IsNullOrWhiteSpace(result.Get(dialect, BFields.Sequence)));

    /// <summary>T82's word; null when it is about something else, which contradicts no refusal.</summary>
    /// <exception cref="ProtocolViolationException">It contradicts what was announced.</exception>
    public async Task<Conclusion?> Ask(BTalk talk, BExchange state, Conclusion announced, CancellationToken shutdown)
    {
        var isApproved = announced.Outcome is Outcome.Approved;
        if (!dialect.Trusts(Ground.MemoryIsTrue))
        {
            return isApproved
                ? throw new ProtocolViolationException("The terminal approved without a number, and what it repeats is not believed.")
                : null;
        }

        var last = await new BQuestions(talk, dialect).Last(shutdown);
        if (state.IsOurs(last)) return Believed(last, state.Request, announced);
        if (isApproved)
        {
            if (last.LeavesOpen(state.Identity)) return null;
            throw new ProtocolViolationException("The terminal approved, and its last transaction is another one.");
        }

        // Two refusals say the same of the money.
        if (state.MayBeOurs(last) && conclusions.IsApproved(last.Code))
            throw new ProtocolViolationException("The terminal refused, and its last transaction may be this one.");
        return null;
    }

    /// <summary>The second word wins, but one over yet another amount is no word to rely on (found by the laboratory).</summary>
    public Conclusion Believed(BLast last, TerminalRequest request, Conclusion? announced)
    {
        var said = conclusions.Of(last.Answer, request);
        if (said.ApprovedAmount is not { } amount) return said;
        // The first word named another currency, and the second none.
        if (announced?.ApprovedAmount is { } first && first.Currency != amount.Currency && first.MinorUnits == amount.MinorUnits
            && last.Answer.Get(dialect, BFields.Currency) is null)
            return said with { ApprovedAmount = first, ApprovedCashback = announced.ApprovedCashback, Reason = announced.Reason };
        if (amount == announced?.ApprovedAmount || amount == BConclusions.AskedOf(request)) return said;
        throw new ProtocolViolationException($"The terminal repeats our booking over {amount}, which is neither asked nor approved.");
    }
}
