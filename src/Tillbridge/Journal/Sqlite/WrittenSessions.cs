using Tillbridge.Domain;

namespace Tillbridge.Journal.Sqlite;

/// <summary>
/// What the one writer has written of sessions that are not over, so that it need not read back each time what it wrote itself. Only what
/// a whole batch made durable stays here.
/// </summary>
internal sealed class WrittenSessions
{
    // Beyond it everything is forgotten and read again.
    private const int MostSessions = 20_000;

    private readonly Dictionary<SessionId, (long Number, string Terminal, Session? State)> known = [];

    /// <summary>The state last written; null when it has to be read.</summary>
    public Session? Find(SessionId id) => known.TryGetValue(id, out var kept) ? kept.State : null;

    /// <summary>Whose records these are; null when it has to be read.</summary>
    public (long Number, string Terminal)? SubjectOf(SessionId id) =>
        known.TryGetValue(id, out var kept) ? (kept.Number, kept.Terminal) : null;

    public void Remember(SessionId id, long number, string terminal)
    {
        if (known.Count >= MostSessions) known.Clear();
        known[id] = (number, terminal, null);
    }

    /// <summary>A closed session is left alone, mostly for good.</summary>
    public void Remember(Session session)
    {
        if (!known.TryGetValue(session.Id, out var kept)) return;
        if (session.Phase is SessionPhase.Closed) known.Remove(session.Id);
        else known[session.Id] = kept with { State = session };
    }

    public void Forget() => known.Clear();
}
