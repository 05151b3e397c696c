using Tillbridge.Domain;
using Tillbridge.Domain.Books;

namespace Tillbridge.Journal.Periods;

/// <summary>An open period as the list of all its sessions, oldest first.</summary>
internal sealed class ListedPeriod(IReadOnlyList<Session> sessions) : IOpenPeriod
{
    public Session? NewestBooking() =>
        sessions.LastOrDefault(session => session.Outcome is Outcome.Approved || session.IsUnresolved);

    public Session? NewestHeard() => sessions.LastOrDefault(session => BookLine.Of(session) is { IsHeard: true });

    public IReadOnlyList<Currency> Currencies() =>
        [.. sessions.Select(BookLine.Of).Select(line => line?.Currency).OfType<string>().Distinct().Order(StringComparer.Ordinal)
            .Select(Currency.Of)];

    public IEnumerable<Session> Approved(bool oldestFirst, params IReadOnlyList<BookingMark> marks) =>
        (oldestFirst ? sessions : sessions.Reverse()).Where(session => BookLine.Of(session) is { IsApproved: true } line
            && marks.Any(mark => mark.By.Write(mark.Value) is { } wanted && mark.By.Of(line) == wanted));

    public IEnumerable<Session> WithReference(string reference) =>
        sessions.Reverse().Where(session => session.Request.Reference == reference
            && session.Outcome is null or Outcome.Approved or Outcome.Unknown);

    public bool IsSettledBut(SessionId session) => sessions.All(other => other.Id == session
        ? BookLine.Of(other) is null
        : other.Phase is SessionPhase.Closed && !other.IsUnresolved);

    public IBookLines? Lines(Currency currency)
    {
        var entries = new List<BookEntry>();
        var netByReceipt = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in sessions.Select(BookLine.Of).OfType<BookLine>())
        {
            long? undone = line.UndoneReceipt is { } named && netByReceipt.TryGetValue(named, out var net) ? net : null;
            if (line.Entry(undone) is not { } entry || (line.IsSummed && line.Currency != currency.Code)) return null;
            if (line.Receipt is { } receipt) netByReceipt[receipt] = entry.Net;
            entries.Add(entry);
        }

        return new ListedLines(entries);
    }
}
