using Tillbridge.Domain;
using Tillbridge.Journal.Frames;

namespace Tillbridge.Journal;

/// <summary>What a journal record tells. Their numbers stand in the file: a new one is added at the end.</summary>
public enum RecordKind
{
    /// <summary>A session's intent, durable before anything happens.</summary>
    Intent,

    /// <summary>A session changed its state.</summary>
    State,

    /// <summary>Progress from the terminal.</summary>
    Progress,

    /// <summary>A receipt came.</summary>
    Receipt,

    /// <summary>The terminal asks for the caller's second step.</summary>
    Question,

    /// <summary>Somebody has to look at this.</summary>
    Incident,

    /// <summary>A person or caller did something: abort, confirm, resolve.</summary>
    Action,

    /// <summary>The session was concluded.</summary>
    Concluded,

    /// <summary>Masked frames on the wire, told one by one; beside them it says nothing.</summary>
    Frame,

    /// <summary>A foreign interface's own note about a session: what it delivered, and what was acknowledged.</summary>
    Face,
}

/// <summary>One line of the journal, chained to the one before it.</summary>
/// <param name="Sequence">1, 2, 3 … without gaps over the whole journal.</param>
/// <param name="At">When it was appended, UTC.</param>
/// <param name="Session">The session that it belongs to.</param>
/// <param name="Terminal">The terminal's name.</param>
/// <param name="Kind">What it tells.</param>
/// <param name="Body">JSON object; what stands in it depends on the kind.</param>
/// <param name="Hash">SHA-256 over the previous hash and this record's fields, lower-case hexadecimal.</param>
public sealed record JournalRecord(
    long Sequence, DateTimeOffset At, SessionId Session, string Terminal, RecordKind Kind, string Body, string Hash)
{
    /// <summary>The fencing number under which it was written.</summary>
    public long Fence { get; init; } = 1;

    /// <summary>SHA-256 over the session's state that was stored with it, lower-case hexadecimal; null when none was.</summary>
    public string? StateHash { get; init; }

    /// <summary>
    /// SHA-256 over the frames that came before it, as they are kept, lower-case hexadecimal; null when there were none. The frames
    /// themselves stand outside of the chain and are dropped after a time.
    /// </summary>
    public string? FramesHash { get; init; }
}

/// <summary>What is handed to the journal to append.</summary>
/// <param name="Session">The session's state after this; null leaves the stored state as it is.</param>
/// <param name="Id">The session that the record belongs to.</param>
/// <param name="Terminal">The terminal's name.</param>
/// <param name="Kind">What the record tells.</param>
/// <param name="Body">JSON object of at most <see cref="MostBodyBytes"/> bytes.</param>
public sealed record JournalEntry(SessionId Id, string Terminal, RecordKind Kind, string Body, Session? Session = null)
{
    /// <summary>Largest body of one record.</summary>
    public const int MostBodyBytes = 512 * 1024;

    /// <summary>Most bytes of all frames of one entry; several of the longest fit.</summary>
    public const int MostFrameBytes = 4 << 20;

    /// <summary>The fencing number of the terminal's owner; an older owner is refused. 1 in a single process.</summary>
    public long Fence { get; init; } = 1;

    /// <summary>The frames that passed before it, oldest first; they are kept with it.</summary>
    public IReadOnlyList<JournalFrame> Frames { get; init; } = [];

    /// <summary>What a foreign interface notes; only with <see cref="RecordKind.Face"/>.</summary>
    public FaceNote? Note { get; init; }

    /// <summary>An entry for a foreign interface's note about a session; it replaces the interface's note before.</summary>
    public static JournalEntry Of(Session session, FaceNote note)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(note);
        return new(session.Id, session.Terminal, RecordKind.Face, note.ToBody()) { Note = note };
    }
}

/// <summary>What became of an intent.</summary>
public enum Acceptance
{
    /// <summary>It is new and durable.</summary>
    Accepted,

    /// <summary>The same key with the same content exists: the caller gets that session.</summary>
    Replayed,

    /// <summary>The same key exists with other content.</summary>
    Conflict,
}

/// <summary>The journal's answer to an intent.</summary>
/// <param name="Acceptance">What became of it.</param>
/// <param name="Session">The session now in the journal under that key.</param>
public sealed record Accepted(Acceptance Acceptance, Session Session);

/// <summary>Which sessions to list; null fields do not restrict.</summary>
public sealed record SessionQuery
{
    /// <summary>Name of the terminal.</summary>
    public string? Terminal { get; init; }

    /// <summary>Outcome.</summary>
    public Outcome? Outcome { get; init; }

    /// <summary>Phase.</summary>
    public SessionPhase? Phase { get; init; }

    /// <summary>The caller's reference, exact.</summary>
    public string? Reference { get; init; }

    /// <summary>Kind of request.</summary>
    public RequestKind? Kind { get; init; }

    /// <summary>Created at or after, UTC.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Created before, UTC.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The cursor of the page before; null for the first.</summary>
    public string? Cursor { get; init; }

    /// <summary>Sessions in a page, 1 to 1000.</summary>
    public int Limit { get; init; } = 50;
}

/// <summary>A page of sessions, newest first.</summary>
/// <param name="Sessions">The sessions.</param>
/// <param name="Cursor">Where the next page begins; null on the last.</param>
public sealed record SessionPage(IReadOnlyList<Session> Sessions, string? Cursor)
{
    /// <summary>Sessions that belong here and cannot be told, because their rows are damaged.</summary>
    public IReadOnlyList<DamagedSession> Damaged { get; init; } = [];

    /// <summary>The sessions, for whoever draws a conclusion from their being all there is.</summary>
    /// <exception cref="JournalException">One of them cannot be told.</exception>
    public IReadOnlyList<Session> Whole() => Damaged is [var first, ..]
        ? throw new JournalException(JournalFault.Corrupt, first.Why)
        : Sessions;
}

/// <summary>A session whose row is damaged: nothing of it is told.</summary>
/// <param name="Id">Its id, as far as the row tells it.</param>
/// <param name="Why">What does not fit.</param>
public sealed record DamagedSession(string Id, string Why);

/// <summary>Sums over a terminal's open period that its sessions contradict; the sessions are right.</summary>
/// <param name="Terminal">The terminal.</param>
/// <param name="Why">What does not fit.</param>
public sealed record DisagreeingSums(string Terminal, string Why);

/// <summary>The result of checking a journal.</summary>
/// <param name="Records">How many records were read.</param>
/// <param name="BrokenAt">
/// Sequence of the first record that does not fit, 0 when it is the file, an index or the identity; null when all fits.
/// </param>
/// <param name="Why">What does not fit.</param>
public sealed record ChainCheck(long Records, long? BrokenAt, string? Why)
{
    /// <summary>Every session whose row is damaged, up to a bound.</summary>
    public IReadOnlyList<DamagedSession> Damaged { get; init; } = [];

    /// <summary>Terminals whose sums disagree with their sessions; the next start of the gateway makes them anew.</summary>
    public IReadOnlyList<DisagreeingSums> Sums { get; init; } = [];

    /// <summary>True when nothing but these sessions is damaged.</summary>
    internal bool CostsSessionsOnly { get; init; }

    /// <summary>What is known of the journal's identity, in words; null when it was not asked.</summary>
    public string? Identity { get; init; }
}
