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
        var small = new Dictionary<string, FreeFinding>(StringComparer.Ordinal);
        var threads = Environment.ProcessorCount;
        var batch = new FreeResult[BatchPerThread * threads];
        for (var from = 0UL; tally.Sessions < sessions; from += (ulong)batch.Length)
        {
            stop.ThrowIfCancellationRequested();
            OnThreads(threads, batch.Length, index =>
            {
                var number = from + (ulong)index;
                var protocol = protocols[(int)(number % (ulong)protocols.Count)];
                batch[index] = FreeRun.Run(new FreeId(protocol.Name, Chance.Mix(seed, number)));
            });
            MakeSmall(batch, small, threads);
            foreach (var result in batch)
            {
                if (tally.Sessions >= sessions) break;
                tally.Add(result, [.. Suspects(result).Select(suspect => small[suspect.Mark])]);
            }

            progress?.Invoke(tally);
        }

        return tally;
    }

    // What was said wrongly under the same oddities is one finding; the first of them is made smaller.
    private static void MakeSmall(FreeResult[] batch, Dictionary<string, FreeFinding> small, int threads)
    {
        var fresh = batch.SelectMany(result => Suspects(result).Select(suspect => (result, suspect)))
            .Where(one => !small.ContainsKey(one.suspect.Mark)).DistinctBy(one => one.suspect.Mark).ToList();
        var found = new FreeFinding[fresh.Count];
        OnThreads(threads, fresh.Count, index =>
            found[index] = FreeFinding.Of(fresh[index].result, fresh[index].suspect.Wrong, fresh[index].suspect.IsLuck));
        for (var index = 0; index < found.Length; index++) small[fresh[index].suspect.Mark] = found[index];
    }

    private static IEnumerable<(Wrong Wrong, bool IsLuck, string Mark)> Suspects(FreeResult result) => result.Broken.Count > 0 ? []
        : result.Wrong.Select(wrong => (wrong, false, MarkOf(result, wrong, "wrong")))
            .Concat(result.Lucky.Select(wrong => (wrong, true, MarkOf(result, wrong, "luck"))));

    private static string MarkOf(FreeResult result, Wrong wrong, string how) => $"{result.Id.Protocol} {how} {wrong} "
        + string.Join('+', result.Met.Where(one => one.Session == wrong.Session || one.Session == 0).Select(one => one.Oddity).Order());

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
