namespace Tillbridge.Domain.Proof;

/// <summary>
/// Stable codes that say on what an outcome rests: facts that were seen, and what is taken for granted of a terminal. Callers may compare
/// them; what each means stands in <c>docs/api.md</c>.
/// </summary>
public static class Ground
{
    /// <summary>Fact: nothing that can move money had left.</summary>
    public const string BeforeFirstByte = "before-first-byte";

    /// <summary>Fact: what was asked moves no money, so that a broken line is its end.</summary>
    public const string MovesNoMoney = "moves-no-money";

    /// <summary>Fact: the terminal refused the order in place of taking it.</summary>
    public const string RefusedAtOnce = "refused-at-once";

    /// <summary>Fact: the terminal said how it ended in the running conversation.</summary>
    public const string ResultOnTheLine = "result-on-the-line";

    /// <summary>Fact: a result was announced before the line broke.</summary>
    public const string AnnouncedBefore = "announced-before-the-loss";

    /// <summary>Fact: the terminal said that it stopped what ran.</summary>
    public const string Stopped = "terminal-says-stopped";

    /// <summary>Fact: asked for its last booking, the terminal told this one.</summary>
    public const string RepeatsBooking = "terminal-repeats-booking";

    /// <summary>Fact: what it told carries a number that only this order has.</summary>
    public const string CarriesOurNumber = "carries-our-number";

    /// <summary>Fact: the terminal's last booking is the one that it had before, or none of ours.</summary>
    public const string LastIsEarlier = "last-booking-is-earlier";

    /// <summary>Fact: the terminal says that it has nothing stored, as before.</summary>
    public const string NothingStored = "terminal-says-nothing-stored";

    /// <summary>Fact: the terminal was never seen to be away since the line broke, and is idle.</summary>
    public const string StayedReachable = "stayed-reachable";

    /// <summary>Fact: the terminal's totals were asked for and do not say otherwise.</summary>
    public const string TotalsAgree = "totals-agree";

    /// <summary>Fact: the totals of its last close are what our books had.</summary>
    public const string LastCloseAgrees = "last-close-agrees";

    /// <summary>Fact: the terminal's open period is empty.</summary>
    public const string PeriodIsEmpty = "period-is-empty";

    /// <summary>Fact: it was seen twice, the second time after the terminal's settle time.</summary>
    public const string SecondLook = "second-look";

    /// <summary>Fact: a named person said so.</summary>
    public const string ResolvedByPerson = "resolved-by-person";

    /// <summary>Assumption: what a terminal says of the running conversation's result, once and under new numbers, is true.</summary>
    public const string ResultIsTrue = "result-is-true";

    /// <summary>Assumption: a terminal that stays reachable and idle forgets nothing.</summary>
    public const string ReachableRemembers = "reachable-forgets-nothing";

    /// <summary>Assumption: what it repeats as its last booking is one of its bookings, as it was booked.</summary>
    public const string MemoryIsTrue = "memory-is-true";

    /// <summary>Assumption: a booking, also one that was undone, moves its totals at once.</summary>
    public const string TotalsMove = "totals-move";

    /// <summary>Assumption: it books nothing later than its settle time after the line broke.</summary>
    public const string SettlesInTime = "settles-in-time";

    /// <summary>Assumption: no two bookings of a period agree in all numbers, time and amount.</summary>
    public const string BookingsDiffer = "bookings-differ";

    /// <summary>Assumption: nobody else books the same amount before we ask, where no number of ours travels.</summary>
    public const string NobodyElseBooksAlike = "nobody-else-books-alike";

    /// <summary>Assumption: a period that the terminal closed by itself does not look as our books have it.</summary>
    public const string ClosesShow = "own-close-shows";

    /// <summary>Assumption: what other hands undo shows in the totals, or as what it is in the memory.</summary>
    public const string HandsShow = "other-hands-show";

    /// <summary>Assumption: an amount without a currency is in the one that was asked.</summary>
    public const string CurrencyAsAsked = "currency-as-asked";

    /// <summary>What is seen, in the order in which it is told.</summary>
    public static IReadOnlyList<string> Facts { get; } =
    [
        BeforeFirstByte, MovesNoMoney, RefusedAtOnce, ResultOnTheLine, AnnouncedBefore, Stopped, RepeatsBooking, CarriesOurNumber,
        LastIsEarlier, NothingStored, StayedReachable, TotalsAgree, LastCloseAgrees, PeriodIsEmpty, SecondLook, ResolvedByPerson,
    ];

    /// <summary>What is taken for granted of a terminal, in the order in which it is told.</summary>
    public static IReadOnlyList<string> Assumptions { get; } =
    [
        ResultIsTrue, ReachableRemembers, MemoryIsTrue, TotalsMove, SettlesInTime, BookingsDiffer, NobodyElseBooksAlike, ClosesShow,
        HandsShow, CurrencyAsAsked,
    ];
}
