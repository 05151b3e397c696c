using System.Globalization;

namespace Tillbridge.Domain;

/// <summary>What every kind of request needs and what it may do to money.</summary>
public static class RequestRules
{
    /// <summary>True when the request can move or reserve money, so that its loss is never "failed".</summary>
    public static bool MovesMoney(this RequestKind kind) => kind is
        RequestKind.Sale or RequestKind.SaleWithCashback or RequestKind.Refund or RequestKind.Reversal
        or RequestKind.PreAuthorization or RequestKind.Capture or RequestKind.CancelPreAuthorization;

    /// <summary>True when an end without the terminal's word is an unknown: money, and the close of a period.</summary>
    public static bool NeedsProof(this RequestKind kind) => kind.MovesMoney() || kind is RequestKind.Reconciliation;

    /// <summary>True when the request cannot be understood without an amount.</summary>
    public static bool NeedsAmount(this RequestKind kind) => kind is
        RequestKind.Sale or RequestKind.SaleWithCashback or RequestKind.Refund or RequestKind.PreAuthorization
        or RequestKind.Capture;

    /// <summary>True when the request must name the booking that it refers to.</summary>
    public static bool NeedsOriginal(this RequestKind kind) => kind is
        RequestKind.Reversal or RequestKind.Capture or RequestKind.CancelPreAuthorization;

    /// <summary>
    /// How a kind counts in the terminal's totals: sales and captures up, refunds down, reservations and questions not at all. A
    /// reversal counts against what it undoes, which its kind does not tell: 0.
    /// </summary>
    public static int SignInTotals(this RequestKind kind) => kind switch
    {
        RequestKind.Sale or RequestKind.SaleWithCashback or RequestKind.Capture => 1,
        RequestKind.Refund => -1,
        _ => 0,
    };

    /// <summary>Longest reference in characters.</summary>
    public const int MostReferenceCharacters = 64;

    /// <summary>Says what is wrong with a request: the field's name and a sentence; null when nothing is.</summary>
    public static (string Field, string Text)? Fault(TerminalRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Kind.NeedsAmount() && request.Amount is null)
            return ("amount", $"{request.Kind} needs an amount.");
        if (AmountFault(request) is { } amount) return amount;
        if (request.Kind is RequestKind.SaleWithCashback && request.Cashback is not { MinorUnits: > 0 })
            return ("cashback", "A sale with cashback needs a cashback amount above zero.");
        if (request.Kind is not RequestKind.SaleWithCashback && request.Cashback is { MinorUnits: > 0 })
            return ("cashback", "Only saleWithCashback takes a cashback amount.");
        if (request.Kind.NeedsOriginal() && request.Original is null or { Session: null, Receipt: null, Approval: null })
            return ("original", $"{request.Kind} needs the original's session, receipt number or approval code.");
        if (request.Original is not null
            && request.Kind is RequestKind.Sale or RequestKind.SaleWithCashback or RequestKind.PreAuthorization)
            return ("original", $"{request.Kind} refers to no earlier booking; leave the original out, or ask for a reversal or refund.");
        if (request.Confirm && !request.Kind.MovesMoney())
            return ("confirm", $"{request.Kind} books nothing that could be held back; leave confirm out.");
        if (request.Reference is { } reference && !IsPrintable(reference, MostReferenceCharacters))
            return ("reference", $"The reference must be 1 to {MostReferenceCharacters} printable characters.");
        if (request.Merchant is < 1 or > 99) return ("merchant", "The merchant index must be 1 to 99.");
        return null;
    }

    /// <summary>True for 1 to <paramref name="most"/> characters without control characters.</summary>
    public static bool IsPrintable(string text, int most)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length > 0 && text.Length <= most && text.All(IsVisible);
    }

    // Invisible letters would make two keys look alike, and turning marks could reorder a line of a log.
    private static bool IsVisible(char letter) => char.GetUnicodeCategory(letter) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static (string, string)? AmountFault(TerminalRequest request)
    {
        if (request.Amount is { } amount)
        {
            if (amount.MinorUnits <= 0) return ("amount", "The amount must be above zero.");
            if (amount.MinorUnits > Money.MostMinorUnits) return ("amount", "The amount is over twelve digits.");
        }

        foreach (var (name, part) in new[] { ("cashback", request.Cashback), ("tip", request.Tip), ("discount", request.Discount) })
        {
            if (part is not { } extra) continue;
            if (extra.MinorUnits < 0) return (name, $"The {name} must not be negative.");
            if (extra.MinorUnits > Money.MostMinorUnits) return (name, $"The {name} is over twelve digits.");
            if (request.Amount is { } main && main.Currency != extra.Currency)
                return (name, $"The {name} must be in the currency of the amount.");
        }

        if (request.Total is { } total && total.MinorUnits is <= 0 or > Money.MostMinorUnits)
            return ("amount", "Amount, cashback and tip less the discount must be above zero and within twelve digits.");
        return null;
    }
}
