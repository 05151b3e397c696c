using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Journal.Periods;

namespace Tillbridge.Tests.Scenarios;

/// <summary>A journal that outlives the engine that used it, as a file does.</summary>
internal class KeptJournal(IJournal inner) : IJournal
{
    public long LastSequence => inner.LastSequence;

    public virtual Task<Accepted> Accept(Session intent, string body, CancellationToken shutdown) => inner.Accept(intent, body, shutdown);

    public virtual Task<long> Append(JournalEntry entry, CancellationToken shutdown) => inner.Append(entry, shutdown);

    public void Note(JournalEntry entry) => inner.Note(entry);

    public virtual Task<Session?> Find(SessionId id, CancellationToken shutdown) => inner.Find(id, shutdown);

    public virtual Task<Session?> FindByKey(string key, CancellationToken shutdown) => inner.FindByKey(key, shutdown);

    public Task<IReadOnlyList<Session>> Unsettled(string? terminal, CancellationToken shutdown) => inner.Unsettled(terminal, shutdown);

    public Task<IReadOnlyList<Session>> SentAfter(Session session, CancellationToken shutdown) => inner.SentAfter(session, shutdown);

    public Task<T> Look<T>(string terminal, Func<IOpenPeriod, T> look, CancellationToken shutdown) =>
        inner.Look(terminal, look, shutdown);

    public Task<Session?> LastOfPeriod(string terminal, CancellationToken shutdown) => inner.LastOfPeriod(terminal, shutdown);

    public Task<IReadOnlyList<FacedSession>> OfFace(string face, int limit, CancellationToken shutdown) =>
        inner.OfFace(face, limit, shutdown);

    public Task<FaceNote?> NoteOf(SessionId id, string face, CancellationToken shutdown) =>
        inner.NoteOf(id, face, shutdown);

    public Task<SessionPage> Query(SessionQuery query, CancellationToken shutdown) => inner.Query(query, shutdown);

    public Task<IReadOnlyList<JournalRecord>> RecordsAfter(
        long sequence, SessionId? session, int limit, bool withFrames, CancellationToken shutdown) =>
        inner.RecordsAfter(sequence, session, limit, withFrames, shutdown);

    public Task WaitBeyond(long sequence, CancellationToken stop) => inner.WaitBeyond(sequence, stop);

    public Task WaitBeyond(long sequence, SessionId session, CancellationToken stop) =>
        inner.WaitBeyond(sequence, session, stop);

    public Task<ChainCheck> Verify(CancellationToken shutdown) => inner.Verify(shutdown);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
