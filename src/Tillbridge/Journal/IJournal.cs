using Tillbridge.Domain;
using Tillbridge.Journal.Periods;

namespace Tillbridge.Journal;

/// <summary>
/// What survives a crash: sessions, their records in one hash chain, and the idempotency keys.
/// Every method that writes throws <see cref="JournalException"/> when the write did not become durable.
/// </summary>
public interface IJournal : IAsyncDisposable
{
    /// <summary>
    /// Makes an intent durable under its key, or finds what stands there. Atomic over all callers. A key is free again
    /// <see cref="KeyLifetime"/> after its session was created, if that session is closed and not unknown.
    /// </summary>
    Task<Accepted> Accept(Session intent, string body, CancellationToken shutdown);

    /// <summary>Appends a record and, if given, the session's new state; durable when the task completes.</summary>
    Task<long> Append(JournalEntry entry, CancellationToken shutdown);

    /// <summary>
    /// Appends a record soon, without waiting: progress, receipts, frames that no other record takes along. Never lost silently while the
    /// process lives (the next note's body then has the member <c>dropped</c>); may be lost in a crash.
    /// </summary>
    void Note(JournalEntry entry);

    /// <summary>The session of that id.</summary>
    Task<Session?> Find(SessionId id, CancellationToken shutdown);

    /// <summary>The session under that key, whatever its age.</summary>
    Task<Session?> FindByKey(string key, CancellationToken shutdown);

    /// <summary>Sessions of a terminal (or of all) that are open or unknown, oldest first.</summary>
    Task<IReadOnlyList<Session>> Unsettled(string? terminal, CancellationToken shutdown);

    /// <summary>Sessions of a terminal that were sent after the given one, oldest first, 1000 at most.</summary>
    Task<IReadOnlyList<Session>> SentAfter(Session session, CancellationToken shutdown);

    /// <summary>Looks at a terminal's open period as it is at one moment; a look is short, and may be made twice.</summary>
    Task<T> Look<T>(string terminal, Func<IOpenPeriod, T> look, CancellationToken shutdown);

    /// <summary>The newest closed money session since the last close of the terminal's period; null when there is none.</summary>
    Task<Session?> LastOfPeriod(string terminal, CancellationToken shutdown);

    /// <summary>
    /// Sessions of a foreign interface that it has not settled or that it lists, oldest first. A session stands here from the
    /// moment in which its intent is durable.
    /// </summary>
    Task<IReadOnlyList<FacedSession>> OfFace(string face, int limit, CancellationToken shutdown);

    /// <summary>A foreign interface's newest note about a session; null when there is none.</summary>
    Task<FaceNote?> NoteOf(SessionId id, string face, CancellationToken shutdown);

    /// <summary>A page of sessions, newest first.</summary>
    Task<SessionPage> Query(SessionQuery query, CancellationToken shutdown);

    /// <summary>
    /// Records after a sequence number, oldest first; of one session or of all; without frames unless asked. Frames come beside
    /// <paramref name="limit"/>, each as a record with number and hash of the record that they came before.
    /// </summary>
    Task<IReadOnlyList<JournalRecord>> RecordsAfter(
        long sequence, SessionId? session, int limit, bool withFrames, CancellationToken shutdown);

    /// <summary>Sequence of the last durable record.</summary>
    long LastSequence { get; }

    /// <summary>Completes when a record after <paramref name="sequence"/> is durable.</summary>
    Task WaitBeyond(long sequence, CancellationToken stop);

    /// <summary>
    /// Completes when a record of this session after <paramref name="sequence"/> is durable, and perhaps before: other sessions' records
    /// wake nobody whose number is one of the newest.
    /// </summary>
    Task WaitBeyond(long sequence, SessionId session, CancellationToken stop);

    /// <summary>Walks the whole hash chain.</summary>
    Task<ChainCheck> Verify(CancellationToken shutdown);

    /// <summary>How long a key is kept: 400 days, longer while its session is open or unknown.</summary>
    static readonly TimeSpan KeyLifetime = TimeSpan.FromDays(400);
}
