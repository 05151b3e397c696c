namespace Tillbridge.Journal;

/// <summary>The last durable sequence, and a wake-up for everybody who waits for a later one.</summary>
internal sealed class SequenceSignal(long last)
{
    private readonly Lock gate = new();
    private TaskCompletionSource moved = NewSource();
    private long last = last;
    private bool isClosed;

    public long Last => Interlocked.Read(ref last);

    public void Publish(long sequence)
    {
        TaskCompletionSource woken;
        lock (gate)
        {
            Invariant.Holds(sequence >= last, "the journal's sequence never falls");
            if (sequence == last) return;
            Interlocked.Exchange(ref last, sequence);
            woken = moved;
            moved = NewSource();
        }

        woken.SetResult();
    }

    public async Task WaitBeyond(long sequence, CancellationToken stop)
    {
        // Each turn ends with a newer record or with the end of the wait.
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (last > sequence) return;
                ObjectDisposedException.ThrowIf(isClosed, typeof(IJournal));
                next = moved.Task;
            }

            await next.WaitAsync(stop);
        }
    }

    /// <summary>Ends all waits: no record will come any more.</summary>
    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
            moved.TrySetResult();
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
