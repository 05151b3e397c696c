using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Journal.Periods;

namespace Tillbridge.Laboratory.Disks;

/// <summary>The journal as one life of the host has it: every durable write takes time, and dies with its process.</summary>
internal sealed class SimJournal(World world, SimStore store, SimProcess process) : IJournal
{
    private static readonly TimeSpan NoteLinger = TimeSpan.FromMilliseconds(50);

    private bool lingers;

    public long LastSequence => store.Durable.LastSequence;

    public async Task<Accepted> Accept(Session intent, string body, CancellationToken shutdown)
    {
        shutdown.ThrowIfCancellationRequested();
        var entry = JournalRules.EntryOf(intent, body);
        JournalRules.Check(entry);
        Accepted? answer = null;
        await Durably(entry, async () =>
        {
            answer = await store.Durable.Accept(intent, body, CancellationToken.None);
            return answer.Acceptance is Acceptance.Accepted;
        });
        return answer!;
    }

    public async Task<long> Append(JournalEntry entry, CancellationToken shutdown)
    {
        shutdown.ThrowIfCancellationRequested();
        JournalRules.CheckAppend(entry);
        long sequence = 0;
        await Durably(entry, async () => (sequence = await store.Durable.Append(entry, CancellationToken.None)) > 0);
        return sequence;
    }

    public void Note(JournalEntry entry)
    {
        JournalRules.CheckAppend(entry);
        if (!process.IsAlive || store.Trouble is DiskTrouble.Full) return;
        store.Write(entry, () =>
        {
            store.Durable.Note(entry);
            return Task.FromResult(true);
        });
        if (lingers) return;
        lingers = true;
        process.Clock.CreateTimer(_ => (lingers, _) = (false, Flush()), null, NoteLinger, Timeout.InfiniteTimeSpan);
    }

    public Task<Session?> Find(SessionId id, CancellationToken shutdown) => Read(() => store.Durable.Find(id, shutdown));

    public Task<Session?> FindByKey(string key, CancellationToken shutdown) => Read(() => store.Durable.FindByKey(key, shutdown));

    public Task<IReadOnlyList<Session>> Unsettled(string? terminal, CancellationToken shutdown) =>
        Read(() => store.Durable.Unsettled(terminal, shutdown));

    public Task<IReadOnlyList<Session>> SentAfter(Session session, CancellationToken shutdown) =>
        Read(() => store.Durable.SentAfter(session, shutdown));

    public Task<T> Look<T>(string terminal, Func<IOpenPeriod, T> look, CancellationToken shutdown) =>
        Read(() => store.Durable.Look(terminal, look, shutdown));

    public Task<Session?> LastOfPeriod(string terminal, CancellationToken shutdown) =>
        Read(() => store.Durable.LastOfPeriod(terminal, shutdown));

    public Task<IReadOnlyList<FacedSession>> OfFace(string face, int limit, CancellationToken shutdown) =>
        Read(() => store.Durable.OfFace(face, limit, shutdown));

    public Task<FaceNote?> NoteOf(SessionId id, string face, CancellationToken shutdown) =>
        Read(() => store.Durable.NoteOf(id, face, shutdown));

    public Task<SessionPage> Query(SessionQuery query, CancellationToken shutdown) => Read(() => store.Durable.Query(query, shutdown));

    public Task<IReadOnlyList<JournalRecord>> RecordsAfter(
        long sequence, SessionId? session, int limit, bool withFrames, CancellationToken shutdown) =>
        Read(() => store.Durable.RecordsAfter(sequence, session, limit, withFrames, shutdown));

    public Task WaitBeyond(long sequence, CancellationToken stop) => store.Durable.WaitBeyond(sequence, stop);

    public Task WaitBeyond(long sequence, SessionId session, CancellationToken stop) =>
        store.Durable.WaitBeyond(sequence, session, stop);

    public Task<ChainCheck> Verify(CancellationToken shutdown) => store.Durable.Verify(shutdown);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Written, synced after a while, told: each of the three is a place to die at.
    private async Task Durably(JournalEntry entry, Func<Task<bool>> apply)
    {
        if (!process.IsAlive) await Never();
        if (store.Trouble is DiskTrouble.Full) throw new JournalException(JournalFault.Full, "The disk is full. Free space.");
        var write = store.Write(entry, apply);
        if (write is null) await Never();
        await Task.Delay(TimeSpan.FromMilliseconds(1 + world.Chance.Below(4)), process.Clock);
        if (store.Trouble is DiskTrouble.Full && write!.Result is null)
        {
            // The sync failed: mostly it is rolled back, but what was reported as failed may stand all the same.
            if (world.Chance.OneIn(3)) store.Sync();
            else write.IsDropped = true;
            throw new JournalException(JournalFault.Full, "The disk is full. Free space.");
        }

        store.Sync();
        if (store.At?.Invoke(HostPoint.Synced) == true) await Never();
        await write!.Result!;
    }

    private bool Flush()
    {
        if (process.IsAlive) store.Sync();
        return false;
    }

    private Task<T> Read<T>(Func<Task<T>> read)
    {
        if (!process.IsAlive) return new TaskCompletionSource<T>().Task;
        return store.Trouble is DiskTrouble.ReadError or DiskTrouble.Corrupt
            ? Task.FromException<T>(new JournalException(JournalFault.Failed, "The disk cannot be read."))
            : read();
    }

    // A dead process goes no further.
    private static Task Never() => new TaskCompletionSource().Task;
}
