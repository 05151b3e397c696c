using System.Security.Cryptography;
using System.Text;
using Tillbridge.Domain;

namespace Tillbridge.Sessions;

/// <summary>A hash over everything in an order that decides what happens to money: equal content, equal hash.</summary>
internal static class Fingerprint
{
    public static string Of(Order order)
    {
        var request = order.Request;
        var original = request.Original;
        string?[] parts =
        [
            order.Terminal, request.Kind.ToString(), Text(request.Amount), Text(request.Cashback), Text(request.Tip),
            Text(request.Discount), request.Reference, original?.Session?.Value, original?.Receipt, original?.Rrn,
            original?.Approval, request.Merchant?.ToString(), request.Confirm.ToString(),
        ];
        // Added later, so only where there is something: keys of older journals keep their fingerprint.
        if (request.Details is { } details)
        {
            parts = [.. parts, details.ReferenceNumber, details.ClientId, details.AccountNumber, details.Region,
                .. details.TillTotals.Select(total => $"{total.Brand} {total.Count} {Text(total.Sum)}")];
        }

        // Each part carries its length, so that no two lists of parts look alike.
        var joined = new StringBuilder();
        foreach (var part in parts) joined.Append(part is null ? "-" : $"{part.Length}:{part}").Append(';');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(joined.ToString())));
    }

    private static string? Text(Money? money) => money is { } value ? $"{value.MinorUnits} {value.Currency.Code}" : null;
}
