using Tillbridge.Domain.Proof;

namespace Tillbridge.Domain;

/// <summary>Every number by which a booking can be found again, as text exactly as the terminal wrote it.</summary>
/// <param name="Receipt">The terminal's receipt number.</param>
/// <param name="Rrn">Retrieval reference number of the host.</param>
/// <param name="Approval">Approval code of the issuer.</param>
/// <param name="Trace">Trace number (STAN) of the terminal.</param>
/// <param name="TerminalId">Terminal id.</param>
/// <param name="MerchantId">Merchant (contract partner) number.</param>
/// <param name="Batch">Number of the turnover period or turnover record.</param>
public sealed record References(
    string? Receipt = null,
    string? Rrn = null,
    string? Approval = null,
    string? Trace = null,
    string? TerminalId = null,
    string? MerchantId = null,
    string? Batch = null)
{
    /// <summary>No reference at all.</summary>
    public static References None { get; } = new();
}

/// <summary>How a session ended, or what the terminal announced before the end.</summary>
/// <param name="Outcome">The statement about money.</param>
/// <param name="Reason">A stable code out of <see cref="Domain.Reason"/>.</param>
public sealed record Conclusion(Outcome Outcome, string Reason)
{
    /// <summary>The amount that was approved; null unless money moved or was reserved.</summary>
    public Money? ApprovedAmount { get; init; }

    /// <summary>How much of the approved amount is cash that the customer took; null when none or not told.</summary>
    public Money? ApprovedCashback { get; init; }

    /// <summary>How much of the approved amount is a tip; null when none or not told.</summary>
    public Money? ApprovedTip { get; init; }

    /// <summary>The terminal's own result code, in the notation of its protocol.</summary>
    public string? ResponseCode { get; init; }

    /// <summary>The terminal's own words, if it sent any.</summary>
    public string? TerminalText { get; init; }

    /// <summary>Numbers to find the booking again.</summary>
    public References References { get; init; } = References.None;

    /// <summary>Masked view of the card.</summary>
    public CardView? Card { get; init; }

    /// <summary>The terminal's totals, for a reconciliation or subtotals.</summary>
    public Totals? Totals { get; init; }

    /// <summary>The totals as the terminal wrote them, also where they could not be read; null when it sent none.</summary>
    public string? TotalsText { get; init; }

    /// <summary>Whether a reconciliation closed the period; null when that is not told or nothing was to be closed.</summary>
    public bool? PeriodClosed { get; init; }

    /// <summary>The terminal's host may know more than the terminal: look at this booking at the next reconciliation.</summary>
    public bool CheckReconciliation { get; init; }

    /// <summary>What a close became, by its outcome where the terminal did not say it; null when that is not known.</summary>
    internal bool? HasClosed => Outcome is Outcome.Unknown ? null : PeriodClosed ?? Outcome switch
    {
        Outcome.Approved => true,
        Outcome.Failed or Outcome.Cancelled => false,
        _ => null,
    };

    /// <summary>The text to print as the terminal wrote it, with its layout marks; null when it sent none.</summary>
    public string? PrintText { get; init; }

    /// <summary>The terminal's name of the code page of <see cref="PrintText"/>; null when not told.</summary>
    public string? PrintCodePage { get; init; }

    /// <summary>The date and time that the terminal gave the booking, in its own local time; null when not told.</summary>
    public DateTime? TerminalTime { get; init; }

    /// <summary>The cardholder has to sign.</summary>
    public bool SignatureRequired { get; init; }

    /// <summary>A reversal's terminal named what it undid, by a number that is that booking's.</summary>
    internal bool NamesOriginal { get; init; }

    /// <summary>On what the outcome rests, out of <see cref="Ground"/>; none for an unknown one, and in records of before.</summary>
    public Grounds Grounds { get; init; }

    /// <summary>The same, resting on these grounds as well.</summary>
    internal Conclusion On(params string[] grounds) => this with { Grounds = Grounds.With(grounds) };

    /// <summary>True when both say the same about money: outcome, amount and receipt number, whatever they rest on.</summary>
    public bool Agrees(Conclusion other) =>
        Outcome == other.Outcome
        && ApprovedAmount == other.ApprovedAmount
        && References.Receipt == other.References.Receipt;
}
