namespace Tillbridge.Domain;

/// <summary>Counts and sums that a terminal or our journal names for one turnover period.</summary>
/// <param name="Net">The sum over all kinds, refunds and reversals taken off where the source does so.</param>
/// <param name="Count">How many bookings; null when not told.</param>
/// <param name="FirstReceipt">Number of the first receipt of the period.</param>
/// <param name="LastReceipt">Number of the last receipt of the period.</param>
/// <param name="ByBrand">Counts and sums per card kind.</param>
public sealed record Totals(
    Money Net, int? Count, string? FirstReceipt, string? LastReceipt, IReadOnlyList<BrandTotal> ByBrand)
{
    /// <summary>The source does not say whether the sum was taken or given back, so that only its size is known (zvt.md §8.4).</summary>
    public bool IsUnsigned { get; init; }
}

/// <summary>Count and sum of one card kind.</summary>
/// <param name="Brand">Card kind as the protocol groups them.</param>
/// <param name="Count">How many bookings.</param>
/// <param name="Sum">Their sum.</param>
public sealed record BrandTotal(string Brand, int Count, Money Sum);
