namespace Tillbridge.Laboratory.Free;

/// <summary>What can be drawn beside a session's plain way; each by itself, so that each can be left out of a replay.</summary>
internal enum Oddity
{
    // The line.
    Lost,
    ForgetsWhileAway,
    ForgetsReachable,
    IdleWhileBooking,
    BooksVeryLate,
    TakesBackUnheard,

    // What a running conversation tells.
    PartApproved,
    UnknownCurrency,
    OtherCurrency,
    CurrencyAbsent,
    AmountAbsent,
    AmountUnreadable,
    BehindUnknownField,
    CodeAbsent,
    ForeignDevice,
    OldBookingFirst,
    OldBookingInstead,
    SecondResult,
    Glued,
    Withdrawn,
    NoResult,
    RefusedAtOnce,
    EndsOtherwise,
    NumbersAbsent,
    LiesApproved,
    LiesRefused,
    LiesAmount,

    // Other hands.
    RefundedByHand,
    ReversedByHand,
    OtherSale,
    OtherSaleAlike,
    OtherSaleBefore,
    ClosesByItself,
    UndoesAnother,

    // What its memory tells.
    MemorySilent,
    MemoryHidden,
    MemoryUnknownCurrency,
    MemoryCodeAbsent,
    MemoryInvents,
    RemembersRefusals,
    BaselineSilent,

    // What its totals tell.
    TotalsRefused,
    TotalsWithoutSums,
    SumLags,
    CountLags,
    LastNumberLags,
    TotalsLagWhole,
    UndoneUncounted,

    // The whole terminal.
    NumbersRepeat,
    NumbersSkip,
    NumbersRestart,
    NumbersWrap,
    TraceZero,
    TraceAbsent,
    TimeAbsent,
    ClockOff,
    NoEcho,
    EchoesInvoiceOnly,
    EnquiryUnknown,
    KindUntold,
}

/// <summary>How often an oddity comes, and what it breaks.</summary>
internal static class Oddities
{
    public static IReadOnlyList<Oddity> All { get; } = Enum.GetValues<Oddity>();

    /// <summary>The assumption that it breaks whenever it comes; null when a driver has to see through it.</summary>
    public static Assumption? Breaks(Oddity oddity) => oddity switch
    {
        Oddity.ForgetsReachable => Assumption.ReachableRemembers,
        Oddity.BooksVeryLate => Assumption.SettlesInTenSeconds,
        Oddity.LiesApproved or Oddity.LiesRefused or Oddity.LiesAmount => Assumption.ResultIsTrue,
        Oddity.MemoryInvents => Assumption.MemoryIsTrue,
        Oddity.TotalsLagWhole => Assumption.TotalsMove,
        _ => null,
    };

    /// <summary>The assumption that can break only where it comes, with others.</summary>
    public static Assumption? Serves(Oddity oddity) => oddity switch
    {
        Oddity.NumbersRepeat or Oddity.TraceZero or Oddity.TimeAbsent => Assumption.BookingsDiffer,
        Oddity.RefundedByHand or Oddity.TotalsRefused or Oddity.KindUntold => Assumption.HandsShow,
        Oddity.ClosesByItself => Assumption.ClosesShow,
        Oddity.OtherSaleAlike => Assumption.NobodyElseBooksAlike,
        _ => null,
    };

    /// <summary>Of a thousand sessions: where the run has it in mind, and where not.</summary>
    public static (int InMind, int Else) Weight(Oddity oddity) => oddity switch
    {
        Oddity.Lost => (700, 350),
        Oddity.TakesBackUnheard => (500, 300),
        Oddity.NumbersRepeat or Oddity.TraceZero or Oddity.TraceAbsent or Oddity.ClockOff or Oddity.TimeAbsent
            or Oddity.TotalsRefused or Oddity.NoEcho or Oddity.IdleWhileBooking or Oddity.ForgetsWhileAway => (600, 15),
        _ => (300, 12),
    };
}
