namespace Tillbridge.Domain;

/// <summary>The five outcomes; each is a statement about money (style §1).</summary>
public enum Outcome
{
    // First, so that what nobody set makes no statement.
    /// <summary>The request may have arrived and no final answer is in our hands.</summary>
    Unknown,

    /// <summary>Money moved; the approved amount is given and may differ from the asked one.</summary>
    Approved,

    /// <summary>The issuer, host or terminal refused, or booked and took back; nothing is owed.</summary>
    Declined,

    /// <summary>Cardholder or cashier stopped it; no money moved.</summary>
    Cancelled,

    /// <summary>A technical end, and it is certain that no money moved.</summary>
    Failed,
}
