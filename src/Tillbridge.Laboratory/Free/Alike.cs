using Tillbridge.Domain;

namespace Tillbridge.Laboratory.Free;

/// <summary>
/// Worlds that look alike: the same transcript over other books. A statement that would be wrong in one of them is luck, unless a
/// named assumption rules that world out.
/// </summary>
internal static class Alike
{
    private const int Euro = 978;
    private const long OtherBy = 100;

    // Terminals may book so long after the loss and say that they are idle meanwhile.
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan HandsNeed = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ClosingNeeds = TimeSpan.FromSeconds(3);

    /// <summary>What is luck in the statement about a session; null when nothing is.</summary>
    /// <param name="terminal">What told it.</param>
    /// <param name="session">As it was closed.</param>
    /// <param name="at">When that was.</param>
    public static Wrong? Look(FreeTerminal terminal, Session session, long at)
    {
        if (session.Outcome is null or Outcome.Unknown || terminal.Facts is not { } facts || facts.Order.Kind is RequestKind.Reversal) return null;
        foreach (var world in Worlds(facts, at))
        {
            if (FreeJudge.Of(facts.Order.Session, session, at, world.Made, null) is not { } wrong) continue;
            if (RuledOut(terminal, facts, world, at) is null) return wrong with { True = $"in a world that looks alike {world.Name}" };
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
    private static Assumption? RuledOut(FreeTerminal terminal, FreeFacts facts, AlikeWorld world, long at) =>
        ByResults(terminal, facts, world) ?? ByMemory(terminal, facts, world) ?? ByTotals(terminal, facts, world, at);

    private static Assumption? ByResults(FreeTerminal terminal, FreeFacts facts, AlikeWorld world)
    {
        var claims = facts.Results.Where(told => told.Code is not null).ToList();
        if (facts.EndsAsFailed) return world.Booking is null ? null : Assumption.ResultIsTrue;
        if (claims.Count == 0) return null;
        if (world.Booking is not { } booking)
        {
            var canBeTakenBack = !facts.IsEnded && terminal.TakesBackUnheard;
            return canBeTakenBack || claims.Exists(told => !told.IsApproval) ? null : Assumption.ResultIsTrue;
        }

        return claims.Exists(told => told.IsApproval && Fits(told, booking)) ? null : Assumption.ResultIsTrue;
    }

    private static Assumption? ByMemory(FreeTerminal terminal, FreeFacts facts, AlikeWorld world)
    {
        foreach (var (when, told) in facts.Memories)
        {
            var isBookedByThen = world.Booking is { } booking && booking.At <= when;
            var isOld = told is null || told.Of?.At < (facts.LastBefore?.Of?.At + 1) || ReferenceEquals(told, facts.LastBefore);
            if (isOld)
            {
                if (isBookedByThen && !facts.WasAway) return Assumption.ReachableRemembers;
                continue;
            }

            if (told!.IsHidden || told.Code is null) continue;
            if (!told.IsApproval)
            {
                if (world.Booking is not null) return Assumption.MemoryIsTrue;
                continue;
            }

            var isOurs = (terminal.CarriesOurNumber && terminal.Echoes(told))
                || facts.Results.Exists(result => result.IsApproval && result.Minor == told.Minor && result.Receipt == told.Receipt);
            if (!isOurs && told.Minor != facts.Order.Minor) continue; // Another's, which says nothing of ours.
            if (world.Booking is null || world.Booking.Minor != told.Minor)
                return isOurs ? Assumption.MemoryIsTrue : Assumption.NobodyElseBooksAlike;
            if (world.Booking.UndoneAt is not null && (isOurs || terminal.TellsKindOf(RequestKind.Refund))) return Assumption.HandsShow;
        }

        return null;
    }

    private static Assumption? ByTotals(FreeTerminal terminal, FreeFacts facts, AlikeWorld world, long at)
    {
        var before = facts.TotalsBefore;
        if (facts.Totals.Count == 0) return world.Booking?.UndoneAt is not null && terminal.HidesHands(RequestKind.Refund) ? Assumption.HandsShow : null;
        foreach (var (when, told) in facts.Totals)
        {
            var mayBeClosed = told is { Count: 0, Net: 0 } && facts.LostAt is { } lost && when - lost >= ClosingNeeds.Ticks;
            if (mayBeClosed && before.Count == 0 && world.Booking is not null) return Assumption.EmptyPeriodStaysOpen;
            if (mayBeClosed) continue;
            var (net, count) = (told.Net - before.Net, told.Count - before.Count);
            var hasMoved = net != 0 || count != 0 || told.Taken != before.Taken
                || (terminal.Mind.TellsLastNumber && told.LastReceipt != before.LastReceipt);
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

    // What is not told fits everything.
    private static bool Fits(Told told, Booking booking) =>
        told.IsHidden || told.IsUnreadable || told.Minor is null || (told.Minor == booking.Minor && (told.Currency ?? Euro) == booking.Currency);

    private static Booking Make(FreeOrder order, long minor, long at) => new(order.Kind, minor, order.Currency, order.Session, at)
    {
        Receipt = "", Trace = "", Approval = "", Time = default,
    };
}

/// <summary>Books that may stand behind a transcript.</summary>
/// <param name="Name">In words.</param>
/// <param name="Made">What the session booked in it.</param>
internal sealed record AlikeWorld(string Name, IReadOnlyList<Booking> Made)
{
    public Booking? Booking => Made.Count == 0 ? null : Made[0];
}
