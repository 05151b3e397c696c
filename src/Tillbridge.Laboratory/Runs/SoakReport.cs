using System.Globalization;
using Tillbridge.Laboratory.Faults;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Runs;

/// <summary>The table that a soak prints.</summary>
internal static class SoakReport
{
    private const int NameWidth = 34;

    public static IEnumerable<string> Simulation(SoakSize size, SoakState state)
    {
        var tally = state.Tally;
        yield return Row("seed", size.Seed.ToString(CultureInfo.InvariantCulture));
        yield return Row("protocols", string.Join(", ", size.Protocols.Select(protocol => protocol.Name)));
        yield return Row("runs", Number(tally.Runs));
        yield return Row("sessions", $"{Number(tally.Sessions)}: {List(tally.Outcomes)}");
        yield return Row("recovered after a broken line", Number(tally.Recovered));
        yield return Row("unknown at some time", $"{Number(tally.Unknowns.Values.Sum())}, settled by {List(tally.Unknowns)}");
        yield return Row("orders refused", Number(tally.Refused));
        yield return Row("host deaths, power cuts", $"{Number(tally.Deaths)}, {Number(tally.PowerCuts)}");
        yield return Row("events followed", Number(tally.Events));
        yield return Row("faults in the catalogue",
            $"{FaultCatalog.All.Count}, {FaultCatalog.All.Count(fault => tally.Faults.ContainsKey(fault.Name))} of them met, "
            + $"{Number(tally.Faults.Values.Sum())} times");
        var receivers = FaultCatalog.All.Where(fault => fault.OnFaceOnly).ToList();
        yield return Row("callback face",
            $"{Number(tally.FaceRuns)} runs, {receivers.Count(fault => tally.Faults.ContainsKey(fault.Name))} of {receivers.Count} "
            + $"faults of its own met: {List(tally.Face)}");
        yield return Row("single faults x operations", Number(tally.SingleFaults));
        yield return Row("pairs of faults", Number(tally.FaultPairs));
        yield return Row("crash points", Number(tally.CrashPoints));
        foreach (var line in Coverage(size, tally)) yield return line;
        yield return Row("wrong where the wire changed bytes",
            $"{Number(tally.WrongBehindTheWire)} (lines without a check of their own, see docs/reliability.md)");
        yield return Row("broken invariants", Number(tally.BrokenCount));
        foreach (var broken in tally.Broken) yield return $"  {broken}";
    }

    public static IEnumerable<string> Planted(IReadOnlyList<Catch> caught)
    {
        yield return Row("planted bugs caught", $"{Number(caught.Count(one => one.CaughtBy is not null))} of {Number(caught.Count)}");
        foreach (var one in caught)
            yield return $"  {one.Protocol}, {one.Bug}: {(one.CaughtBy is { } what ? $"after {one.Runs} runs by {what}" : "NOT CAUGHT")}";
    }

    public static string Row(string name, string value) => $"{name.PadRight(NameWidth)} {value}";

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture).Replace(',', ' ');

    /// <summary>Words that were not said often enough; empty when all were.</summary>
    public static IReadOnlyList<string> Missing(IProtocol protocol, Tally tally) =>
    [
        .. protocol.Vocabulary.Messages.Where(word => tally.Messages.GetValueOrDefault($"{protocol.Name} {word}") < SoakSize.TimesEachWord),
        .. protocol.Vocabulary.ResponseCodes.Where(word =>
            tally.Codes.GetValueOrDefault($"{protocol.Name} {word}") < SoakSize.TimesEachWord),
    ];

    private static IEnumerable<string> Coverage(SoakSize size, Tally tally)
    {
        if (!size.Words) yield break;
        foreach (var protocol in size.Protocols)
        {
            var missing = Missing(protocol, tally);
            var words = protocol.Vocabulary;
            yield return Row(
                $"coverage of {protocol.Name}",
                $"{words.Messages.Count} message types and {words.ResponseCodes.Count} response codes, "
                + $"{words.Messages.Count + words.ResponseCodes.Count - missing.Count} of them at least {SoakSize.TimesEachWord} times"
                + (missing.Count > 0 ? $"; not: {string.Join(", ", missing.Take(30))}" : ""));
        }
    }

    private static string List(SortedDictionary<string, long> counts) =>
        string.Join(", ", counts.Where(pair => pair.Value > 0).Select(pair => $"{pair.Key.ToLowerInvariant()} {Number(pair.Value)}"));
}
