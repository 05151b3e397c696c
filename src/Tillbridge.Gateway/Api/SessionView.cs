using Tillbridge.Domain;
using Tillbridge.Domain.Messages;
using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Api;

/// <summary>An amount as it stands in JSON.</summary>
/// <param name="MinorUnits">Whole minor units.</param>
/// <param name="Currency">Alphabetic code.</param>
public sealed record MoneyView(long MinorUnits, string Currency)
{
    /// <summary>The view of an amount; null stays null.</summary>
    public static MoneyView? From(Money? money) => money is { } some ? new(some.MinorUnits, some.Currency.Code) : null;
}

/// <summary>A card as it stands in JSON: masked.</summary>
/// <param name="MaskedPan">Masked card number.</param>
/// <param name="Brand">Brand as the terminal names it.</param>
/// <param name="BrandCode">The protocol's card type number.</param>
/// <param name="EntryMode">stripe, chip or contactless.</param>
public sealed record CardJson(string? MaskedPan, string? Brand, string? BrandCode, string? EntryMode);

/// <summary>References as they stand in JSON.</summary>
/// <param name="Receipt">Receipt number.</param>
/// <param name="Rrn">Retrieval reference number.</param>
/// <param name="Approval">Approval code.</param>
/// <param name="Trace">Trace number.</param>
/// <param name="TerminalId">Terminal id.</param>
/// <param name="MerchantId">Merchant number.</param>
/// <param name="Batch">Turnover period.</param>
public sealed record ReferencesView(
    string? Receipt, string? Rrn, string? Approval, string? Trace, string? TerminalId, string? MerchantId, string? Batch);

/// <summary>Totals as they stand in JSON.</summary>
/// <param name="Net">Sum over all kinds.</param>
/// <param name="Count">Bookings; null when not told.</param>
/// <param name="FirstReceipt">First receipt of the period.</param>
/// <param name="LastReceipt">Last receipt of the period.</param>
/// <param name="ByBrand">Per card kind.</param>
public sealed record TotalsView(
    MoneyView Net, int? Count, string? FirstReceipt, string? LastReceipt, IReadOnlyList<BrandTotalView> ByBrand)
{
    /// <summary>The view of totals; null stays null.</summary>
    public static TotalsView? From(Totals? totals) => totals is null ? null : new(
        MoneyView.From(totals.Net)!, totals.Count, totals.FirstReceipt, totals.LastReceipt,
        [.. totals.ByBrand.Select(brand => new BrandTotalView(brand.Brand, brand.Count, MoneyView.From(brand.Sum)!))]);
}

/// <summary>Totals of one card kind.</summary>
/// <param name="Brand">Card kind.</param>
/// <param name="Count">Bookings.</param>
/// <param name="Sum">Their sum.</param>
public sealed record BrandTotalView(string Brand, int Count, MoneyView Sum);

/// <summary>Something that a person has to look at.</summary>
/// <param name="Code">Stable code.</param>
/// <param name="Text">What was seen.</param>
/// <param name="At">When, UTC.</param>
public sealed record IncidentView(string Code, string Text, DateTimeOffset At);

/// <summary>The session object of the API, of server-sent events and of the command line.</summary>
public sealed record SessionView
{
    /// <summary>Identity.</summary>
    public required string Id { get; init; }

    /// <summary>What was asked.</summary>
    public required string Kind { get; init; }

    /// <summary>The terminal's name.</summary>
    public required string Terminal { get; init; }

    /// <summary>Where it stands.</summary>
    public required string Phase { get; init; }

    /// <summary>How it ended; null while open.</summary>
    public string? Outcome { get; init; }

    /// <summary>Stable code; null while open.</summary>
    public string? Reason { get; init; }

    /// <summary>A sentence for the cashier in the asked language; null while open.</summary>
    public string? Message { get; init; }

    /// <summary>The amount asked.</summary>
    public MoneyView? Amount { get; init; }

    /// <summary>Cash that the customer takes besides; part of what is approved.</summary>
    public MoneyView? Cashback { get; init; }

    /// <summary>Tip; part of what is approved.</summary>
    public MoneyView? Tip { get; init; }

    /// <summary>Discount, taken off the amount.</summary>
    public MoneyView? Discount { get; init; }

    /// <summary>The terminal's own words, or what recovery saw; for support, not for the customer.</summary>
    public string? TerminalText { get; init; }

    /// <summary>The amount approved.</summary>
    public MoneyView? ApprovedAmount { get; init; }

    /// <summary>Approved, but not for what was asked in all.</summary>
    public bool AmountDiffers { get; init; }

    /// <summary>The card, masked.</summary>
    public CardJson? Card { get; init; }

    /// <summary>Numbers to find the booking again.</summary>
    public required ReferencesView References { get; init; }

    /// <summary>The terminal's own code.</summary>
    public string? ResponseCode { get; init; }

    /// <summary>The terminal's totals.</summary>
    public TotalsView? Totals { get; init; }

    /// <summary>Stable codes of the facts and assumptions on which the outcome rests; empty while open or unknown.</summary>
    public IReadOnlyList<string> Grounds { get; init; } = [];

    /// <summary>When it was accepted, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was closed, UTC.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>The caller's reference, as given.</summary>
    public string? Reference { get; init; }

    /// <summary>The caller's own data, as given.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The cardholder has to sign.</summary>
    public bool SignatureRequired { get; init; }

    /// <summary>How much of the approved amount is cash.</summary>
    public MoneyView? ApprovedCashback { get; init; }

    /// <summary>How much of the approved amount is a tip, as the terminal told it.</summary>
    public MoneyView? ApprovedTip { get; init; }

    /// <summary>The number that the engine gave the booking where its terminal needs one.</summary>
    public string? MintedReference { get; init; }

    /// <summary>The terminal's own local time of the booking.</summary>
    public DateTime? TerminalTime { get; init; }

    /// <summary>Whether a reconciliation closed the period, where the terminal says so apart from its outcome.</summary>
    public bool? PeriodClosed { get; init; }

    /// <summary>The totals as the terminal wrote them.</summary>
    public string? TotalsText { get; init; }

    /// <summary>The host may know more than the terminal; look at it at the next reconciliation.</summary>
    public bool CheckReconciliation { get; init; }

    /// <summary>The text to print as the terminal wrote it.</summary>
    public string? PrintText { get; init; }

    /// <summary>The terminal's name of the code page of that text.</summary>
    public string? PrintCodePage { get; init; }

    /// <summary>Who concluded an unknown.</summary>
    public string? ResolvedBy { get; init; }

    /// <summary>What a person has to look at.</summary>
    public IReadOnlyList<IncidentView> Incidents { get; init; } = [];

    /// <summary>The view of a session; the message is in <paramref name="language"/>, else in the language that was asked for.</summary>
    public static SessionView From(Session session, string? language = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        var request = session.Request;
        var end = session.Conclusion;
        var (receipt, rrn, approval, trace, terminalId, merchantId, batch) = end?.References ?? Domain.References.None;
        return new()
        {
            Id = session.Id.Value,
            Kind = Words<RequestKind>.Of(request.Kind),
            Terminal = session.Terminal,
            Phase = Words<SessionPhase>.Of(session.Phase),
            Outcome = end is null ? null : Words<Outcome>.Of(end.Outcome),
            Reason = end?.Reason,
            Message = end is null ? null : Messages.ForSession(session, language ?? request.Language),
            Amount = MoneyView.From(request.Amount),
            Cashback = MoneyView.From(request.Cashback),
            Tip = MoneyView.From(request.Tip),
            Discount = MoneyView.From(request.Discount),
            TerminalText = end?.TerminalText,
            ApprovedAmount = MoneyView.From(end?.ApprovedAmount),
            AmountDiffers = IsOtherAmount(request, end),
            Card = end?.Card is { } card ? new(card.MaskedPan, card.Brand, card.BrandCode, card.EntryMode) : null,
            References = new(receipt, rrn, approval, trace, terminalId, merchantId, batch),
            ResponseCode = end?.ResponseCode,
            Totals = TotalsView.From(end?.Totals),
            Grounds = [.. end?.Grounds ?? default],
            CreatedAt = session.CreatedAt,
            ClosedAt = session.ClosedAt,
            Reference = request.Reference,
            Metadata = session.Metadata,
            SignatureRequired = end?.SignatureRequired ?? false,
            ApprovedCashback = MoneyView.From(end?.ApprovedCashback),
            ApprovedTip = MoneyView.From(end?.ApprovedTip),
            MintedReference = request.MintedReference,
            TerminalTime = end?.TerminalTime,
            PeriodClosed = end?.PeriodClosed,
            TotalsText = end?.TotalsText,
            CheckReconciliation = end?.CheckReconciliation ?? false,
            PrintText = end?.PrintText,
            PrintCodePage = end?.PrintCodePage,
            ResolvedBy = session.ResolvedBy,
            Incidents = [.. session.Incidents.Select(incident => new IncidentView(incident.Code, incident.Text, incident.At))],
        };
    }

    private static bool IsOtherAmount(TerminalRequest request, Conclusion? end) =>
        end is { Outcome: Domain.Outcome.Approved, ApprovedAmount: { } approved } && request.Total is { } asked && approved != asked;
}
