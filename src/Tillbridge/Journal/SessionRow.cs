using Tillbridge.Domain;

namespace Tillbridge.Journal;

/// <summary>
/// A session as one row: the whole state as JSON, beside it the columns that are searched, and a seal, the state's hash, so that
/// no bit of it changes unseen.
/// </summary>
internal sealed record SessionRow(
    string Id, string Terminal, string? Key, string Fingerprint, string Kind, string Phase, string? Outcome,
    string? Reference, string? Receipt, string CreatedAt, string? SentAt, string? ClosedAt, string? Face, string State, string Seal,
    bool Closes)
{
    public static SessionRow Of(Session session) => Project(session, JournalJson.Write(session));

    /// <summary>True when the session is over, so that its row is hardly ever written again.</summary>
    public bool IsClosed => Phase == EnumText<SessionPhase>.Of(SessionPhase.Closed);

    /// <summary>Why nothing of the row is told: its seal or its columns do not fit the state. Null when all does.</summary>
    public string? Fault => Read().Fault;

    /// <summary>The session, after a check that the seal fits and the searched columns say the same as the state.</summary>
    /// <exception cref="JournalException">They do not, or the state cannot be read; the message names the session.</exception>
    public Session ToSession()
    {
        var (session, fault) = Read();
        return session ?? throw new JournalException(JournalFault.Corrupt, $"{fault} {JournalDirectory.CorruptCure}");
    }

    private (Session? Session, string? Fault) Read()
    {
        if (RecordChain.StateHash(State) != Seal)
            return (null, $"The row of session {Id} is damaged: its state is not the one that was sealed.");
        try
        {
            var session = JournalJson.Read(State);
            return Project(session, State) == this
                ? (session, null)
                : (null, $"The row of session {Id} is damaged: it contradicts its stored state.");
        }
        catch (JournalException error)
        {
            return (null, $"The row of session {Id} cannot be read: {error.InnerException?.Message}");
        }
    }

    private static SessionRow Project(Session session, string state) => new(
        session.Id.Value,
        session.Terminal,
        session.Key,
        session.Fingerprint,
        EnumText<RequestKind>.Of(session.Request.Kind),
        EnumText<SessionPhase>.Of(session.Phase),
        EnumText<Outcome>.Of(session.Outcome),
        session.Request.Reference,
        session.Conclusion?.References.Receipt,
        JournalTime.Write(session.CreatedAt),
        JournalTime.Write(session.SentAt),
        JournalTime.Write(session.ClosedAt),
        session.Face?.Name,
        state,
        RecordChain.StateHash(state),
        session.ClosesPeriod);
}
