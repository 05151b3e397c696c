namespace Tillbridge.Journal;

/// <summary>The last durable sequence, and a wake-up for everybody who waits for a later one.</summary>
internal sealed class SequenceSignal(long last)
{
    private readonly Lock gate = new();
    private readonly Signal moved = new();
    private long last = last;
    private bool isClosed;

    public long Last => Interlocked.Read(ref last);

    public void Publish(long sequence)
    {
        lock (gate)
        {
            Invariant.Holds(sequence >= last, "the journal's sequence never falls");
            if (sequence == last) return;
            Interlocked.Exchange(ref last, sequence);
        }

        moved.Raise();
    }

    public async Task WaitBeyond(long sequence, CancellationToken stop)
    {
        // Each turn ends with a newer record or with the end of the wait.
        while (true)
        {
            var seen = moved.Times;
            lock (gate)
            {
                if (last > sequence) return;
                if (isClosed) throw JournalException.IsClosed();
            }

            await moved.Beyond(seen, stop);
        }
    }

    /// <summary>Ends all waits: no record will come any more.</summary>
    public void Close()
    {
        lock (gate) isClosed = true;
        moved.Raise();
    }
}
