using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Protocols.BProtocol;

/// <summary>By which numbers a booking of ours is recognised in the terminal's answers.</summary>
/// <param name="Operation">What was asked.</param>
/// <param name="Invoice">FID S, or its long form; null when none was sent.</param>
/// <param name="Reference">FID Q; null when none was sent.</param>
/// <param name="Approval">FID F; null when none was sent.</param>
internal sealed record BIdentity(string Operation, string? Invoice, string? Reference, string? Approval)
{
    /// <summary>A number of our own was sent, so that nothing else can be taken for this booking.</summary>
    public bool IsUnique => Invoice is not null || Reference is not null;

    /// <summary>True when both name a device, and not the same; blanks and zeros name none.</summary>
    public static bool IsOtherDevice(string? asked, string? told) =>
        asked?.Trim(' ', '0') is { Length: > 0 } && told?.Trim(' ', '0') is { Length: > 0 }
        && !string.Equals(asked.Trim(), told.Trim(), StringComparison.OrdinalIgnoreCase);
}

/// <summary>Our requests as fields of B1, and why one cannot be said (csob-b.md §4, §5; gpe.md §3, §4). Pure.</summary>
internal sealed class BRequests(BDialect dialect)
{
    private const int MostReference = 20;
    private const int MostClient = 20;
    private const int MostAccount = 30;
    private const int MostRegion = 3;
    private const int MostApproval = 8;

    public static string OperationOf(RequestKind kind) => kind switch
    {
        RequestKind.Sale => BOperations.Purchase,
        RequestKind.SaleWithCashback => BOperations.Cashback,
        RequestKind.Refund => BOperations.Refund,
        RequestKind.Reversal => BOperations.Reversal,
        RequestKind.PreAuthorization => BOperations.PreAuth,
        RequestKind.Capture => BOperations.Completion,
        RequestKind.Reconciliation => BOperations.CloseTotals,
        RequestKind.Subtotals => BOperations.SubTotals,
        RequestKind.Diagnosis => BOperations.Handshake,
        RequestKind.Repeat => BOperations.LastTransaction,
        RequestKind.Status => BOperations.AppInfo,
        RequestKind.Balance => BOperations.Balance,
        RequestKind.Initialise => BOperations.TmsCall,
        RequestKind.Reset => BOperations.Passivate,
        RequestKind.Configuration => BOperations.AppConfig,
        RequestKind.LastTotals => BOperations.LastSums,
        _ => throw new InvariantException($"B-protocol has no operation for {kind}."),
    };

    /// <summary>T and whatever the dialect's list for the operation names.</summary>
    public IReadOnlyList<BField> For(TerminalRequest request)
    {
        var operation = OperationOf(request.Kind);
        var fields = new List<BField> { new(dialect.Fids[BFields.Type][0], dialect.TypeOf(operation)) };
        foreach (var name in FieldsOf(operation))
        {
            if (ValueOf(name, request) is { } value) fields.Add(Field(name, value));
        }

        return fields;
    }

    /// <summary>A question that carries nothing but T.</summary>
    public IReadOnlyList<BField> Plain(string operation) => [new(dialect.Fids[BFields.Type][0], dialect.TypeOf(operation))];

    public BIdentity IdentityOf(TerminalRequest request)
    {
        var operation = OperationOf(request.Kind);
        var fields = FieldsOf(operation);
        return new(
            operation,
            fields.Contains(BFields.Invoice) ? InvoiceOf(request) : null,
            fields.Contains(BFields.Reference) ? ReferenceOf(request) : null,
            fields.Contains(BFields.Approval) ? ApprovalOf(request) : null);
    }

    /// <summary>Why the request cannot be said; null when it can. Nothing is stripped or cut.</summary>
    public (string Field, string Text)? Fault(TerminalRequest request)
    {
        // What is undone is named first: without it nothing else of it is known.
        foreach (var name in FieldsOf(OperationOf(request.Kind)).OrderBy(field => field != BFields.Approval))
        {
            var fault = name switch
            {
                BFields.Amount => AmountFault(request),
                BFields.Cashback => MoneyFault("cashback", request.Cashback),
                BFields.Currency => null,
                BFields.Invoice => InvoiceFault(request.Reference),
                BFields.Reference => TextFault("details.referenceNumber", request.Details?.ReferenceNumber, MostReference),
                BFields.ClientId => TextFault("details.clientId", request.Details?.ClientId, MostClient),
                BFields.MultiId => TextFault("details.accountNumber", request.Details?.AccountNumber, MostAccount),
                BFields.Region => TextFault("details.region", request.Details?.Region, MostRegion),
                BFields.Approval => ApprovalFault(request),
                BFields.Totals => TotalsFault(request),
                _ => null,
            };
            if (fault is not null) return fault;
        }

        return null;
    }

    private IReadOnlyList<string> FieldsOf(string operation) => dialect.RequestFields.GetValueOrDefault(operation, []);

    private BField Field(string name, string value)
    {
        var fid = name == BFields.Invoice && value.Length > dialect.Invoice.ShortMax && dialect.Invoice.LongMax > 0
            ? dialect.Fids[BFields.LongInvoice]
            : dialect.Fids[name];
        var raw = BFrame.RawOf(value, dialect.Encoding);
        return fid.Length == 1 ? new(fid[0], raw) : new(fid[0], $"{BField.SubMark}{fid[1]}{raw}");
    }

    private string? ValueOf(string name, TerminalRequest request) => name switch
    {
        BFields.Amount => Goods(request) is { } goods ? BAmounts.Write(goods, dialect) : null,
        BFields.Cashback => request.Cashback is { } cash ? BAmounts.Write(cash, dialect) : null,
        BFields.Currency => CurrencyOf(request) is { } currency ? BAmounts.Numeric(currency) : null,
        BFields.Invoice => InvoiceOf(request),
        BFields.Reference => ReferenceOf(request),
        BFields.Language => request.Language is { Length: 2 } language && language.All(char.IsAsciiLetter)
            ? language.ToLowerInvariant() : null,
        BFields.ClientId => request.Details?.ClientId,
        BFields.MultiId => request.Details?.AccountNumber,
        BFields.Region => request.Details?.Region,
        BFields.Approval => ApprovalOf(request),
        BFields.Totals => request.Details?.TillTotals is { Count: > 0 } totals ? BTotals.Write(totals, dialect) : null,
        _ => null,
    };

    /// <summary>What stands in FID B: goods with the tip, and the cash only where the dialect says so.</summary>
    public Money? Goods(TerminalRequest request)
    {
        var total = request.Total ?? (request.Kind is RequestKind.Reversal ? request.Original?.Amount : null);
        if (total is not { } all || dialect.CashbackIncluded || request.Cashback is not { } cash) return total;
        return all with { MinorUnits = all.MinorUnits - cash.MinorUnits };
    }

    private static Currency? CurrencyOf(TerminalRequest request) => (request.Total ?? request.Original?.Amount)?.Currency;

    // The till's own number where the caller gave one; a booking without any number could not be found again (csob-b.md §9).
    private string? InvoiceOf(TerminalRequest request) =>
        request.Reference ?? (dialect.Invoice.Mint || !FieldsOf(OperationOf(request.Kind)).Contains(BFields.Reference)
            ? request.MintedReference : null);

    private static string? ReferenceOf(TerminalRequest request) => request.Details?.ReferenceNumber ?? request.MintedReference;

    private string? ApprovalOf(TerminalRequest request)
    {
        var code = request.Original?.Approval?.Trim();
        if (code is null or "") return null;
        return code.All(char.IsAsciiDigit) ? code.PadLeft(dialect.ApprovalLength, '0') : code;
    }

    private (string, string)? AmountFault(TerminalRequest request)
    {
        if (Goods(request) is not { } goods)
            return ("amount", "This terminal is told the amount of what is undone; give it, or the session that booked it.");
        if (goods.MinorUnits <= 0) return ("amount", "The amount less discount must be above zero without the cash.");
        return MoneyFault("amount", goods);
    }

    private (string, string)? MoneyFault(string field, Money? money) => money is { } amount && BAmounts.Write(amount, dialect) is null
        ? (field, $"{amount} cannot be said to this terminal: it counts {amount.Currency.Code} with "
            + $"{(dialect.Exponents.TryGetValue(amount.Currency.Code, out var decimals) ? decimals : amount.Currency.Exponent)} decimals "
            + "in at most twelve digits, and no digit may be lost.")
        : null;

    private (string, string)? InvoiceFault(string? reference)
    {
        if (reference is null) return null;
        var rule = dialect.Invoice;
        if (rule.DigitsOnly && !reference.All(char.IsAsciiDigit))
            return ("reference", $"This terminal takes a reference of digits only, not '{reference}'.");
        if (!reference.All(letter => letter is >= ' ' and <= '~'))
            return ("reference", "This terminal takes a reference of plain letters, digits and signs only.");
        var most = Math.Max(rule.ShortMax, rule.LongMax);
        return reference.Length > most
            ? ("reference", $"This terminal takes a reference of at most {most} characters; '{reference}' has {reference.Length}.")
            : null;
    }

    private static (string, string)? TextFault(string field, string? text, int most) =>
        text is null || (text.Length > 0 && text.Length <= most && text.All(letter => letter is >= ' ' and <= '~'))
            ? null
            : (field, $"This must be 1 to {most} plain characters.");

    private (string, string)? ApprovalFault(TerminalRequest request)
    {
        if (request.Original?.Approval is not { } approval)
        {
            return ("original.approval",
                "A B-protocol terminal refers to a booking by its approval code; give it, or the session that booked.");
        }

        return ApprovalOf(request) is { Length: <= MostApproval } code && code.All(char.IsAsciiLetterOrDigit)
            ? null
            : ("original.approval", $"An approval code is 1 to {MostApproval} letters or digits, not '{approval}'.");
    }

    private (string, string)? TotalsFault(TerminalRequest request)
    {
        if (request.Details?.TillTotals is not { Count: > 0 } totals) return null;
        if (totals.FirstOrDefault(total => !dialect.Totals.Groups.Contains(total.Brand)) is { } other)
            return ("details.tillTotals", $"'{other.Brand}' is no group of totals; known are {string.Join(", ", dialect.Totals.Groups)}.");
        return BTotals.Write(totals, dialect) is null
            ? ("details.tillTotals", string.Create(CultureInfo.InvariantCulture,
                $"The totals do not fit into {dialect.Totals.CountDigits} digits of count and {dialect.Totals.SumDigits} of sum."))
            : null;
    }
}
