using Tillbridge.Domain;
using Tillbridge.Domain.Books;

namespace Tillbridge.Journal.Sqlite.Books;

/// <summary>Makes the lines of an open period out of its sessions, oldest first.</summary>
internal sealed class BookFold(string terminal, BookSum before)
{
    private readonly Dictionary<string, long> netByReceipt = new(StringComparer.Ordinal);

    /// <summary>The sum up to the last line.</summary>
    public BookSum UpTo { get; private set; } = before;

    /// <summary>The next session's line.</summary>
    public LineRow Next(long place, BookLine line)
    {
        long? undone = line.UndoneReceipt is { } named && netByReceipt.TryGetValue(named, out var net) ? net : null;
        var entry = line.Entry(undone);
        UpTo += entry?.Sum ?? default;
        if (line.Receipt is { } receipt)
        {
            if (entry is null) netByReceipt.Remove(receipt);
            else netByReceipt[receipt] = entry.Net;
        }

        return new(place, terminal, line, entry, UpTo);
    }

    /// <summary>The line of a session that cannot be read: it may have booked anything, so that nothing can be summed up.</summary>
    public LineRow Unreadable(long place, string session) => Next(place, new(new SessionId(session)) { IsApproved = true });
}
