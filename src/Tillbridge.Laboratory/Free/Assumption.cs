using Tillbridge.Domain.Proof;

namespace Tillbridge.Laboratory.Free;

/// <summary>
/// What a terminal can do that no driver could see through. A wrong statement of a run that broke none of these is a finding.
/// </summary>
internal enum Assumption
{
    /// <summary>What it says of the result of the running conversation, once and under new numbers, is true.</summary>
    ResultIsTrue,

    /// <summary>A terminal that stays reachable forgets nothing.</summary>
    ReachableRemembers,

    /// <summary>What it repeats as its last booking is one of its bookings, as it was booked.</summary>
    MemoryIsTrue,

    /// <summary>A booking, also one that was undone, shows at once in at least one figure of the totals that it names.</summary>
    TotalsMove,

    /// <summary>A terminal that says idle books nothing later than ten seconds after the line was lost.</summary>
    SettlesInTenSeconds,

    /// <summary>No two bookings of a period agree in amount and in every number and time that is told of them.</summary>
    BookingsDiffer,

    /// <summary>Nobody else books the same amount between our loss and our question, where the wire carries no number of ours.</summary>
    NobodyElseBooksAlike,

    /// <summary>A period that the terminal closed by itself does not look in its totals as our books have it.</summary>
    ClosesShow,

    /// <summary>What other hands undo between our loss and our question shows in the totals, or as what it is in the memory.</summary>
    HandsShow,
}

/// <summary>The assumptions as people read them.</summary>
internal static class Assumptions
{
    public static IReadOnlyList<Assumption> All { get; } = Enum.GetValues<Assumption>();

    /// <summary>The code under which a session's grounds name it.</summary>
    public static string Code(Assumption assumption) => assumption switch
    {
        Assumption.ResultIsTrue => Ground.ResultIsTrue,
        Assumption.ReachableRemembers => Ground.ReachableRemembers,
        Assumption.MemoryIsTrue => Ground.MemoryIsTrue,
        Assumption.TotalsMove => Ground.TotalsMove,
        Assumption.SettlesInTenSeconds => Ground.SettlesInTime,
        Assumption.BookingsDiffer => Ground.BookingsDiffer,
        Assumption.NobodyElseBooksAlike => Ground.NobodyElseBooksAlike,
        Assumption.ClosesShow => Ground.ClosesShow,
        _ => Ground.HandsShow,
    };

    public static string Sentence(Assumption assumption) => assumption switch
    {
        Assumption.ResultIsTrue => "what it says of the running conversation's result, once and under new numbers, is true",
        Assumption.ReachableRemembers => "a terminal that stays reachable forgets nothing",
        Assumption.MemoryIsTrue => "what it repeats as its last booking is one of its bookings",
        Assumption.TotalsMove => "a booking, also an undone one, moves at least one figure of the totals at once",
        Assumption.SettlesInTenSeconds => "an idle terminal books nothing later than ten seconds after the loss",
        Assumption.BookingsDiffer => "no two bookings of a period agree in all numbers, time and amount",
        Assumption.NobodyElseBooksAlike => "nobody else books the same amount before we ask, where no number of ours travels",
        Assumption.ClosesShow => "a period that the terminal closed by itself does not look as our books have it",
        _ => "what other hands undo shows in the totals or in the memory's kind",
    };
}
