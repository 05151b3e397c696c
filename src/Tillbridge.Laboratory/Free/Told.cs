using Tillbridge.Domain;

namespace Tillbridge.Laboratory.Free;

/// <summary>What a message tells of a booking or of a refusal, before it is bytes.</summary>
internal sealed record Told
{
    /// <summary>The wire's result code; null is left out.</summary>
    public string? Code { get; init; }

    public bool IsApproval { get; init; }

    public RequestKind Kind { get; init; }

    public long? Minor { get; init; }

    public int? Currency { get; init; }

    public string? Receipt { get; init; }

    public string? Trace { get; init; }

    public string? UndoneTrace { get; init; }

    public string? Approval { get; init; }

    public DateTime? Time { get; init; }

    public string? Invoice { get; init; }

    public string? Reference { get; init; }

    public string? Device { get; init; }

    /// <summary>Amount, currency and numbers stand behind a field that nobody knows.</summary>
    public bool IsHidden { get; init; }

    /// <summary>The amount is there and cannot be read.</summary>
    public bool IsUnreadable { get; init; }

    /// <summary>It is a booking from before the running session, told again.</summary>
    public bool IsOld { get; init; }

    /// <summary>Which booking it is about; null for a refusal and for what is invented.</summary>
    public Booking? Of { get; init; }

    public override string ToString() => $"{(IsApproval ? "approval" : "refusal")} {Code ?? "without code"} "
        + $"over {Minor?.ToString() ?? "-"} in {Currency?.ToString() ?? "-"}, receipt {Receipt ?? "-"}, trace {Trace ?? "-"}"
        + $"{(IsOld ? ", an old one" : "")}"
        + $"{(IsHidden ? ", behind an unknown field" : "")}{(IsUnreadable ? ", unreadable" : "")}";
}

/// <summary>What the totals tell; null figures are left out.</summary>
internal sealed record ToldTotals(long Taken, long Given, int Takings, int Givings, string FirstReceipt, string LastReceipt)
{
    public long Net => Taken - Given;

    public int Count => Takings + Givings;
}
