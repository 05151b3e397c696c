using Tillbridge.Domain;

namespace Tillbridge.Laboratory.Free;

/// <summary>
/// Worlds that look alike: the same transcript over other books. A statement that would be wrong in one of them is luck, unless a
/// named assumption rules that world out.
/// </summary>
internal static class Alike
{
    public const string Prefix = "in a world that looks alike ";

    private const int Euro = 978;
    private const long OtherBy = 100;
    private const int LastReceipt = 9999;
    private const int LastTrace = 999_999;

    // Terminals may book so long after the loss and say that they are idle meanwhile.
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan HandsNeed = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ClosingNeeds = TimeSpan.FromSeconds(3);

    /// <summary>What is luck in the statement about a session; null when nothing is.</summary>
    /// <param name="wire">What the terminal's wire can tell.</param>
    /// <param name="facts">What was told.</param>
    /// <param name="session">As it was closed.</param>
    /// <param name="at">When that was.</param>
    public static Wrong? Look(AlikeWire wire, FreeFacts facts, Session session, long at)
    {
        if (session.Outcome is null or Outcome.Unknown || facts.Order.Kind is RequestKind.Reversal) return null;
        foreach (var world in Worlds(facts, at))
        {
            if (FreeJudge.Of(facts.Order.Session, session, at, world.Made, null) is not { } wrong) continue;
            if (RuledOut(wire, facts, world) is null) return wrong with { True = Prefix + world.Name };
        }

        return null;
    }

    private static IEnumerable<AlikeWorld> Worlds(FreeFacts facts, long at)
    {
        var (order, lost) = (facts.Order, facts.LostAt);
        yield return new("nothing is booked", []);
        yield return new("it is booked", [Make(order, order.Minor, lost ?? facts.At)]);
        yield return new("another amount is booked", [Make(order, order.Minor + OtherBy, lost ?? facts.At)]);
        if (lost is not { } since) yield break;
        yield return new("it is booked seconds after the loss", [Make(order, order.Minor, since + Late.Ticks)]);
        if (at - since < HandsNeed.Ticks) yield break;
        var undone = Make(order, order.Minor, since);
        undone.UndoneAt = since + HandsNeed.Ticks;
        yield return new("it is booked and given back by hand", [undone]);
    }

    /// <summary>The assumption by which such a world cannot be; null when it can.</summary>
    private static Assumption? RuledOut(AlikeWire wire, FreeFacts facts, AlikeWorld world) =>
        ByResults(wire, facts, world) ?? ByMemory(wire, facts, world) ?? ByTotals(wire, facts, world);

    private static Assumption? ByResults(AlikeWire wire, FreeFacts facts, AlikeWorld world)
    {
        var claims = facts.Results.Where(told => told.Code is not null).ToList();
        if (facts.EndsAsFailed) return world.Booking is null ? null : Assumption.ResultIsTrue;
        if (claims.Count == 0) return null;
        // Where the last one counts, only an approval before it leaves a doubt.
        if (wire.LastResultCounts && !claims[..^1].Exists(told => told.IsApproval)) claims = [claims[^1]];
        if (world.Booking is not { } booking)
        {
            var canBeTakenBack = !facts.IsEnded && wire.TakesBackUnheard;
            return canBeTakenBack || claims.Exists(told => !told.IsApproval) ? null : Assumption.ResultIsTrue;
        }

        return claims.Exists(told => told.IsApproval && Fits(told, booking)) ? null : Assumption.ResultIsTrue;
    }

    private static Assumption? ByMemory(AlikeWire wire, FreeFacts facts, AlikeWorld world)
    {
        foreach (var (when, told) in facts.Memories)
        {
            var isBookedByThen = world.Booking is { } booking && booking.At <= when;
            if (told is { IsHidden: true } && wire.HidesNumbers && !wire.TellsOurNumber(told)) continue;
            var isOld = told is null || (facts.LastBefore is { } before
                && (told.Receipt, told.Trace, told.Time, told.Minor) == (before.Receipt, before.Trace, before.Time, before.Minor)
                && (told.Invoice, told.Reference, told.Approval) == (before.Invoice, before.Reference, before.Approval));
            if (isOld)
            {
                if (isBookedByThen && !facts.WasAway) return Assumption.ReachableRemembers;
                continue;
            }

            if (told!.Code is null) continue;
            if (!told.IsApproval)
            {
                if (world.Booking is not null) return Assumption.MemoryIsTrue;
                continue;
            }

            if (told.IsHidden) continue;

            var isOurs = wire.TellsOurNumber(told)
                || facts.Results.Exists(result => result.IsApproval && result.Minor == told.Minor && result.Receipt == told.Receipt);
            var mayBeOurs = told.Minor == facts.Order.Minor || facts.Results.Exists(result => result.Minor == told.Minor);
            if (!isOurs && !mayBeOurs) continue; // Another's, which says nothing of ours.
            if (world.Booking is null || world.Booking.Minor != told.Minor || (told.Currency ?? Euro) != world.Booking.Currency)
                return isOurs ? Assumption.MemoryIsTrue : Assumption.NobodyElseBooksAlike;
            if (world.Booking.UndoneAt is null) continue;
            if (isOurs || wire.TellsKindOf(RequestKind.Refund)) return Assumption.HandsShow;
            // Between the number before and this one is none for ours.
            var last = facts.LastBefore;
            var isNext = IsNext(told.Receipt, last?.Receipt, LastReceipt) || IsNext(told.Trace, last?.Trace, LastTrace);
            if (isNext) return Assumption.BookingsDiffer;
        }

        return null;
    }

    private static Assumption? ByTotals(AlikeWire wire, FreeFacts facts, AlikeWorld world)
    {
        var before = facts.TotalsBefore;
        if (facts.Totals.Count == 0)
            return world.Booking?.UndoneAt is not null && wire.HidesHands(RequestKind.Refund) ? Assumption.HandsShow : null;
        foreach (var (when, told) in facts.Totals)
        {
            var mayBeClosed = told is { Count: 0, Net: 0 } && facts.LostAt is { } lost && when - lost >= ClosingNeeds.Ticks;
            // Bookings of other hands that nobody was told of are in nobody's books.
            if (mayBeClosed && (before.Count == 0 || facts.LastBefore is null) && world.Booking is not null) return Assumption.ClosesShow;
            if (mayBeClosed && world.Booking?.UndoneAt is not null && !wire.TellsKindOf(RequestKind.Refund)) return Assumption.HandsShow;
            if (mayBeClosed) continue;
            var (net, count) = (told.Net - before.Net, told.Count - before.Count);
            var hasMoved = net != 0 || count != 0 || told.Taken != before.Taken
                || (wire.TellsLastNumber && told.LastReceipt != before.LastReceipt);
            if (world.Booking is not { } booking)
            {
                if (Math.Abs(net) == facts.Order.Minor) return Assumption.NobodyElseBooksAlike;
                continue;
            }

            if (booking.At <= when && !hasMoved) return Assumption.TotalsMove;
            if (booking.UndoneAt is null)
            {
                if (net != 0 && Math.Abs(net) != booking.Minor) return Assumption.TotalsMove;
            }
            else if (count is not (0 or 2) || net != 0)
            {
                return Assumption.HandsShow;
            }
        }

        return null;
    }

    private static bool IsNext(string? now, string? before, int wrap) => int.TryParse(now, out var number)
        && int.TryParse(before, out var last) && number == (last % wrap) + 1;

    // What is not told fits everything.
    private static bool Fits(Told told, Booking booking) =>
        told.IsHidden || told.IsUnreadable || told.Minor is null
        || (told.Minor == booking.Minor && (told.Currency ?? Euro) == booking.Currency);

    private static Booking Make(FreeOrder order, long minor, long at) => new(order.Kind, minor, order.Currency, order.Session, at)
    {
        Receipt = "", Trace = "", Approval = "", Time = default,
    };
}

/// <summary>What a drawn terminal's wire can tell at all.</summary>
/// <param name="TakesBackUnheard">An approval that was not acknowledged may be taken back.</param>
/// <param name="LastResultCounts">Of several results in a conversation the last one is meant.</param>
/// <param name="TellsLastNumber">Its totals name the last number.</param>
/// <param name="TellsOurNumber">It tells a number that only our order has.</param>
/// <param name="TellsKindOf">Its memory tells that it is such a booking.</param>
/// <param name="HidesNumbers">An amount that cannot be read hides the numbers behind it.</param>
/// <param name="HidesHands">Nothing would tell that other hands undid it in that way.</param>
internal sealed record AlikeWire(
    bool TakesBackUnheard, bool LastResultCounts, bool TellsLastNumber, Func<Told, bool> TellsOurNumber,
    Func<RequestKind, bool> TellsKindOf, bool HidesNumbers, Func<RequestKind, bool> HidesHands);

/// <summary>Books that may stand behind a transcript.</summary>
/// <param name="Name">In words.</param>
/// <param name="Made">What the session booked in it.</param>
internal sealed record AlikeWorld(string Name, IReadOnlyList<Booking> Made)
{
    public Booking? Booking => Made.Count == 0 ? null : Made[0];
}
