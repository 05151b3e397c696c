namespace Tillbridge.Laboratory.Processes;

/// <summary>An order of the harness's till, and what it was told.</summary>
internal sealed class ShopOrder(string key, long minorUnits)
{
    public string Key => key;

    public long MinorUnits => minorUnits;

    /// <summary>What the till was told, in order.</summary>
    public List<string> Told { get; } = [];
}

/// <summary>A session as the gateway lists it.</summary>
internal sealed record ShopSession(
    string Id, string? Reference, string Phase, string? Outcome, string Reason, long? ApprovedMinorUnits, string? Currency,
        string? Receipt);

/// <summary>One row of a virtual terminal's books file.</summary>
internal sealed record ShopBooking(string Kind, long MinorUnits, string Currency, string? Reference, string Receipt, string State);
