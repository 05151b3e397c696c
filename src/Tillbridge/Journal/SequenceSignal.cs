using Tillbridge.Domain;

namespace Tillbridge.Journal;

/// <summary>The last durable sequence, and a wake-up for those who wait for a later record, of one session or of any.</summary>
internal sealed class SequenceSignal(long last)
{
    // Of this many newest records it is known whose they are; who comes with an older number looks again.
    private const int MostKept = 4096;

    private readonly Lock gate = new();
    private readonly Signal moved = new();
    private readonly Queue<(long Sequence, SessionId Session)> newest = new();
    private readonly Dictionary<SessionId, long> newestOf = [];
    private readonly Dictionary<SessionId, (Signal Signal, int Waiters)> waiting = [];
    private long last = last;
    private long keptAfter = last;
    private bool isClosed;

    public long Last => Interlocked.Read(ref last);

    /// <summary>Tells of records that became durable, oldest first.</summary>
    public void Publish(IReadOnlyList<(long Sequence, SessionId Session)> written)
    {
        if (written.Count == 0) return;
        var woken = new HashSet<Signal>();
        lock (gate)
        {
            foreach (var (sequence, session) in written)
            {
                Invariant.Holds(sequence > last, "the journal's sequence never falls");
                Interlocked.Exchange(ref last, sequence);
                newest.Enqueue((sequence, session));
                newestOf[session] = sequence;
                if (waiting.TryGetValue(session, out var waited)) woken.Add(waited.Signal);
                if (newest.Count > MostKept) Forget_NeedsLock(newest.Dequeue());
            }
        }

        moved.Raise();
        foreach (var signal in woken) signal.Raise();
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

    /// <summary>The same for records of one session; other sessions' records wake nobody.</summary>
    public async Task WaitBeyond(long sequence, SessionId session, CancellationToken stop)
    {
        var signal = Join(session);
        try
        {
            while (true)
            {
                var seen = signal.Times;
                lock (gate)
                {
                    // Who looked long ago may have missed one that is not kept here any more.
                    if (newestOf.GetValueOrDefault(session) > sequence || sequence < keptAfter) return;
                    if (isClosed) throw JournalException.IsClosed();
                }

                await signal.Beyond(seen, stop);
            }
        }
        finally
        {
            Leave(session);
        }
    }

    /// <summary>Ends all waits: no record will come any more.</summary>
    public void Close()
    {
        List<Signal> signals;
        lock (gate)
        {
            isClosed = true;
            signals = [moved, .. waiting.Values.Select(waited => waited.Signal)];
        }

        foreach (var signal in signals) signal.Raise();
    }

    private Signal Join(SessionId session)
    {
        lock (gate)
        {
            var (signal, waiters) = waiting.GetValueOrDefault(session, (new(), 0));
            waiting[session] = (signal, waiters + 1);
            return signal;
        }
    }

    private void Leave(SessionId session)
    {
        lock (gate)
        {
            var (signal, waiters) = waiting[session];
            if (waiters == 1) waiting.Remove(session);
            else waiting[session] = (signal, waiters - 1);
        }
    }

    private void Forget_NeedsLock((long Sequence, SessionId Session) oldest)
    {
        keptAfter = oldest.Sequence;
        if (newestOf[oldest.Session] == oldest.Sequence) newestOf.Remove(oldest.Session);
    }
}
