using Tillbridge.Domain;
using Tillbridge.Journal;

namespace Tillbridge.Gateway.Api.Periods;

/// <summary>What our journal has of the period that a reconciliation closes or a subtotal speaks of, however long it is.</summary>
/// <param name="From">When the close before was asked for, UTC; null when there is none.</param>
/// <param name="Sessions">Its sessions that booked something or are not settled, oldest first, without papers.</param>
/// <param name="Damaged">Sessions of it that cannot be told.</param>
public sealed record ClosedPeriod(DateTimeOffset? From, IReadOnlyList<Session> Sessions, IReadOnlyList<DamagedSession> Damaged)
{
    private const int PageSize = 1000;

    /// <summary>Reads it, page by page to its beginning.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="asked">The reconciliation or subtotal.</param>
    /// <param name="stop">Ends the reading.</param>
    public static async Task<ClosedPeriod> Before(IJournal journal, Session asked, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(asked);
        var from = await LastClose(journal, asked, stop);
        var (sessions, damaged) = (new List<Session>(), new List<DamagedSession>());
        var query = new SessionQuery { Terminal = asked.Terminal, From = from, To = asked.CreatedAt, Limit = PageSize };
        await foreach (var page in Pages(journal, query, stop))
        {
            sessions.AddRange(page.Sessions.Where(session => session.Outcome is null or Outcome.Approved or Outcome.Unknown).Select(Brief));
            damaged.AddRange(page.Damaged);
        }

        sessions.Reverse();
        return new(from, sessions, damaged);
    }

    private static async Task<DateTimeOffset?> LastClose(IJournal journal, Session asked, CancellationToken stop)
    {
        var query = new SessionQuery
        {
            Kind = RequestKind.Reconciliation, Terminal = asked.Terminal, To = asked.CreatedAt, Limit = PageSize,
        };
        await foreach (var page in Pages(journal, query, stop))
        {
            if (page.Sessions.FirstOrDefault(other => other.ClosesPeriod) is { } close) return close.CreatedAt;
        }

        return null;
    }

    private static async IAsyncEnumerable<SessionPage> Pages(
        IJournal journal, SessionQuery query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        string? cursor = null;
        do
        {
            var page = await journal.Query(query with { Cursor = cursor }, stop);
            yield return page;
            cursor = page.Cursor;
        }
        while (cursor is not null);
    }

    // A year's sessions with all their receipts would fill the memory.
    private static Session Brief(Session session) => session with
    {
        Receipts = [],
        Incidents = [],
        Announced = null,
        Metadata = null,
        Conclusion = session.Conclusion is { } end ? end with { PrintText = null, Card = null, Totals = null, TotalsText = null } : null,
    };
}
