namespace Tillbridge.Facades.Rows;

/// <summary>The row-by-row connectors (integray-rows.md).</summary>
public static class Rows
{
    /// <summary>Compares counts and sums, closes nothing.</summary>
    public static RowConnector SubTotal { get; } = SubTotalRows.Make();

    /// <summary>A payment a row, with cash where the row says so.</summary>
    public static RowConnector Payment { get; } = PaymentRows.MakePayment();

    /// <summary>Money back, a row each.</summary>
    public static RowConnector Refund { get; } = PaymentRows.MakeRefund();

    /// <summary>Closes the period, with the till's own totals where the row has them.</summary>
    public static RowConnector CloseTotals { get; } = CloseTotalsRows.Make();

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RowConnector> All { get; } = [SubTotal, Payment, Refund, CloseTotals];
}
