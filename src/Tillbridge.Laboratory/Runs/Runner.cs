using Tillbridge.Laboratory.Simulation;

namespace Tillbridge.Laboratory.Runs;

/// <summary>Does many runs on all processors, and adds them up in their own order.</summary>
internal static class Runner
{
    private const int BatchPerThread = 24;

    /// <summary>Runs until the ids are used up or enough sessions were simulated.</summary>
    /// <returns>How many of the ids were used.</returns>
    public static long Run(IEnumerable<TrialId> ids, Tally tally, long sessions, CancellationToken stop, Action<Tally>? progress = null)
    {
        var wanted = tally.Sessions + sessions;
        var used = 0L;
        foreach (var batch in ids.Chunk(BatchPerThread * Environment.ProcessorCount))
        {
            stop.ThrowIfCancellationRequested();
            var results = new TrialResult[batch.Length];
            OnAllProcessors(batch.Length, index => results[index] = Trial.Run(batch[index].MakePlan()));
            for (var index = 0; index < batch.Length; index++)
            {
                // What the other processors did beyond the number that was asked for is not counted: the figures stay those of the seed.
                if (tally.Sessions >= wanted) return used;
                tally.Add(batch[index], results[index]);
                used++;
            }

            progress?.Invoke(tally);
        }

        return used;
    }

    // Threads of their own: a world must come back to the thread on which it began, and waits for disks.
    public static void OnAllProcessors(int count, Action<int> act)
    {
        var next = -1;
        Exception? failure = null;
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Work) { IsBackground = true }).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        if (failure is not null) throw new InvariantException("A run of the laboratory itself failed.", failure);

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
