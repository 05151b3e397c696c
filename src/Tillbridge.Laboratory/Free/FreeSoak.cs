using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Free;

/// <summary>Many free runs on all processors, added up in their own order.</summary>
internal static class FreeSoak
{
    private const int BatchPerThread = 64;

    /// <summary>Runs until so many sessions were judged.</summary>
    public static FreeTally Run(
        IReadOnlyList<IProtocol> protocols, ulong seed, long sessions, Action<FreeTally>? progress, CancellationToken stop)
    {
        var tally = new FreeTally();
        var threads = Environment.ProcessorCount;
        var batch = new (FreeResult Result, List<FreeFinding> Findings)[BatchPerThread * threads];
        for (var from = 0UL; tally.Sessions < sessions; from += (ulong)batch.Length)
        {
            stop.ThrowIfCancellationRequested();
            OnThreads(threads, batch.Length, index =>
            {
                var number = from + (ulong)index;
                var protocol = protocols[(int)(number % (ulong)protocols.Count)];
                batch[index] = Do(new FreeId(protocol.Name, Chance.Mix(seed, number)));
            });
            foreach (var (result, findings) in batch)
            {
                if (tally.Sessions >= sessions) break;
                tally.Add(result, findings);
            }

            progress?.Invoke(tally);
        }

        return tally;
    }

    private static (FreeResult Result, List<FreeFinding> Findings) Do(FreeId id)
    {
        var result = FreeRun.Run(id);
        if (result.Broken.Count > 0) return (result, []);
        var wrong = result.Wrong.DistinctBy(one => (one.Said, one.True)).Select(one => FreeFinding.Of(result, one, isLuck: false));
        var lucky = result.Lucky.DistinctBy(one => (one.Said, one.True)).Select(one => FreeFinding.Of(result, one, isLuck: true));
        return (result, [.. wrong, .. lucky]);
    }

    // Threads of their own: a world has to come back to the thread on which it began.
    private static void OnThreads(int threads, int count, Action<int> act)
    {
        var next = -1;
        Exception? failure = null;
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(Work) { IsBackground = true }).ToList();
        foreach (var worker in workers) worker.Start();
        foreach (var worker in workers) worker.Join();
        if (failure is not null) throw new InvariantException("A free run of the laboratory itself failed.", failure);

        void Work()
        {
            try
            {
                for (var index = Interlocked.Increment(ref next); index < count; index = Interlocked.Increment(ref next)) act(index);
            }
            catch (Exception error)
            {
                failure = error;
            }
        }
    }
}
