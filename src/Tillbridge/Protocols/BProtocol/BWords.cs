using Tillbridge.Protocols.BProtocol.Dialects;

namespace Tillbridge.Protocols.BProtocol;

/// <summary>What driver and virtual terminal of a dialect can say, in the words of the decoder.</summary>
internal static class BWords
{
    // What the driver asks for; the virtual terminal answers each.
    private static readonly string[] Asked =
    [
        BOperations.Purchase, BOperations.PreAuth, BOperations.Completion, BOperations.Refund, BOperations.Balance, BOperations.Cashback,
        BOperations.Reversal, BOperations.CloseTotals, BOperations.SubTotals, BOperations.AppInfo, BOperations.Passivate,
        BOperations.LastTransaction, BOperations.LastSums, BOperations.AppConfig, BOperations.TmsCall, BOperations.Handshake,
    ];

    public static ProtocolVocabulary Of(BDialect dialect)
    {
        var messages = new List<string> { "B0 confirm" };
        foreach (var operation in Asked) messages.AddRange([$"B1 {operation}", $"B2 {operation}"]);
        if (dialect.Receipts.Fetch) messages.AddRange(["B3 receiptRequest", "B4 receiptData"]);
        return new(messages, dialect.Codes.All, []);
    }
}
