using System.Globalization;
using Tillbridge.Domain;

namespace Tillbridge.Facades.Rows;

/// <summary>Payment and Refund (integray-rows.md §4.1, §4.2, §4.4).</summary>
internal static class PaymentRows
{
    private const int MostInvoiceDigits = 10;

    private static readonly RowColumn Amount = new("Amount", RowType.Double, false, "What is paid or given back; see --amount-unit.");
    private static readonly RowColumn Currency = new("Currency", RowType.String, true, "Three digits of ISO 4217, or its letters.");
    private static readonly RowColumn Invoice = new("InvoiceNumber", RowType.Integer, true, "Variable symbol, 1 to 10 digits.");
    private static readonly RowColumn Language = new("CustomerLanguage", RowType.String, true, "Two letters of ISO 639-1.");
    private static readonly RowColumn Account = new("MultiIdAccountNumber", RowType.String, true, "1 to 30 characters.");
    private static readonly RowColumn Reference =
        new("ReferenceNumber", RowType.String, true, "The till's own id of the transaction, 1 to 20 characters.");

    private static readonly RowColumn[] Output =
    [
        RowCells.TerminalId, RowCells.Timestamp, RowCells.Approved("IsTransactionApproved"), RowCells.Code,
        new("Amount", RowType.Double, true, "What was approved without cash, in minor units as the terminal counts them."),
        new("AmountCashBack", RowType.Double, true, "The cash in it."),
        new("Currency", RowType.String, true, "Three digits of ISO 4217."),
        new("ApprovalCode", RowType.String, true, "Approval code."), new("InvoiceNumber", RowType.String, true, "As sent."),
        new("ReferenceNumber", RowType.String, true, "As sent."), new("CardNumber", RowType.String, true, "Masked."),
        new("CardProduct", RowType.String, true, "Brand or product of the card."),
        new("SequenceNumber", RowType.String, true, "The terminal's number of the transaction."),
        new("ResponseText", RowType.String, true, "The terminal's own words."), RowCells.CodePage, RowCells.PrintingText,
    ];

    public static RowConnector MakePayment() => new(
        "gpe-payment", "Terminal protocol GPE Payment 3.1",
        [
            Amount, new("AmountCashBack", RowType.Double, true, "The cash besides; above zero makes it a sale with cash."), Currency,
            Invoice, Language, new("ClientId", RowType.String, true, "1 to 20 characters."), Account, Reference, .. RowCells.Address,
        ],
        Output, ReadPayment, Write) { MovesMoney = true, IsOnce = true };

    public static RowConnector MakeRefund() => new(
        "gpe-refund", "Terminal protocol GPE Refund 3.1",
        [
            Amount, Currency, Invoice, Language, new("ClientId", RowType.Integer, true, "1 to 20 digits."), Account, Reference,
            .. RowCells.Address,
        ],
        Output, ReadRefund, Write) { MovesMoney = true, IsOnce = true };

    private static RowReading ReadPayment(IReadOnlyDictionary<string, string?> values, RowRules rules)
    {
        var fields = new RowFields(values, rules);
        var request = Read(fields, RequestKind.Sale, fields.Text("ClientId", 20));
        var cash = fields.Amount("AmountCashBack", request.Amount?.Currency);
        return fields.Read(cash is { MinorUnits: > 0 } ? request with { Kind = RequestKind.SaleWithCashback, Cashback = cash } : request);
    }

    private static RowReading ReadRefund(IReadOnlyDictionary<string, string?> values, RowRules rules)
    {
        var fields = new RowFields(values, rules);
        return fields.Read(Read(fields, RequestKind.Refund, fields.Digits("ClientId", 20)));
    }

    private static TerminalRequest Read(RowFields fields, RequestKind kind, string? client)
    {
        var currency = fields.Currency("Currency");
        var (account, reference) = (fields.Text("MultiIdAccountNumber", 30), fields.Text("ReferenceNumber", 20));
        var invoice = fields.Digits("InvoiceNumber", MostInvoiceDigits);
        if (!fields.Rules.HasReferenceNumber) (invoice, reference) = (invoice ?? reference, null);
        var hasDetails = client is not null || account is not null || reference is not null;
        return new(kind)
        {
            Amount = fields.RequiredAmount("Amount", currency),
            Reference = invoice,
            Language = fields.Language("CustomerLanguage"),
            Details = hasDetails ? new RequestDetails(reference, client, account) : null,
        };
    }

    private static object?[] Write(RowEnd end, RowRules rules)
    {
        var said = RowCells.Of(end);
        var request = end.Session?.Request;
        var approved = said is { Outcome: Outcome.Approved } ? said.ApprovedAmount : null;
        var cash = approved is null ? null : said!.ApprovedCashback;
        var goods = approved is { } all && cash is { } part ? all with { MinorUnits = all.MinorUnits - part.MinorUnits } : approved;
        var currency = (approved ?? request?.Amount)?.Currency;
        var (invoice, reference) = rules.HasReferenceNumber
            ? (request?.Reference, request?.Details?.ReferenceNumber ?? request?.MintedReference)
            : (request?.Reference ?? request?.MintedReference, null);
        return
        [
            said?.References.TerminalId, RowCells.At(end), RowCells.IsApproved(end), said?.ResponseCode, RowCells.Wire(goods, rules),
            RowCells.Wire(cash, rules), currency?.Numeric.ToString("D3", CultureInfo.InvariantCulture), said?.References.Approval,
            invoice, reference, said?.Card?.MaskedPan, said?.Card?.Brand, said?.References.Receipt, said?.TerminalText,
            said?.PrintCodePage, RowCells.PrintText(end),
        ];
    }
}
