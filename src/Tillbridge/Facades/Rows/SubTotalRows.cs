using Tillbridge.Domain;

namespace Tillbridge.Facades.Rows;

/// <summary>SubTotal, column for column as in the seed, its misspelt name included (integray-rows.md §3).</summary>
internal static class SubTotalRows
{
    private static readonly RowColumn[] Output =
    [
        RowCells.TerminalId, RowCells.Timestamp, RowCells.Approved("IsTransactionApporoved"), RowCells.Code, RowCells.CodePage,
        RowCells.PrintingText,
    ];

    public static RowConnector Make() =>
        new("gpe-subtotal", "Terminal protocol GPE SubTotal 3.0", RowCells.Address, Output, Read, Write);

    private static RowReading Read(IReadOnlyDictionary<string, string?> values, RowRules rules) =>
        new RowFields(values, rules).Read(new(RequestKind.Subtotals));

    private static object?[] Write(RowEnd end, RowRules rules) =>
    [
        RowCells.Of(end)?.References.TerminalId, RowCells.At(end), RowCells.IsApproved(end), RowCells.Of(end)?.ResponseCode,
        RowCells.Of(end)?.PrintCodePage, RowCells.PrintText(end),
    ];
}
