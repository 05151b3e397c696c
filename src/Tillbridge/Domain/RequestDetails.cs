namespace Tillbridge.Domain;

/// <summary>What some terminals are told besides, where their protocol carries it (gpe.md §3); null or empty sends nothing.</summary>
/// <param name="ReferenceNumber">The till's own alphanumeric id of the transaction, 1 to 20 characters.</param>
/// <param name="ClientId">The customer's number at the shop, 1 to 20 characters.</param>
/// <param name="AccountNumber">Which of several accounts or merchants books it, 1 to 30 characters.</param>
/// <param name="Region">Region of a transport ticket, 1 to 3 characters; only for a reconciliation.</param>
public sealed record RequestDetails(
    string? ReferenceNumber = null, string? ClientId = null, string? AccountNumber = null, string? Region = null)
{
    /// <summary>The till's own totals for a reconciliation, by <see cref="TotalsGroup"/>; empty when it names none.</summary>
    public IReadOnlyList<BrandTotal> TillTotals { get; init; } = [];
}

/// <summary>The groups in which B-protocol terminals count (gpe.md §7), as <see cref="BrandTotal.Brand"/>.</summary>
public static class TotalsGroup
{
    /// <summary>Payments.</summary>
    public const string Debit = "debit";

    /// <summary>Money given back.</summary>
    public const string Credit = "credit";

    /// <summary>Cash handed out with payments.</summary>
    public const string Cashback = "cashback";
}
