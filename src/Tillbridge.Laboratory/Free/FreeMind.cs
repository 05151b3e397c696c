using System.Globalization;
using Tillbridge.Domain;

namespace Tillbridge.Laboratory.Free;

/// <summary>What an order asks, as the terminal read it.</summary>
internal sealed record FreeOrder(int Session, RequestKind Kind, long Minor, int Currency)
{
    public string? Invoice { get; init; }

    public string? Reference { get; init; }

    /// <summary>Receipt or approval code of what is to be undone.</summary>
    public string? Original { get; init; }
}

/// <summary>The numbers, the memory and the totals of a drawn terminal, beside its true books.</summary>
internal sealed class FreeMind
{
    private const int Euro = 978;
    private const int LastReceipt = 9999;
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private readonly FreeDice dice;
    private readonly SimClock clock;
    private readonly World world;
    private readonly TimeSpan clockOff;
    private readonly HashSet<Assumption> broken;
    private readonly bool traceIsZero;
    private int receipt;
    private int trace;
    private int approval = 9006;

    public FreeMind(World world, SimClock clock, FreeDice dice, HashSet<Assumption> broken, bool tellsLastNumber)
    {
        (this.world, this.clock, this.dice, this.broken, TellsLastNumber) = (world, clock, dice, broken, tellsLastNumber);
        receipt = dice.Odd(Oddity.NumbersWrap, 0)
            ? LastReceipt - dice.Number(Topic.FirstReceipt, 0, 4)
            : dice.Number(Topic.FirstReceipt, 0, 300);
        trace = receipt + 40;
        traceIsZero = dice.Odd(Oddity.TraceZero, 0);
        TraceIsAbsent = dice.Odd(Oddity.TraceAbsent, 0);
        TimeIsAbsent = dice.Odd(Oddity.TimeAbsent, 0);
        if (dice.Odd(Oddity.ClockOff, 0))
            clockOff = TimeSpan.FromSeconds(dice.Pick(Topic.ClockOff, 0, [660, -660, 3600, -3600, 86_400, 120, -120]));
        Before = Sum();
    }

    public FreeBooks Books { get; } = new();

    /// <summary>What it repeats; null when it has nothing.</summary>
    public Told? Last { get; private set; }

    /// <summary>What it repeated before the running order.</summary>
    public Told? LastBefore { get; private set; }

    /// <summary>What its totals were before the running order.</summary>
    public ToldTotals Before { get; private set; }

    public bool TellsLastNumber { get; }

    /// <summary>Its trace numbers tell one booking from another.</summary>
    public bool TellsTraces => !TraceIsAbsent && !traceIsZero;

    public bool TraceIsAbsent { get; }

    public bool TimeIsAbsent { get; }

    /// <summary>Nothing that is booked stays in the memory until the next order.</summary>
    public bool IsForgetting { get; private set; }

    public void Begin()
    {
        (LastBefore, Before, IsForgetting) = (Last, Sum(), false);
    }

    public Booking Book(RequestKind kind, long minor, int currency, int? session, FreeOrder? order = null, Booking? undoes = null)
    {
        Count(session ?? 0);
        var time = clock.GetLocalNow().DateTime + clockOff;
        while (IsAlike(time, minor) && !dice.MayBreak(Assumption.BookingsDiffer)) receipt = (receipt % LastReceipt) + 1;
        if (IsAlike(time, minor)) broken.Add(Assumption.BookingsDiffer);
        var booking = new Booking(kind, minor, currency, session, world.Now)
        {
            Receipt = Digits(receipt, 4),
            Trace = traceIsZero ? "000000" : Digits(trace, 6),
            Approval = Digits(approval += 7, 6),
            Time = time,
            Invoice = order?.Invoice,
            Reference = order?.Reference,
            Undoes = undoes,
        };
        if (undoes is not null) undoes.UndoneAt = world.Now;
        Books.Add(booking);
        if (world.Tells)
        {
            var who = session is { } ours ? $"session {ours}" : "other hands";
            world.Tell($"BOOKS {kind} {minor} in {currency}, receipt {booking.Receipt}, {who}");
        }

        return booking;
    }

    public void Remember(Told told)
    {
        if (!IsForgetting) Last = told;
    }

    public void Forget(int session)
    {
        IsForgetting = true;
        Last = dice.Number(Topic.Forgets, session, 3) == 0 ? null : LastBefore;
        if (world.Tells) world.Tell($"terminal forgets; it now repeats {Last?.ToString() ?? "nothing"}");
    }

    /// <summary>It takes a booking back as if it had never been.</summary>
    public void TakeBack(Booking booking)
    {
        booking.TakenBack = true;
        if (booking.Undoes is { } undone) undone.UndoneAt = null;
        if (Last?.Of == booking) Last = LastBefore;
        if (world.Tells) world.Tell($"BOOKS receipt {booking.Receipt} is taken back by the terminal");
    }

    public void ClosePeriod()
    {
        Books.Close();
        if (world.Tells) world.Tell("terminal closes its period by itself");
    }

    /// <summary>Everything that is known of a booking.</summary>
    public Told Of(Booking booking, string approved) => new()
    {
        Code = approved,
        IsApproval = true,
        Kind = booking.Kind,
        Minor = booking.Minor,
        Currency = booking.Currency,
        Receipt = booking.Receipt,
        Trace = TraceIsAbsent ? null : booking.Trace,
        UndoneTrace = booking.Undoes?.Trace,
        // Where totals name no last number a reversal is known by the code of what it undid.
        Approval = booking.Undoes is { } undone && !TellsLastNumber ? undone.Approval : booking.Approval,
        Time = TimeIsAbsent ? null : booking.Time,
        Invoice = booking.Invoice,
        Reference = booking.Reference,
        Of = booking,
    };

    /// <summary>New numbers that no booking has, and that none gets after it.</summary>
    public Told Invent(FreeOrder order, string code, bool isApproval)
    {
        Count(order.Session);
        return new Told
        {
            Code = code,
            IsApproval = isApproval,
            Kind = order.Kind,
            Minor = order.Minor,
            Currency = order.Currency,
            Receipt = Digits(receipt, 4),
            Trace = TraceIsAbsent ? null : traceIsZero ? "000000" : Digits(trace, 6),
            Approval = isApproval ? Digits(approval += 7, 6) : null,
            Time = TimeIsAbsent ? null : clock.GetLocalNow().DateTime + clockOff,
            Invoice = order.Invoice,
            Reference = order.Reference,
        };
    }

    /// <summary>What it tells of its open period in that session's recovery.</summary>
    public ToldTotals Totals(int session)
    {
        var told = Lagging(session);
        // A close that nobody saw, and then just what our books have without this one.
        var others = Books.All.Where(one => !one.TakenBack && one.Session is { } other && other != session);
        var ours = SumOf([.. others.TakeLast(told.Count)], countsUndone: true);
        var looksAsBefore = (told.Net, told.Count) == (ours.Net, ours.Count)
            && (!TellsLastNumber || told.LastReceipt == LastBefore?.Receipt);
        if (Books.PeriodStart > 0 && looksAsBefore && Books.Of(session).Any()) broken.Add(Assumption.ClosesShow);
        return told;
    }

    private ToldTotals Lagging(int session)
    {
        var now = Sum();
        if (now == Before && Books.Of(session).All(one => one.UndoneAt is null)) return now;
        if (dice.Odd(Oddity.TotalsLagWhole, session))
        {
            broken.Add(Assumption.TotalsMove);
            return Before;
        }

        // What other hands undid must show somewhere.
        var isUndone = Books.Of(session).Any(one => one.UndoneAt is not null);
        var told = now;
        if (!isUndone && dice.Odd(Oddity.SumLags, session)) told = told with { Taken = Before.Taken, Given = Before.Given };
        if (!isUndone && dice.Odd(Oddity.CountLags, session)) told = told with { Takings = Before.Takings, Givings = Before.Givings };
        if (!isUndone && dice.Odd(Oddity.LastNumberLags, session)) told = told with { LastReceipt = Before.LastReceipt };
        if (IsAsBefore(told)) told = told with { Takings = now.Takings, Givings = now.Givings };
        if (IsAsBefore(told)) told = now;
        if (!IsAsBefore(told)) return told;
        if (!dice.MayBreak(Assumption.TotalsMove)) return Sum(countsUndone: true);
        broken.Add(Assumption.TotalsMove);
        return told;
    }

    private bool IsAsBefore(ToldTotals told) => (told.Taken, told.Given, told.Count) == (Before.Taken, Before.Given, Before.Count)
        && (!TellsLastNumber || told.LastReceipt == Before.LastReceipt);

    private ToldTotals Sum(bool countsUndone = false) => SumOf([.. Books.Open], countsUndone);

    private ToldTotals SumOf(List<Booking> open, bool countsUndone)
    {
        var uncounted = !countsUndone && dice.Odd(Oddity.UndoneUncounted, 0);
        var counted = open.Where(one => !uncounted
            || (one.Kind is not RequestKind.Reversal && !open.Exists(other => other.Undoes == one))).ToList();
        var (taken, given) = (counted.Where(one => one.Signed > 0).ToList(), counted.Where(one => one.Signed <= 0).ToList());
        return new(
            SumOf(taken), -SumOf(given), taken.Count, given.Count,
            open.Count == 0 ? "0000" : open[0].Receipt, open.Count == 0 ? "0000" : open[^1].Receipt);
    }

    // It sums its own currency alone, and counts them all.
    private static long SumOf(List<Booking> some) => some.Where(one => one.Currency == Euro).Sum(one => one.Signed);

    private void Count(int session)
    {
        trace++;
        if (dice.Odd(Oddity.NumbersRepeat, 0)) receipt = Math.Max(receipt, 7);
        else if (dice.Odd(Oddity.NumbersRestart, session)) receipt = 1;
        else if (dice.Odd(Oddity.NumbersSkip, session)) receipt = ((receipt + dice.Number(Topic.SkipBy, session, 40)) % LastReceipt) + 1;
        else receipt = (receipt % LastReceipt) + 1;
    }

    /// <summary>Without its amount it could be taken for an earlier one.</summary>
    public bool HasTwin(Booking booking) => Books.All.Any(one => one != booking && one.Receipt == booking.Receipt
        && (TraceIsAbsent || one.Trace == booking.Trace) && (TimeIsAbsent || (one.Time - booking.Time).Duration() < Moment));

    // Alike in everything that is told of it, a refusal that took a number included.
    private bool IsAlike(DateTime time, long minor) => IsRefusal(time, minor) || Books.All.Any(one => one.Minor == minor
        && one.Receipt == Digits(receipt, 4)
        && (TraceIsAbsent || one.Trace == (traceIsZero ? "000000" : Digits(trace, 6)))
        && (TimeIsAbsent || one.Time.ToString("s", CultureInfo.InvariantCulture) == time.ToString("s", CultureInfo.InvariantCulture)));

    private bool IsRefusal(DateTime time, long minor) => Last is { IsApproval: false } refusal && refusal.Minor == minor
        && refusal.Receipt == Digits(receipt, 4) && (TraceIsAbsent || traceIsZero)
        && (TimeIsAbsent || (refusal.Time - time)?.Duration() < Moment);

    private static string Digits(int number, int width) => number.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0');
}
