using Tillbridge.Domain;

namespace Tillbridge.Facades.Rows;

/// <summary>CloseTotals, with the till's own totals where a row has them (integray-rows.md §4.3, §4.4).</summary>
internal static class CloseTotalsRows
{
    private static readonly (string Group, string Count, string Sum)[] Groups =
    [
        (TotalsGroup.Debit, "DebitTransactionCount", "DebitTransactionSum"),
        (TotalsGroup.Credit, "CreditTransactionCount", "CreditTransactionSum"),
        (TotalsGroup.Cashback, "CashbackCount", "CashbackTransactionSum"),
    ];

    private static readonly RowColumn[] Input =
    [
        .. Groups.Select(group => new RowColumn(group.Count, RowType.Integer, true, "How many the till counted.")),
        .. Groups.Select(group => new RowColumn(group.Sum, RowType.Double, true, "Their sum in minor units as the terminal counts them.")),
        new("RegionCode", RowType.String, true, "Region of transport tickets, 1 to 3 characters."), .. RowCells.Address,
    ];

    private static readonly RowColumn[] Output =
    [
        RowCells.TerminalId, RowCells.Timestamp, new("Summary", RowType.String, true, "The totals as the terminal wrote them."),
        RowCells.Approved("IsTransactionApproved"), RowCells.Code, RowCells.CodePage, RowCells.PrintingText,
        new("PeriodClosed", RowType.Bool, true, "True for 000 to 010 and 160; null when that is not known."),
        new("DebitCount", RowType.Integer, true, "Payments."), new("DebitSum", RowType.Double, true, "Their sum, minor units."),
        new("CreditCount", RowType.Integer, true, "Money given back."), new("CreditSum", RowType.Double, true, "Their sum, minor units."),
        new("CashbackCount", RowType.Integer, true, "Cash handed out."),
        new("CashbackSum", RowType.Double, true, "Its sum, minor units."),
    ];

    public static RowConnector Make() =>
        new("gpe-closetotals", "Terminal protocol GPE CloseTotals 3.0", Input, Output, Read, Write) { IsOnce = true };

    private static RowReading Read(IReadOnlyDictionary<string, string?> values, RowRules rules)
    {
        var fields = new RowFields(values, rules);
        var scale = (long)Math.Pow(10, rules.Currency.Exponent - rules.WireExponent(rules.Currency));
        const long Most = Money.MostMinorUnits;
        var told = Groups
            .Select(group => (group.Group, Count: fields.Whole(group.Count, 0, 999_999), Sum: fields.Whole(group.Sum, -Most, Most)))
            .ToList();
        var region = fields.Text("RegionCode", 3);
        var any = told.Any(group => group.Count is not null || group.Sum is not null);
        var totals = told.Select(group =>
            new BrandTotal(group.Group, (int)(group.Count ?? 0), new Money((group.Sum ?? 0) * scale, rules.Currency)));
        var details = any || region is not null ? new RequestDetails(Region: region) { TillTotals = any ? [.. totals] : [] } : null;
        return fields.Read(new(RequestKind.Reconciliation) { Details = details });
    }

    private static object?[] Write(RowEnd end, RowRules rules)
    {
        var said = RowCells.Of(end);
        var closed = end.Outcome is RowOutcome.Unknown ? null : end.Session is { } session ? session.Conclusion?.HasClosed : false;
        BrandTotal? Of(string group) => said?.Totals?.ByBrand.FirstOrDefault(total => total.Brand == group);
        object? Count(string group) => Of(group) is { } total ? (long)total.Count : null;
        object? Sum(string group) => RowCells.Wire(Of(group)?.Sum, rules);
        return
        [
            said?.References.TerminalId, RowCells.At(end), said?.TotalsText, RowCells.IsApproved(end), said?.ResponseCode,
            said?.PrintCodePage, RowCells.PrintText(end), closed,
            Count(TotalsGroup.Debit), Sum(TotalsGroup.Debit), Count(TotalsGroup.Credit), Sum(TotalsGroup.Credit),
            Count(TotalsGroup.Cashback), Sum(TotalsGroup.Cashback),
        ];
    }
}
