using Tillbridge.Domain;

namespace Tillbridge.Laboratory.Free;

/// <summary>Holds a statement against the true books.</summary>
internal static class FreeJudge
{
    /// <summary>What is wrong in it; null when nothing is, and always for unknown.</summary>
    /// <param name="number">The session's number in its run.</param>
    /// <param name="session">As it was closed.</param>
    /// <param name="at">When that was.</param>
    /// <param name="books">The true books, after everything that was to come has come.</param>
    /// <param name="target">What a reversal was to undo.</param>
    public static Wrong? Of(int number, Session session, long at, FreeBooks books, Booking? target) =>
        Of(number, session, at, books.Of(number).ToList(), target);

    public static Wrong? Of(int number, Session session, long at, IReadOnlyList<Booking> made, Booking? target)
    {
        if (session.Outcome is not { } outcome || outcome is Outcome.Unknown) return null;
        var said = outcome is Outcome.Approved ? $"approved {Sum(session.Conclusion!.ApprovedAmount)}" : $"{outcome}".ToLowerInvariant();
        var kind = outcome is Outcome.Approved ? "approved" : "refused";
        if (outcome is not Outcome.Approved)
        {
            if (made.Count == 0) return null;
            var undone = made.All(one => one.UndoneAt is not null);
            return new Wrong(number, kind, undone ? "it was booked, and undone by hand" : "it was booked") { Detail = said };
        }

        if (made.Count == 0) return new Wrong(number, kind, "nothing was booked") { Detail = said };
        var standing = made.Where(one => one.UndoneAt is null || one.UndoneAt > at).ToList();
        if (standing.Count == 0) return new Wrong(number, kind, "it was undone by hand before") { Detail = said };
        if (standing.Count > 1) return new Wrong(number, kind, "it was booked twice") { Detail = said };
        var booking = standing[0];
        if (target is not null && booking.Undoes != target) return new Wrong(number, kind, "another booking was undone") { Detail = said };
        if (session.Conclusion!.ApprovedAmount is not { } told) return new Wrong(number, kind, "no amount is told") { Detail = said };
        if (told.Currency.Numeric != booking.Currency) return new Wrong(number, kind, "another currency was booked") { Detail = said };
        if (told.MinorUnits != booking.Minor) return new Wrong(number, kind, "another amount was booked") { Detail = said };
        return null;
    }

    private static string Sum(Money? money) => money?.ToString() ?? "without an amount";
}
