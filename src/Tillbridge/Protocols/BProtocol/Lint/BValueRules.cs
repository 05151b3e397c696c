using Tillbridge.Domain;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Protocols.BProtocol.Lint;

/// <summary>Which values a field of a dialect takes (csob-b.md §4, gpe.md §3).</summary>
internal sealed class BValueRules(BDialect dialect)
{
    private const int MostApproval = 8;
    private const int MostAmount = 12;

    public IEnumerable<string> Faults(string name, string raw, BFrame frame)
    {
        var text = BFrame.TextOf(raw, dialect.Encoding);
        return name switch
        {
            BFields.Type => Unless(dialect.OperationOf(text) is not null, $"'{text}' is no operation of types"),
            BFields.Original => Unless(dialect.OperationOf(text) is not null, $"'{text}' is no operation of types"),
            BFields.Response => Code(text),
            BFields.Amount or BFields.Cashback => Unless(
                text.Length >= dialect.LeastAmountDigits && text.Length <= MostAmount && text.All(char.IsAsciiDigit),
                $"'{text}' is no {dialect.LeastAmountDigits} to {MostAmount} digits"),
            BFields.Currency => Unless(BAmounts.CurrencyOf(text) is not null, $"'{text}' is no currency number of ISO 4217"),
            BFields.Invoice => Unless(
                text.Length <= dialect.Invoice.ShortMax && (!dialect.Invoice.DigitsOnly || text.All(char.IsAsciiDigit)),
                $"'{text}' does not fit invoice.shortMax {dialect.Invoice.ShortMax}{(dialect.Invoice.DigitsOnly ? " and digits" : "")}"),
            BFields.LongInvoice => Unless(
                text.Length >= dialect.Invoice.LongMin && text.Length <= dialect.Invoice.LongMax,
                $"{text.Length} characters, invoice says {dialect.Invoice.LongMin} to {dialect.Invoice.LongMax}"),
            BFields.Approval => Unless(
                text.Trim().Length is > 0 and <= MostApproval && text.Trim().All(char.IsAsciiLetterOrDigit),
                $"'{text}' is no 1 to {MostApproval} letters or digits"),
            BFields.Totals => Unless(
                BTotals.Read(text, Currency.Euro, dialect) is not null, "it does not fit the layout of totals and is handed on as it is"),
            BFields.PeriodTotals or BFields.PeriodTotalsBeside => Unless(
                BTotals.ReadPeriod(text, Currency.Euro, dialect) is not null, "it does not fit totals.period and is handed on as it is"),
            BFields.CodePage => Unless(
                dialect.Receipts.CodePages.ContainsKey(text.Trim().TrimStart('0') is { Length: > 0 } page ? page : "0"),
                $"'{text}' is no page of receipt.codePages"),
            BFields.Printing => Printing(frame),
            BFields.ReceiptLine => Unless(
                text.Length > 0 && dialect.Receipts.Styles.ContainsKey(text[0]),
                text.Length == 0 ? "a line has no style" : $"the style '{text[0]}' is not in receipt.styles"),
            BFields.ReceiptControl => Unless(text is "M" or "C" or "-" or " " or "0" or "1", $"'{text}' is none of M, C, -, a blank, 0, 1"),
            _ => [],
        };
    }

    private IEnumerable<string> Code(string text)
    {
        if (!CodeRuleReader.IsCode(text)) return [$"'{text}' is no code of 3 characters"];
        return Unless(dialect.Codes.All.Contains(text), $"{text} is in no list of codes, so it is taken for a decline");
    }

    private IEnumerable<string> Printing(BFrame frame)
    {
        var reader = new BPrintText(dialect);
        reader.Read(BPrintText.TextOf(frame, dialect) ?? "", frame, isMoney: true);
        return reader.Unknown.Select(directive => $"the directive {directive} is not known and stays in the text");
    }

    private static IEnumerable<string> Unless(bool right, string what) => right ? [] : [what];
}
