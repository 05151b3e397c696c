using Tillbridge.Domain;
using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Api.Requests;

/// <summary>The body of <c>POST /v1/sessions</c>.</summary>
/// <param name="Request">What to do.</param>
/// <param name="Terminal">The terminal, if named.</param>
/// <param name="Workstation">For routing.</param>
/// <param name="User">For routing.</param>
/// <param name="Metadata">The caller's own data.</param>
internal sealed record SessionBody(
    TerminalRequest Request, string? Terminal, string? Workstation, string? User, IReadOnlyDictionary<string, string>? Metadata)
{
    private const int MostNameCharacters = 256;

    /// <summary>Reads the body; null when there are faults.</summary>
    public static SessionBody? Read(JsonFields fields, List<JsonFault> faults)
    {
        var kind = fields.Choice("kind", Words<RequestKind>.ByWord);
        if (kind is null && !fields.Has("kind"))
            fields.Fault("kind", $"This is missing; write one of: {string.Join(", ", Words<RequestKind>.ByWord.Keys)}.");
        var request = new TerminalRequest(kind ?? RequestKind.Status)
        {
            Amount = ReadMoney(fields, "amount"),
            Cashback = ReadMoney(fields, "cashback"),
            Tip = ReadMoney(fields, "tip"),
            Discount = ReadMoney(fields, "discount"),
            Reference = fields.Text("reference", RequestRules.MostReferenceCharacters),
            Original = ReadOriginal(fields),
            Merchant = (int?)fields.Whole("merchant", 1, 99),
            Language = fields.Text("language", 35),
            Confirm = fields.Flag("confirm") ?? false,
            Details = ReadDetails(fields),
        };
        var body = new SessionBody(
            request,
            fields.Text("terminal", MostNameCharacters),
            fields.Text("workstation", MostNameCharacters),
            fields.Text("user", MostNameCharacters),
            fields.TextMap("metadata", 32, 512));
        fields.Finish();
        if (faults.Count == 0 && RequestRules.Fault(request) is var (field, text)) fields.Fault(field, text);
        return faults.Count == 0 ? body : null;
    }

    private static Money? ReadMoney(JsonFields fields, string name)
    {
        if (fields.Object(name) is not { } money) return null;
        var minor = money.Whole("minorUnits", 0, Money.MostMinorUnits);
        if (minor is null && !money.Has("minorUnits")) money.Fault("minorUnits", "This is missing.");
        var code = money.RequiredText("currency", 3);
        if (!Currency.TryFind(code, out var currency) && code is not null)
            money.Fault("currency", "This must be an ISO 4217 code in capital letters, for example EUR.");
        money.Finish();
        return minor is { } units && currency is not null ? new Money(units, currency) : null;
    }

    private static RequestDetails? ReadDetails(JsonFields fields)
    {
        if (fields.Object("details") is not { } details) return null;
        var read = new RequestDetails(
            details.Text("referenceNumber", 20), details.Text("clientId", 20), details.Text("accountNumber", 30), details.Text("region", 3))
        {
            TillTotals = ReadTillTotals(details),
        };
        details.Finish();
        return read;
    }

    private static List<BrandTotal> ReadTillTotals(JsonFields details)
    {
        if (details.Object("tillTotals") is not { } totals) return [];
        var code = totals.RequiredText("currency", 3);
        if (!Currency.TryFind(code, out var currency) && code is not null)
            totals.Fault("currency", "This must be an ISO 4217 code in capital letters, for example CZK.");
        var groups = new List<BrandTotal>();
        foreach (var group in new[] { TotalsGroup.Debit, TotalsGroup.Credit, TotalsGroup.Cashback })
        {
            if (totals.Object(group) is not { } told) continue;
            var count = told.Whole("count", 0, int.MaxValue);
            var minor = told.Whole("minorUnits", -Money.MostMinorUnits, Money.MostMinorUnits);
            if (count is null && !told.Has("count")) told.Fault("count", "This is missing.");
            if (minor is null && !told.Has("minorUnits")) told.Fault("minorUnits", "This is missing.");
            told.Finish();
            if (currency is not null) groups.Add(new BrandTotal(group, (int)(count ?? 0), new Money(minor ?? 0, currency)));
        }

        totals.Finish();
        return groups;
    }

    private static Original? ReadOriginal(JsonFields fields)
    {
        if (fields.Object("original") is not { } original) return null;
        var text = original.Text("session", 64);
        var session = SessionId.TryParse(text);
        if (text is not null && session is null) original.Fault("session", $"A session id has {SessionId.Length} hexadecimal digits.");
        var read = new Original(session, original.Text("receipt", 64), original.Text("rrn", 64), original.Text("approval", 64));
        original.Finish();
        return read;
    }
}
