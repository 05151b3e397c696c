namespace Tillbridge.Protocols.BProtocol.Dialects;

/// <summary>The operations of FID T by the names that dialect files use (csob-b.md §5).</summary>
internal static class BOperations
{
    public const string Purchase = "purchase";
    public const string PreAuth = "preAuth";
    public const string Completion = "completion";
    public const string Refund = "refund";
    public const string CashAdvance = "cashAdvance";
    public const string Balance = "balance";
    public const string Cashback = "cashback";
    public const string Reversal = "reversal";
    public const string CloseTotals = "closeTotals";
    public const string SubTotals = "subTotals";
    public const string AppInfo = "appInfo";
    public const string Passivate = "passivate";
    public const string LastTransaction = "lastTransaction";
    public const string LastSums = "lastSums";
    public const string AppConfig = "appConfig";
    public const string TmsCall = "tmsCall";
    public const string Handshake = "handshake";

    public static IReadOnlyList<string> All { get; } =
    [
        Purchase, PreAuth, Completion, Refund, CashAdvance, Balance, Cashback, Reversal, CloseTotals, SubTotals, AppInfo, Passivate,
        LastTransaction, LastSums, AppConfig, TmsCall, Handshake,
    ];

    /// <summary>Those whose requests carry more than T.</summary>
    public static IReadOnlyList<string> WithFields { get; } =
        [Purchase, Cashback, Refund, PreAuth, Completion, Reversal, CloseTotals];

    /// <summary>True when it can move or reserve money.</summary>
    public static bool MovesMoney(string? operation) =>
        operation is Purchase or PreAuth or Completion or Refund or CashAdvance or Cashback or Reversal;
}
