using Tillbridge.Domain;

namespace Tillbridge.Journal;

/// <summary>A session as one row: the whole state as JSON, and beside it the columns that are searched.</summary>
internal sealed record SessionRow(
    string Id, string Terminal, string? Key, string Fingerprint, string Kind, string Phase, string? Outcome,
    string? Reference, string? Receipt, string CreatedAt, string? SentAt, string? ClosedAt, string? Face, string State)
{
    public static SessionRow Of(Session session) => Project(session, JournalJson.Write(session));

    /// <summary>The session, after a check that the searched columns say the same as the state.</summary>
    /// <exception cref="JournalException">They do not, or the state cannot be read.</exception>
    public Session ToSession()
    {
        var session = JournalJson.Read(State);
        return Project(session, State) == this
            ? session
            : throw new JournalException(
                JournalFault.Corrupt, $"The row of session {Id} contradicts its stored state. {JournalDirectory.CorruptCure}");
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
        state);
}
