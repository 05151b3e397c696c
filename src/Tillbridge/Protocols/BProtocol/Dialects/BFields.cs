using Tillbridge.Domain;

namespace Tillbridge.Protocols.BProtocol.Dialects;

/// <summary>The fields by the names that dialect files use (csob-b.md §4, gpe.md §3).</summary>
internal static class BFields
{
    public const string Type = "type";
    public const string Response = "response";
    public const string Amount = "amount";
    public const string Cashback = "cashback";
    public const string Currency = "currency";
    public const string Invoice = "invoice";
    public const string LongInvoice = "longInvoice";
    public const string Language = "language";
    public const string ClientId = "clientId";
    public const string MultiId = "multiId";
    public const string Reference = "reference";
    public const string Region = "region";
    public const string Approval = "approval";
    public const string Totals = "totals";
    public const string PeriodTotals = "periodTotals";
    public const string PeriodTotalsBeside = "periodTotalsBeside";
    public const string CodePage = "codePage";
    public const string Printing = "printing";
    public const string Text = "text";
    public const string Original = "original";
    public const string Pan = "pan";
    public const string CardProduct = "cardProduct";
    public const string Sequence = "sequence";
    public const string Batch = "batch";
    public const string MerchantId = "merchantId";
    public const string Version = "version";
    public const string ReceiptLine = "receiptLine";
    public const string ReceiptControl = "receiptControl";

    public static IReadOnlyList<string> All { get; } =
    [
        Type, Response, Amount, Cashback, Currency, Invoice, LongInvoice, Language, ClientId, MultiId, Reference, Region, Approval, Totals,
        PeriodTotals, PeriodTotalsBeside, CodePage, Printing, Text, Original, Pan, CardProduct, Sequence, Batch, MerchantId,
        Version, ReceiptLine, ReceiptControl,
    ];

    /// <summary>Without these nothing can be said.</summary>
    public static IReadOnlyList<string> Needed { get; } = [Type, Response, Amount, Currency, Invoice, Approval];

    public static IReadOnlyList<string> OfRequests { get; } =
        [Amount, Cashback, Currency, Invoice, Language, ClientId, MultiId, Reference, Region, Approval, Totals];

    public static IReadOnlyList<string> Groups { get; } = [TotalsGroup.Debit, TotalsGroup.Credit, TotalsGroup.Cashback];

    /// <summary>Numbers that a till gave a booking and finds it by; only what reads as a card's number is one.</summary>
    public static bool IsPlain(string? field) => field is Invoice or LongInvoice or Reference or Approval or ClientId or MultiId;

    /// <summary>A letter or digit, or 9 and that of a sub-field.</summary>
    public static bool IsFid(string text) => text.Length switch
    {
        1 => char.IsAsciiLetterOrDigit(text[0]) && text[0] != '9',
        2 => text[0] == '9' && char.IsAsciiLetterOrDigit(text[1]),
        _ => false,
    };
}
