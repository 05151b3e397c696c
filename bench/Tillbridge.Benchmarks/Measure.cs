using System.Diagnostics;

namespace Tillbridge.Benchmarks;

/// <summary>Times by turns, and the median of the turns.</summary>
internal static class Measure
{
    /// <summary>
    /// Runs the contenders by turns: warm-up first, then <paramref name="rounds"/> times each of them
    /// <paramref name="times"/> times. Per contender the median microseconds of one run, and the median of its ratio to the
    /// first one in the same round, which what else the machine does can hardly move.
    /// </summary>
    public static async Task<(double Microseconds, double Ratio)[]> ByTurns(
        int rounds, int times, int warmUp, params Func<Task>[] contenders)
    {
        foreach (var contender in contenders) await Repeat(contender, warmUp);
        var turns = contenders.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var index = 0; index < contenders.Length; index++) turns[index].Add(await Repeat(contenders[index], times));
        }

        return [.. turns.Select(own => (Median(own), Median(own.Zip(turns[0], (mine, first) => mine / first))))];
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private static async Task<double> Repeat(Func<Task> run, int times)
    {
        var begun = Stopwatch.GetTimestamp();
        for (var index = 0; index < times; index++) await run();
        return Stopwatch.GetElapsedTime(begun).TotalMicroseconds / times;
    }
}
