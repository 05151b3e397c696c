using Tillbridge.Domain;
using Tillbridge.Journal;

namespace Tillbridge.Laboratory.Planted;

/// <summary>The journal says that it is done while the write is still on its way.</summary>
internal sealed class TellsBeforeDurable() : Bug("result told before it is durable")
{
    public override IJournal Plant(IJournal journal) => new Hasty(journal);

    private sealed class Hasty(IJournal inner) : IJournal
    {
        private readonly Dictionary<SessionId, Session> fresh = [];
        private readonly Signal moved = new();
        private Task last = Task.CompletedTask;

        public long LastSequence => inner.LastSequence;

        public async Task<Accepted> Accept(Session intent, string body, CancellationToken shutdown)
        {
            await last;
            return await inner.Accept(intent, body, shutdown);
        }

        public Task<long> Append(JournalEntry entry, CancellationToken shutdown)
        {
            last = inner.Append(entry, shutdown);
            if (entry.Session is { } session) fresh[entry.Id] = session;
            moved.Raise();
            return Task.FromResult(1L);
        }

        public void Note(JournalEntry entry) => inner.Note(entry);

        public async Task<Session?> Find(SessionId id, CancellationToken shutdown) =>
            fresh.TryGetValue(id, out var session) ? session : await inner.Find(id, shutdown);

        public Task<Session?> FindByKey(string key, CancellationToken shutdown) => inner.FindByKey(key, shutdown);

        public Task<IReadOnlyList<Session>> Unsettled(string? terminal, CancellationToken shutdown) => inner.Unsettled(terminal, shutdown);

        public Task<IReadOnlyList<Session>> SentAfter(Session session, CancellationToken shutdown) => inner.SentAfter(session, shutdown);

        public Task<IReadOnlyList<Session>> CurrentPeriod(string terminal, CancellationToken shutdown) =>
            inner.CurrentPeriod(terminal, shutdown);

        public Task<Session?> LastOfPeriod(string terminal, CancellationToken shutdown) => inner.LastOfPeriod(terminal, shutdown);

        public Task<IReadOnlyList<FacedSession>> OfFace(string face, int limit, CancellationToken shutdown) =>
            inner.OfFace(face, limit, shutdown);

        public Task<FaceNote?> NoteOf(SessionId id, string face, CancellationToken shutdown) =>
            inner.NoteOf(id, face, shutdown);

        public Task<SessionPage> Query(SessionQuery query, CancellationToken shutdown) => inner.Query(query, shutdown);

        public Task<IReadOnlyList<JournalRecord>> RecordsAfter(
            long sequence, SessionId? session, int limit, bool withFrames, CancellationToken shutdown) =>
            inner.RecordsAfter(sequence, session, limit, withFrames, shutdown);

        public Task WaitBeyond(long sequence, CancellationToken stop) => moved.Beyond(moved.Times, stop);

        public Task<ChainCheck> Verify(CancellationToken shutdown) => inner.Verify(shutdown);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
