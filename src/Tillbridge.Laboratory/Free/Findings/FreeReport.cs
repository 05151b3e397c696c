using Tillbridge.Domain;
using Tillbridge.Laboratory.Runs;

namespace Tillbridge.Laboratory.Free.Findings;

/// <summary>The table that a free soak prints.</summary>
internal static class FreeReport
{
    private const int MostStuck = 5;
    private const int MostReasons = 8;

    public static IEnumerable<string> Of(FreeTally tally, IEnumerable<string> protocols, ulong seed)
    {
        yield return SoakReport.Row("seed", $"{seed}");
        yield return SoakReport.Row("protocols", string.Join(", ", protocols));
        yield return SoakReport.Row("free runs", Number(tally.Runs));
        var outcomes = Enum.GetValues<Outcome>().Select(outcome => $"{outcome} {Number(tally.Outcomes[(int)outcome])}".ToLowerInvariant());
        yield return SoakReport.Row("free sessions", $"{Number(tally.Sessions)}: {string.Join(", ", outcomes)}");
        yield return SoakReport.Row("orders refused", Number(tally.Refused));
        yield return SoakReport.Row(
            "told plainly", $"{Number(tally.Plain)}, of them unknown {Number(tally.Needless)} ({Share(tally.Needless, tally.Plain)})");
        foreach (var (why, (times, first)) in tally.NeedlessWhy.OrderByDescending(one => one.Value.Times).Take(MostReasons))
            yield return $"    {Number(times)} x {why} [{first}]";
        foreach (var row in RestsOn(tally)) yield return row;
        foreach (var stuck in tally.Stuck.Take(MostStuck)) yield return $"  stuck: {stuck}";
        if (tally.Stuck.Count > 0) yield return SoakReport.Row("runs that did not end", Number(tally.Stuck.Count));
        yield return SoakReport.Row("grounds that are missing", Number(tally.Unnamed.Sum(one => one.Value.Times)));
        foreach (var (kind, (times, first)) in tally.Unnamed.OrderByDescending(one => one.Value.Times).Take(MostReasons))
            yield return $"  {Number(times)} x {kind} [{first}]";
        foreach (var row in Suspects(tally, "wrong without a broken assumption", isLuck: false)) yield return row;
        foreach (var row in Suspects(tally, "luck in worlds that look alike", isLuck: true)) yield return row;
    }

    private static IEnumerable<string> RestsOn(FreeTally tally)
    {
        yield return "what the promise rests on, each broken alone:";
        foreach (var assumption in Assumptions.All)
        {
            var (sessions, wrong) = tally.Alone.GetValueOrDefault(assumption);
            yield return $"    {Assumptions.Code(assumption)}: {Number(sessions)} sessions, {Number(wrong)} wrong "
                + $"({Assumptions.Sentence(assumption)})";
        }

        yield return $"    several at once: {Number(tally.SeveralBroken.Sessions)} sessions, {Number(tally.SeveralBroken.Wrong)} wrong";
    }

    private static IEnumerable<string> Suspects(FreeTally tally, string name, bool isLuck)
    {
        var suspects = tally.Findings.Where(one => one.Value.Examples[0].IsLuck == isLuck).ToList();
        yield return SoakReport.Row(name, $"{Number(suspects.Sum(one => one.Value.Times))} in {suspects.Count} kinds");
        foreach (var (kind, (times, examples)) in suspects.OrderByDescending(one => one.Value.Times))
        {
            yield return $"  {Number(times)} x {kind}";
            yield return $"      [{examples[0].Small}]";
        }
    }

    private static string Number(long value) => SoakReport.Number(value);

    private static string Share(long part, long whole) => whole == 0 ? "-" : $"{100.0 * part / whole:0.00} %";
}
