using Tillbridge.Domain;
using Tillbridge.Laboratory.Runs;

namespace Tillbridge.Laboratory.Free;

/// <summary>The table that a free soak prints.</summary>
internal static class FreeReport
{
    private const int MostStuck = 5;
    private const int MostReasons = 8;

    public static IEnumerable<string> Of(FreeTally tally, IEnumerable<string> protocols, ulong seed)
    {
        yield return SoakReport.Row("seed", $"{seed}");
        yield return SoakReport.Row("protocols", string.Join(", ", protocols));
        yield return SoakReport.Row("free runs", SoakReport.Number(tally.Runs));
        var outcomes = Enum.GetValues<Outcome>().Select(outcome => $"{outcome}".ToLowerInvariant() + $" {SoakReport.Number(tally.Outcomes[(int)outcome])}");
        yield return SoakReport.Row("free sessions", $"{SoakReport.Number(tally.Sessions)}: {string.Join(", ", outcomes)}; {SoakReport.Number(tally.Refused)} orders refused");
        yield return SoakReport.Row("told plainly", $"{SoakReport.Number(tally.Plain)}, of them unknown {SoakReport.Number(tally.Needless)} ({Share(tally.Needless, tally.Plain)})");
        foreach (var (why, (times, first)) in tally.NeedlessWhy.OrderByDescending(one => one.Value.Times).Take(MostReasons))
            yield return $"    {SoakReport.Number(times)} x {why} [{first}]";
        yield return "what the promise rests on, each broken alone:";
        foreach (var assumption in Assumptions.All)
        {
            var (sessions, wrong) = tally.Alone.GetValueOrDefault(assumption);
            yield return $"    {Assumptions.Sentence(assumption)}: {SoakReport.Number(sessions)} sessions, {SoakReport.Number(wrong)} wrong";
        }

        yield return $"    several at once: {SoakReport.Number(tally.SeveralBroken.Sessions)} sessions, {SoakReport.Number(tally.SeveralBroken.Wrong)} wrong";
        foreach (var stuck in tally.Stuck.Take(MostStuck)) yield return $"  stuck: {stuck}";
        if (tally.Stuck.Count > 0) yield return SoakReport.Row("runs that did not end", SoakReport.Number(tally.Stuck.Count));
        yield return SoakReport.Row("wrong without a broken assumption", $"{SoakReport.Number(tally.Findings.Values.Sum(one => one.Times))} in {tally.Findings.Count} kinds");
        foreach (var (kind, (times, examples)) in tally.Findings.OrderByDescending(one => one.Value.Times))
        {
            yield return $"  {SoakReport.Number(times)} x {kind}";
            yield return $"      [{examples[0].Small}]";
        }
    }

    private static string Share(long part, long whole) => whole == 0 ? "-" : $"{100.0 * part / whole:0.00} %";
}
