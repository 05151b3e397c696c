using Tillbridge.Domain;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Protocols.BProtocol.Virtual;

/// <summary>What was booked, and as which fields it is told.</summary>
internal sealed record BVirtualBooking(string Code, string Receipt, string Approval, Money Amount, IReadOnlyList<BField> Fields);

/// <summary>A request that moves money, as the virtual terminal understands it, and its way into the books.</summary>
internal sealed class BVirtualOrder(BFrame request, string operation, BDialect dialect, BVirtualMemory memory)
{
    private static readonly string[] Echoed =
        [BFields.Amount, BFields.Cashback, BFields.Currency, BFields.Invoice, BFields.LongInvoice, BFields.Reference];

    private static readonly string[] Undoing = [BFields.Amount, BFields.Currency, BFields.Approval];

    /// <summary>What decides about the script.</summary>
    public long AmountOnWire => long.TryParse(request.Get(dialect, BFields.Amount), out var amount) ? amount : 0;

    public string Title => operation switch
    {
        BOperations.Refund => "REFUND",
        BOperations.Reversal => "REVERSAL",
        BOperations.PreAuth => "PRE-AUTHORISATION",
        BOperations.Completion => "COMPLETION",
        _ => "PAYMENT",
    };

    /// <summary>Why it cannot be understood; null when it can.</summary>
    public string? Fault()
    {
        string[] needed = operation switch
        {
            // gpe.md §4: amount, currency and code; ČSOB's wants the code alone, unless its file says more.
            BOperations.Reversal => [.. dialect.RequestFields[BOperations.Reversal].Intersect(Undoing)],
            BOperations.Completion => [BFields.Amount, BFields.Approval],
            BOperations.Cashback => [BFields.Amount, BFields.Cashback],
            _ => [BFields.Amount],
        };
        if (needed.Any(field => string.IsNullOrEmpty(request.Get(dialect, field)))) return dialect.Simulator.MissingField;
        if (request.Get(dialect, BFields.Currency) is { } numeric)
        {
            if (BAmounts.CurrencyOf(numeric) is not { } currency) return dialect.Simulator.FormatError;
            if (currency != memory.Currency) return dialect.Simulator.Currency;
        }

        string[] amounts = [BFields.Amount, BFields.Cashback];
        return amounts.Any(field => request.Get(dialect, field) is { } digits && Read(digits) is null)
            ? dialect.Simulator.FormatError : null;
    }

    /// <summary>Why what it refers to does not allow it; null when it does.</summary>
    public string? Refusal()
    {
        var approval = request.Get(dialect, BFields.Approval);
        if (operation == BOperations.Completion)
        {
            return memory.Reservation(approval) is { } reserved && Total().MinorUnits <= reserved.MinorUnits
                ? null
                : dialect.Simulator.Declined;
        }

        if (operation != BOperations.Reversal) return null;
        var undone = memory.Standing(approval);
        if (undone is null || !memory.IsNewest(undone)) return dialect.Simulator.ReversalRefused;
        // What the till names besides must be what was booked.
        return request.Get(dialect, BFields.Amount) is not null && Total().MinorUnits != undone.MinorUnits
            ? dialect.Simulator.ReversalRefused
            : null;
    }

    /// <summary>The numbers of the request, which every answer repeats.</summary>
    public IReadOnlyList<BField> Echo() => [.. request.Fields.Where(field => Echoed.Any(name => Is(field, name)) || IsUndone(field))];

    public BVirtualBooking Book(string code, TerminalScript script)
    {
        if (operation == BOperations.Reversal) return Undo(code);
        var (total, cash) = (Total(), Cash());
        // A part stays one: what is added at the terminal comes to a whole approval only.
        if (dialect.Codes.GroupOf(code) is CodeGroup.Partial) (total, cash) = (total with { MinorUnits = total.MinorUnits / 2 }, 0);
        else total = total with { MinorUnits = total.MinorUnits + script.ExtraMinorUnits };
        var (receipt, approval) = (memory.NextReceipt(), memory.NextApproval());
        memory.Book(Kind, total.MinorUnits, cash, Reference, receipt, approval);
        if (operation == BOperations.Completion) memory.CloseReservation(
            memory.Reservation(request.Get(dialect, BFields.Approval))!.Receipt);
        return Told(code, receipt, approval, total, cash);
    }

    /// <summary>Takes a booking back by itself.</summary>
    public void TakeBack(BVirtualBooking booked)
    {
        if (operation != BOperations.Reversal) memory.Acquirer.Reverse(booked.Receipt);
    }

    // The booking keeps its receipt in the books; the reversal gets a number of its own on the wire.
    private BVirtualBooking Undo(string code)
    {
        var approval = request.Get(dialect, BFields.Approval)!;
        var undone = memory.Standing(approval)!;
        memory.Acquirer.Reverse(undone.Receipt);
        return Told(code, memory.NextReceipt(), approval, new Money(undone.MinorUnits, memory.Currency), cash: 0);
    }

    private BVirtualBooking Told(string code, string receipt, string approval, Money total, long cash)
    {
        var goods = dialect.CashbackIncluded ? total : total with { MinorUnits = total.MinorUnits - cash };
        var fields = new List<BField> { Make(BFields.Response, code) };
        fields.Add(Make(BFields.Amount, BAmounts.Write(goods, dialect) ?? ""));
        if (operation == BOperations.Cashback) fields.Add(Make(BFields.Cashback,
            BAmounts.Write(new(cash, memory.Currency), dialect) ?? ""));
        fields.Add(Make(BFields.Currency, BAmounts.Numeric(memory.Currency)));
        fields.AddRange(Echo().Where(field => !Is(field, BFields.Amount) && !Is(field, BFields.Cashback) && !Is(field, BFields.Currency)
            && !Is(field, BFields.Approval)));
        fields.Add(Make(BFields.Approval, approval));
        if (dialect.Has(BFields.CardProduct)) fields.Add(Make(BFields.CardProduct, "Mastercard"));
        if (dialect.Has(BFields.Text)) fields.Add(Make(BFields.Text, "SCHVÁLENO"));
        // Letters that the maker's own client does not know end its reading: they come last.
        if (dialect.Has(BFields.Original)) fields.Add(Make(BFields.Original, dialect.TypeOf(operation)));
        if (dialect.Has(BFields.Sequence)) fields.Add(Make(BFields.Sequence, receipt));
        if (dialect.Has(BFields.Pan)) fields.Add(Make(BFields.Pan, "541333******9999"));
        return new(code, receipt, approval, total, fields);
    }

    private string Kind => operation switch
    {
        BOperations.Refund => "refund",
        BOperations.PreAuth => "preAuthorization",
        BOperations.Completion => "capture",
        _ => "sale",
    };

    // The till's own number where it sent one, as the books' reference.
    private string? Reference => request.Get(dialect, BFields.Invoice) ?? request.Get(dialect, BFields.LongInvoice)
        ?? request.Get(dialect, BFields.Reference);

    private Money Total()
    {
        var goods = Read(request.Get(dialect, BFields.Amount)) ?? new Money(0, memory.Currency);
        return dialect.CashbackIncluded ? goods : goods with { MinorUnits = goods.MinorUnits + Cash() };
    }

    private long Cash() => operation == BOperations.Cashback ? Read(request.Get(dialect, BFields.Cashback))?.MinorUnits ?? 0 : 0;

    private Money? Read(string? digits) => BAmounts.Read(digits, memory.Currency, dialect);

    private BField Make(string name, string text) => new(dialect.Fids[name][0], BFrame.RawOf(text, dialect.Encoding));

    private bool Is(BField field, string name) => dialect.Fids.TryGetValue(name, out var fid) && fid.Length == 1
        ? field.Fid == fid[0]
        : fid is { Length: 2 } && field.Fid == fid[0] && field.Subs.Any(sub => sub.Letter == fid[1]);

    // A reversal is known again by what it undoes.
    private bool IsUndone(BField field) => operation == BOperations.Reversal && Is(field, BFields.Approval);
}
