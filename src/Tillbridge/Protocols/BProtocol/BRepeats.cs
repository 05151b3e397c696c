using Tillbridge.Domain;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Protocols.BProtocol;

/// <summary>
/// What T82 says to who asks for the last result. It is about an earlier booking: that it was told is the success, and what was told
/// stands in amount and text.
/// </summary>
internal sealed class BRepeats(BConclusions conclusions, BDialect dialect, Currency own)
{
    private static readonly string[] Marks =
        [BFields.Original, BFields.Invoice, BFields.LongInvoice, BFields.Reference, BFields.Amount, BFields.Approval];

    /// <summary>Its conclusion.</summary>
    /// <exception cref="ProtocolViolationException">It cannot be understood.</exception>
    public Conclusion Of(BFrame answer, TerminalRequest request)
    {
        var told = conclusions.Of(answer, request);
        if (told.ResponseCode is not { } code || Marks.All(mark => string.IsNullOrEmpty(answer.Get(dialect, mark))))
        {
            return told.ResponseCode is { } nothing && dialect.Codes.LastNotFound.Contains(nothing)
                ? new(Outcome.Failed, Reason.CannotTell) { ResponseCode = nothing, TerminalText = "The terminal has no last transaction." }
                : told;
        }

        var operation = dialect.OperationOf(answer.Get(dialect, BFields.Original));
        var kind = operation is BOperations.Reversal ? RequestKind.Reversal : RequestKind.Sale;
        var (outcome, _) = conclusions.Judge(code, kind);
        var amount = AmountOf(answer);
        var text = $"Last transaction: {operation ?? "not named"}{(amount is { } money ? $" over {money}" : "")}, "
            + $"{outcome.ToString().ToLowerInvariant()} (code {code})";
        return told with
        {
            Outcome = Outcome.Approved,
            Reason = Reason.Done,
            ApprovedAmount = outcome is Outcome.Approved ? amount : null,
            TerminalText = told.TerminalText is { } said ? $"{text}: {said}" : text,
        };
    }

    // With the cash beside it; null where it cannot be read. Without a currency it is in the terminal's own, as configured.
    private Money? AmountOf(BFrame answer)
    {
        if (!BAmounts.TryCurrency(answer.Get(dialect, BFields.Currency), out var named)) return null;
        var currency = named ?? own;
        if (BAmounts.Read(answer.Get(dialect, BFields.Amount), currency, dialect) is not { } amount) return null;
        if (dialect.CashbackIncluded || answer.Get(dialect, BFields.Cashback) is not { } digits) return amount;
        return BAmounts.Read(digits, currency, dialect) is { } cash ? amount + cash : null;
    }
}
