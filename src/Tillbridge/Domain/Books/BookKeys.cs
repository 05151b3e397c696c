namespace Tillbridge.Domain.Books;

/// <summary>Numbers of a booking in the one form in which equal ones are equal texts.</summary>
internal static class BookKeys
{
    /// <summary>The form of a receipt number by which <see cref="Original.SameReceipt"/> holds; null for none.</summary>
    public static string? Receipt(string? receipt) => receipt?.TrimStart('0');

    /// <summary>The form of an approval code by which <see cref="Original.SameApproval"/> holds; null for none.</summary>
    public static string? Approval(string? approval) =>
        approval?.Trim().TrimStart('0') is { Length: > 0 } code ? code.ToUpperInvariant() : null;
}
