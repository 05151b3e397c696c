using System.Globalization;
using System.Text.Json;
using Tillbridge.Domain;

namespace Tillbridge.Facades.K2.Links;

/// <summary>Reads the session object of the API as far as a client object shows it.</summary>
internal static class K2SessionJson
{
    /// <summary>Reads one session. What is missing or not understood stays null; an unknown outcome's word counts as unknown.</summary>
    public static K2Result Read(string id, JsonElement session)
    {
        var asked = Total(session);
        var closed = Text(session, "phase") == "closed";
        return new K2Result(id, Text(session, "terminal") ?? "")
        {
            IsClosed = closed,
            Asked = asked,
            Conclusion = closed ? Conclusion(session) : null,
            Client = ClientOf(session),
        };
    }

    /// <summary>The mark of the client object that ordered a session; null for everybody else's.</summary>
    public static string? ClientOf(JsonElement session) =>
        session.ValueKind is JsonValueKind.Object && session.TryGetProperty("metadata", out var metadata)
            ? Text(metadata, K2Order.Mark)
            : null;

    private static Conclusion Conclusion(JsonElement session)
    {
        // Not Enum.TryParse alone: a number would be read as an outcome.
        var outcome = Text(session, "outcome") switch
        {
            "approved" => Outcome.Approved, "declined" => Outcome.Declined, "cancelled" => Outcome.Cancelled,
            "failed" => Outcome.Failed, _ => Outcome.Unknown,
        };
        var references = session.TryGetProperty("references", out var numbers) ? numbers : default;
        var card = session.TryGetProperty("card", out var view) ? view : default;
        return new(outcome, Text(session, "reason") ?? Reason.CannotTell)
        {
            ApprovedAmount = MoneyOf(session, "approvedAmount"),
            ResponseCode = Text(session, "responseCode"),
            TerminalText = Text(session, "terminalText"),
            References = new(
                Text(references, "receipt"), Text(references, "rrn"), Text(references, "approval"), Text(references, "trace"),
                Text(references, "terminalId"), Text(references, "merchantId"), Text(references, "batch")),
            Card = card.ValueKind is JsonValueKind.Object ? new(Text(card, "maskedPan"), Text(card, "brand")) : null,
            TerminalTime = Text(session, "terminalTime") is { } time
                && DateTime.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.None, out var read) ? read : null,
            SignatureRequired = Flag(session, "signatureRequired") ?? false,
            PeriodClosed = Flag(session, "periodClosed"),
            CheckReconciliation = Flag(session, "checkReconciliation") ?? false,
            TotalsText = Text(session, "totalsText"),
            Totals = TotalsOf(session),
        };
    }

    private static Totals? TotalsOf(JsonElement session)
    {
        if (!session.TryGetProperty("totals", out var totals) || MoneyOf(totals, "net") is not { } net) return null;
        var groups = new List<BrandTotal>();
        if (totals.TryGetProperty("byBrand", out var brands) && brands.ValueKind is JsonValueKind.Array)
        {
            foreach (var brand in brands.EnumerateArray())
            {
                if (Text(brand, "brand") is { } name && MoneyOf(brand, "sum") is { } sum)
                    groups.Add(new(name, (int?)Number(brand, "count") ?? 0, sum));
            }
        }

        return new(net, (int?)Number(totals, "count"), Text(totals, "firstReceipt"), Text(totals, "lastReceipt"), groups);
    }

    private static Money? Total(JsonElement session)
    {
        if (MoneyOf(session, "amount") is not { } amount) return null;
        return new TerminalRequest(RequestKind.Sale)
        {
            Amount = amount,
            Cashback = MoneyOf(session, "cashback"),
            Tip = MoneyOf(session, "tip"),
            Discount = MoneyOf(session, "discount"),
        }.Total;
    }

    private static Money? MoneyOf(JsonElement from, string name) =>
        from.ValueKind is JsonValueKind.Object && from.TryGetProperty(name, out var money)
            && Number(money, "minorUnits") is { } minor && Currency.TryFind(Text(money, "currency"), out var currency)
            ? new Money(minor, currency)
            : null;

    private static long? Number(JsonElement from, string name) =>
        from.ValueKind is JsonValueKind.Object && from.TryGetProperty(name, out var value)
            && value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    private static bool? Flag(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : null;

    private static string? Text(JsonElement from, string name) =>
        from.ValueKind is JsonValueKind.Object && from.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;
}
