using Tillbridge.Domain.Proof;
using Tillbridge.Laboratory.Runs;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Free.Findings;

/// <summary>Many free runs on all processors, added up in their own order.</summary>
internal static class FreeSoak
{
    private const int BatchPerThread = 64;

    /// <summary>Runs until so many sessions were judged.</summary>
    public static FreeTally Run(
        IReadOnlyList<IProtocol> protocols, ulong seed, long sessions, Action<FreeTally>? progress, CancellationToken stop,
        Grounds without = default)
    {
        var tally = new FreeTally();
        var small = new Dictionary<string, FreeFinding>(StringComparer.Ordinal);
        var batch = new FreeResult[BatchPerThread * Environment.ProcessorCount];
        for (var from = 0UL; tally.Sessions < sessions; from += (ulong)batch.Length)
        {
            stop.ThrowIfCancellationRequested();
            Runner.OnAllProcessors(batch.Length, index =>
            {
                var number = from + (ulong)index;
                var protocol = protocols[(int)(number % (ulong)protocols.Count)];
                batch[index] = FreeRun.Run(new FreeId(protocol.Name, Chance.Mix(seed, number)) { Without = without });
            });
            MakeSmall(batch, small);
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
    private static void MakeSmall(FreeResult[] batch, Dictionary<string, FreeFinding> small)
    {
        var fresh = batch.SelectMany(result => Suspects(result).Select(suspect => (result, suspect)))
            .Where(one => !small.ContainsKey(one.suspect.Mark)).DistinctBy(one => one.suspect.Mark).ToList();
        var found = new FreeFinding[fresh.Count];
        Runner.OnAllProcessors(fresh.Count, index =>
            found[index] = FreeFinding.Of(fresh[index].result, fresh[index].suspect.Wrong, fresh[index].suspect.IsLuck));
        for (var index = 0; index < found.Length; index++) small[fresh[index].suspect.Mark] = found[index];
    }

    private static IEnumerable<(Wrong Wrong, bool IsLuck, string Mark)> Suspects(FreeResult result) => result.Excuses.Any() ? []
        : result.Wrong.Select(wrong => (wrong, false, MarkOf(result, wrong, "wrong")))
            .Concat(result.Lucky.Select(wrong => (wrong, true, MarkOf(result, wrong, "luck"))));

    private static string MarkOf(FreeResult result, Wrong wrong, string how) => $"{result.Id.Protocol} {how} {wrong} "
        + string.Join('+', result.Met.Where(one => one.Session == wrong.Session || one.Session == 0).Select(one => one.Oddity).Order());
}
