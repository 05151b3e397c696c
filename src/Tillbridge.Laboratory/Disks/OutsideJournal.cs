using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Journal.Periods;

namespace Tillbridge.Laboratory.Disks;

/// <summary>A journal with threads of its own, called from a world that waits for it after each step.</summary>
internal sealed class OutsideJournal(World world, SimStore store, SimProcess process, SqliteJournal inner) : IJournal
{
    private readonly Signal written = new();

    public long LastSequence => inner.LastSequence;

    public async Task<Accepted> Accept(Session intent, string body, CancellationToken shutdown)
    {
        await Point(HostPoint.BeforeWrite);
        var entry = JournalRules.EntryOf(intent, body);
        var answer = await Out(() => inner.Accept(intent, body, CancellationToken.None));
        if (answer.Acceptance is Acceptance.Accepted) store.BecameDurable?.Invoke(entry);
        return await Written(answer);
    }

    public async Task<long> Append(JournalEntry entry, CancellationToken shutdown)
    {
        await Point(HostPoint.BeforeWrite);
        var sequence = await Out(() => inner.Append(entry, CancellationToken.None));
        store.BecameDurable?.Invoke(entry);
        return await Written(sequence);
    }

    public void Note(JournalEntry entry)
    {
        if (process.IsAlive && store.Trouble is not DiskTrouble.Full) inner.Note(entry);
    }

    public Task<Session?> Find(SessionId id, CancellationToken shutdown) => Read(() => inner.Find(id, shutdown));

    public Task<Session?> FindByKey(string key, CancellationToken shutdown) => Read(() => inner.FindByKey(key, shutdown));

    public Task<IReadOnlyList<Session>> Unsettled(string? terminal, CancellationToken shutdown) =>
        Read(() => inner.Unsettled(terminal, shutdown));

    public Task<IReadOnlyList<Session>> SentAfter(Session session, CancellationToken shutdown) =>
        Read(() => inner.SentAfter(session, shutdown));

    public Task<T> Look<T>(string terminal, Func<IOpenPeriod, T> look, CancellationToken shutdown) =>
        Read(() => inner.Look(terminal, look, shutdown));

    public Task<Session?> LastOfPeriod(string terminal, CancellationToken shutdown) => Read(() => inner.LastOfPeriod(terminal, shutdown));

    public Task<IReadOnlyList<FacedSession>> OfFace(string face, int limit, CancellationToken shutdown) =>
        Read(() => inner.OfFace(face, limit, shutdown));

    public Task<FaceNote?> NoteOf(SessionId id, string face, CancellationToken shutdown) =>
        Read(() => inner.NoteOf(id, face, shutdown));

    public Task<SessionPage> Query(SessionQuery query, CancellationToken shutdown) => Read(() => inner.Query(query, shutdown));

    public Task<IReadOnlyList<JournalRecord>> RecordsAfter(
        long sequence, SessionId? session, int limit, bool withFrames, CancellationToken shutdown) =>
        Read(() => inner.RecordsAfter(sequence, session, limit, withFrames, shutdown));

    public async Task WaitBeyond(long sequence, CancellationToken stop)
    {
        while (inner.LastSequence <= sequence) await written.Beyond(written.Times, stop);
    }

    // May wake early: whoever waits looks again.
    public Task WaitBeyond(long sequence, SessionId session, CancellationToken stop) => WaitBeyond(sequence, stop);

    public Task<ChainCheck> Verify(CancellationToken shutdown) => Out(() => inner.Verify(shutdown));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task Point(HostPoint point)
    {
        if (process.IsAlive && store.Trouble is DiskTrouble.Full)
            throw new JournalException(JournalFault.Full, "The disk is full. Free space.");
        if (!process.IsAlive || store.At?.Invoke(point) == true) await new TaskCompletionSource().Task;
    }

    private async Task<T> Written<T>(T answer)
    {
        written.Raise();
        if (store.At?.Invoke(HostPoint.Synced) == true) await new TaskCompletionSource().Task;
        return answer;
    }

    private Task<T> Read<T>(Func<Task<T>> read) =>
        process.IsAlive && store.Trouble is DiskTrouble.ReadError or DiskTrouble.Corrupt
            ? Task.FromException<T>(new JournalException("The disk cannot be read."))
            : Out(read);

    private Task<T> Out<T>(Func<Task<T>> call)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!process.IsAlive) return answer.Task;
        var running = Task.Run(call);
        world.AwaitOutside(() => Settle(running, answer));
        return answer.Task;
    }

    private static bool Settle<T>(Task<T> running, TaskCompletionSource<T> answer)
    {
        try
        {
            return answer.TrySetResult(running.GetAwaiter().GetResult());
        }
        catch (Exception error) when (error is JournalException or InvariantException or ObjectDisposedException)
        {
            return answer.TrySetException(error);
        }
    }
}
