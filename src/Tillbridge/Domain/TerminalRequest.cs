namespace Tillbridge.Domain;

/// <summary>The closed set of things that can be asked of a terminal.</summary>
public enum RequestKind
{
    /// <summary>The customer pays.</summary>
    Sale,

    /// <summary>The customer pays and takes cash.</summary>
    SaleWithCashback,

    /// <summary>Money back without binding to one sale.</summary>
    Refund,

    /// <summary>Undoes one booked sale before the reconciliation.</summary>
    Reversal,

    /// <summary>Reserves an amount.</summary>
    PreAuthorization,

    /// <summary>Books a reserved amount.</summary>
    Capture,

    /// <summary>Gives a reserved amount free.</summary>
    CancelPreAuthorization,

    /// <summary>Closes the period and compares totals.</summary>
    Reconciliation,

    /// <summary>Compares totals, does not close.</summary>
    Subtotals,

    /// <summary>Is the acquirer reachable?</summary>
    Diagnosis,

    /// <summary>Asks for the last result again.</summary>
    Repeat,

    /// <summary>Is the terminal ready?</summary>
    Status,

    /// <summary>Balance of a prepaid card.</summary>
    Balance,

    /// <summary>Reads a card without paying.</summary>
    ReadCard,

    /// <summary>Initialises the terminal with its host.</summary>
    Initialise,

    /// <summary>Restarts the terminal.</summary>
    Reset,

    /// <summary>What the terminal is set up for.</summary>
    Configuration,

    /// <summary>The totals of the last close, again.</summary>
    LastTotals,

    /// <summary>Ends the registration of this ECR at the terminal.</summary>
    LogOff,

    /// <summary>Sets the terminal's date and time from ours.</summary>
    SetClock,
}

/// <summary>The booking that a reversal, capture or cancellation refers to; the engine fills it from the journal.</summary>
/// <param name="Session">Our session that made it.</param>
/// <param name="Receipt">Receipt number.</param>
/// <param name="Rrn">Retrieval reference number.</param>
/// <param name="Approval">Approval code.</param>
/// <param name="Trace">Trace number, filled by the engine.</param>
/// <param name="Amount">Amount booked, filled by the engine.</param>
public sealed record Original(
    SessionId? Session = null, string? Receipt = null, string? Rrn = null, string? Approval = null,
    string? Trace = null, Money? Amount = null)
{
    /// <summary>True when both are the same receipt number; leading zeros say nothing. No number is never the same.</summary>
    public static bool SameReceipt(string? one, string? other) =>
        one is not null && other is not null && string.Equals(one.TrimStart('0'), other.TrimStart('0'), StringComparison.Ordinal);

    /// <summary>The same for approval codes, which tills and terminals pad differently and write in either case.</summary>
    public static bool SameApproval(string? one, string? other) => one?.Trim().TrimStart('0') is { Length: > 0 } code
        && string.Equals(code, other?.Trim().TrimStart('0'), StringComparison.OrdinalIgnoreCase);
}

/// <summary>One request to a terminal. Which fields a kind needs is told by <see cref="RequestRules"/>.</summary>
/// <param name="Kind">What is asked.</param>
public sealed record TerminalRequest(RequestKind Kind)
{
    /// <summary>The amount for goods, without cashback and tip, above zero.</summary>
    public Money? Amount { get; init; }

    /// <summary>Cash that the customer takes besides.</summary>
    public Money? Cashback { get; init; }

    /// <summary>Tip.</summary>
    public Money? Tip { get; init; }

    /// <summary>Discount, taken off the amount.</summary>
    public Money? Discount { get; init; }

    /// <summary>Order, invoice or variable symbol, sent where the protocol carries it; up to 64 printable characters.</summary>
    public string? Reference { get; init; }

    /// <summary>
    /// A number that the engine gives the booking where its terminal needs one to be found again
    /// (<see cref="Capabilities.MintedReferenceDigits"/>); kept with the intent, so that recovery knows it.
    /// </summary>
    public string? MintedReference { get; init; }

    /// <summary>
    /// The one currency of what the journal has in the terminal's open period, which the engine adds to a question for totals: they name
    /// none on many wires. Null takes that of the terminal's settings.
    /// </summary>
    public Currency? TotalsCurrency { get; init; }

    /// <summary>What some terminals are told besides.</summary>
    public RequestDetails? Details { get; init; }

    /// <summary>The booking that this request refers to.</summary>
    public Original? Original { get; init; }

    /// <summary>Merchant index for terminals that serve several, 1 to 99.</summary>
    public int? Merchant { get; init; }

    /// <summary>Language for messages, two letters.</summary>
    public string? Language { get; init; }

    /// <summary>Hold the terminal's result until the caller confirms, where the protocol can.</summary>
    public bool Confirm { get; init; }

    /// <summary>What the terminal is asked to charge in all: amount, cashback and tip, less the discount.</summary>
    public Money? Total
    {
        get
        {
            if (Amount is not { } amount) return null;
            var minor = checked(amount.MinorUnits + (Cashback?.MinorUnits ?? 0) + (Tip?.MinorUnits ?? 0)
                - (Discount?.MinorUnits ?? 0));
            return amount with { MinorUnits = minor };
        }
    }
}
