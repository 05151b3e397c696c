using System.Collections.Frozen;
using Tillbridge.Domain;
using Tillbridge.Facades.K2.Links;

namespace Tillbridge.Facades.K2.Texts;

/// <summary>The face's own names of reasons (k2-client.md §2.4, §2.5). They say why, never what became of the money.</summary>
internal static class K2Reasons
{
    public const string Approved = "approved";
    public const string Partial = "approved-partial";
    public const string OtherAmount = "approved-other-amount";
    public const string NoAnswerInTime = "no-answer-in-time";
    public const string Unknown = "outcome-unknown";
    public const string Displaced = "displaced";
    public const string CancelledAtTill = "cancelled-operator";
    public const string GatewayUnreachable = "gateway-unreachable";

    private static readonly FrozenDictionary<string, string> ByReason = new Dictionary<string, string>
    {
        [Reason.Done] = "done", [Reason.Recovered] = Approved, [Reason.Approved] = Approved, [Reason.ApprovedOtherAmount] = OtherAmount,
        [Reason.DeclinedByIssuer] = "declined-host", [Reason.DeclinedByCard] = "declined-card",
        [Reason.DeclinedByTerminal] = "declined-other", [Reason.ReversedByTerminal] = "reversed",
        [Reason.ReversalRefused] = "reversal-failed",
        [Reason.Cancelled] = "cancelled", [Reason.NotConfirmed] = "cancelled", [Reason.CancelledByCustomer] = "cancelled-customer",
        [Reason.CancelledByOperator] = CancelledAtTill, [Reason.CancelledBeforeSend] = CancelledAtTill,
        [Reason.TerminalTimeOut] = "timeout-terminal", [Reason.TerminalBusy] = "terminal-busy",
        [Reason.TerminalUnreachable] = "terminal-unreachable", [Reason.OtherProtocol] = "other-protocol",
        [Reason.HostUnreachable] = "host-unreachable", [Reason.HostAnswerLost] = "host-answer-lost",
        [Reason.CurrencyRefused] = "currency", [Reason.AmountRefused] = "amount-not-allowed", [Reason.Unsupported] = "unsupported",
        [Reason.NoPaper] = "no-paper", [Reason.TotalsDifferClosed] = "totals-differ-closed",
        [Reason.TotalsDifferOpen] = "totals-differ-open", [Reason.TerminalFailed] = "general-error",
        [Reason.TerminalRefused] = "protocol-error", [Reason.ProtocolViolation] = "protocol-error", [Reason.NotBooked] = "not-booked",
        [Reason.NotTheLast] = "not-the-last-transaction", [Reason.BookedAlready] = "booked-already",
        [Reason.Displaced] = Displaced, [Reason.JournalFailed] = "journal-full",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The face's reason for the end of a session.</summary>
    public static string Of(K2Result result)
    {
        var end = result.Conclusion;
        return end switch
        {
            null or { Outcome: Outcome.Unknown } => Unknown,
            { Outcome: Outcome.Approved, ApprovedAmount: { } got } when result.Asked is { } asked && got != asked =>
                got.MinorUnits < asked.MinorUnits ? Partial : OtherAmount,
            { Outcome: Outcome.Approved } => Approved,
            { Outcome: Outcome.Declined } => ByReason.GetValueOrDefault(end.Reason, "declined-other"),
            { Outcome: Outcome.Cancelled } => ByReason.GetValueOrDefault(end.Reason, "cancelled"),
            _ => ByReason.GetValueOrDefault(end.Reason, "failed"),
        };
    }

    /// <summary>The face's reason for an order that was not taken.</summary>
    public static string Of(K2RefusalKind refusal) => refusal switch
    {
        K2RefusalKind.Busy => "terminal-busy",
        K2RefusalKind.Unresolved => "unresolved-session",
        K2RefusalKind.NotTheLast => "not-the-last-transaction",
        K2RefusalKind.SymbolUsed => "symbol-used",
        K2RefusalKind.Currency => "currency",
        K2RefusalKind.NoRoute => "no-route",
        K2RefusalKind.JournalFull => "journal-full",
        K2RefusalKind.Unreachable => GatewayUnreachable,
        K2RefusalKind.Uncertain => Unknown,
        _ => "unsupported",
    };
}
