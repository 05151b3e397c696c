using Tillbridge.Domain;
using Tillbridge.Journal;

namespace Tillbridge.Sessions.Waiting;

/// <summary>Callers who wait for a session; each is woken by the records of his session only.</summary>
internal sealed class SessionWaits(IJournal journal, TimeProvider clock)
{
    /// <summary>The session when it has reached a phase, or as it stands when the patience ends; null when there is none.</summary>
    public async Task<Session?> Until(SessionId id, Func<SessionPhase, bool> reached, TimeSpan limit, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        while (true)
        {
            var seen = journal.LastSequence;
            var session = await journal.Find(id, stop);
            if (session is null || reached(session.Phase) || patience.IsCancellationRequested) return session;
            try
            {
                await journal.WaitBeyond(seen, id, either.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                // The caller's patience ended, not the session: it is told how the session stands.
            }
        }
    }
}
