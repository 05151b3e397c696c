using System.Diagnostics.CodeAnalysis;

namespace Tillbridge.Journal.Sqlite;

/// <summary>
/// The bounded queue before the writer's thread. When it is full an awaited write waits for a place, and a note is
/// refused: the caller of a note must never wait.
/// </summary>
[SuppressMessage(
    "Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing; disposing it would leave waiters asleep.")]
internal sealed class WriteQueue(TimeProvider clock)
{
    public const int MostQueued = 4096;
    public const int MostBatch = 512;

    // 512 bodies of full size would be 256 MB in one transaction.
    private const int MostBatchBytes = 8 << 20;
    private const long MostNoteBytes = 32 << 20;

    private readonly object gate = new();
    private readonly Queue<PendingWrite> queued = new();
    private readonly SemaphoreSlim places = new(MostQueued);
    private long noteBytes;
    private int awaited;
    private bool isClosed;
    private Exception? defect;

    /// <summary>Queues a write, after waiting for a place if there is none.</summary>
    public async Task Add(PendingWrite write, CancellationToken shutdown)
    {
        await places.WaitAsync(shutdown);
        Enqueue(write);
    }

    /// <summary>Queues a note if there is a place.</summary>
    public bool TryAdd(PendingWrite note)
    {
        if (Interlocked.Read(ref noteBytes) > MostNoteBytes || !places.Wait(0)) return false;
        Enqueue(note);
        return true;
    }

    /// <summary>No more writes are taken; what is queued still comes out.</summary>
    public void Close(Exception? because = null)
    {
        lock (gate)
        {
            (isClosed, defect) = (true, defect ?? because);
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>
    /// Blocks the writer's thread until there is something to write and moves it into the batch. Notes alone linger for
    /// company, because a sync of the disk costs the same for one as for many.
    /// </summary>
    /// <returns>False when the queue is closed and nothing is left in it.</returns>
    public bool Take(List<PendingWrite> batch, TimeSpan linger, bool holdsNotes)
    {
        lock (gate)
        {
            while (queued.Count == 0 && !isClosed && !holdsNotes) Monitor.Wait(gate);
            if (awaited == 0 && !isClosed) Linger_NeedsLock(linger);

            var bytes = 0;
            while (batch.Count < MostBatch && bytes < MostBatchBytes && queued.TryDequeue(out var write))
            {
                batch.Add(write);
                bytes += write.Bytes;
                if (write.IsNote) Interlocked.Add(ref noteBytes, -write.Bytes);
                else awaited--;
                places.Release();
            }

            return !isClosed || queued.Count > 0;
        }
    }

    private void Enqueue(PendingWrite write)
    {
        lock (gate)
        {
            if (isClosed)
            {
                // The next one that waits for a place must wake up to the same answer.
                places.Release();
                throw JournalException.IsClosed(defect);
            }

            queued.Enqueue(write);
            if (write.IsNote) Interlocked.Add(ref noteBytes, write.Bytes);
            else awaited++;
            Monitor.PulseAll(gate);
        }
    }

    private void Linger_NeedsLock(TimeSpan linger)
    {
        var isDue = false;
        using var timer = clock.CreateTimer(_ => Ring(), null, linger, Timeout.InfiniteTimeSpan);
        while (!isDue && awaited == 0 && !isClosed && queued.Count < MostBatch) Monitor.Wait(gate);

        void Ring()
        {
            lock (gate)
            {
                isDue = true;
                Monitor.PulseAll(gate);
            }
        }
    }
}
