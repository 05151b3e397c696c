using Tillbridge.Domain;
using Tillbridge.Domain.Books;

namespace Tillbridge.Journal.Periods;

/// <summary>
/// Money sessions of a terminal since the last close of its period, in the order of their sending, as they are at one moment. No answer
/// reads more sessions the longer the period is.
/// </summary>
public interface IOpenPeriod
{
    /// <summary>The newest session that is approved or unknown; null when there is none.</summary>
    Session? NewestBooking();

    /// <summary>The newest approved session that was heard when it was made, with the terminal's time; null when there is none.</summary>
    Session? NewestHeard();

    /// <summary>The currencies of approved amounts, in the order of their codes.</summary>
    IReadOnlyList<Currency> Currencies();

    /// <summary>Approved sessions that have one of these numbers, read as they are asked for.</summary>
    /// <param name="oldestFirst">True for the oldest first, else the newest.</param>
    /// <param name="marks">The numbers; one without a value finds nothing.</param>
    IEnumerable<Session> Approved(bool oldestFirst, params IReadOnlyList<BookingMark> marks);

    /// <summary>Open, approved and unknown sessions with that reference of a till, newest first.</summary>
    IEnumerable<Session> WithReference(string reference);

    /// <summary>True when no other session is open or unknown, and this one is not settled.</summary>
    bool IsSettledBut(SessionId session);

    /// <summary>The bookings with their sums; null when something cannot be summed up, or not in that currency.</summary>
    IBookLines? Lines(Currency currency);
}
