using Tillbridge.Laboratory.Fuzz;
using Tillbridge.Laboratory.Model;
using Tillbridge.Laboratory.Processes;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Runs;

/// <summary>The parts of the laboratory beside the simulation, each as rows of the table and a count of what broke.</summary>
internal static class Laboratory
{
    /// <summary>Inputs for each parser.</summary>
    public const int FuzzInputs = 200_000;

    /// <summary>Kills of real processes, shared by the protocols.</summary>
    public const int Kills = 30;

    // Each once, and bits several times.
    private static readonly IReadOnlyList<JournalDamage> Damages =
        [.. Enum.GetValues<JournalDamage>(), .. Enumerable.Repeat(JournalDamage.BitFlipped, 6)];

    public static (IReadOnlyList<string> Rows, int Broken) Planted(IReadOnlyList<IProtocol> protocols, ulong seed)
    {
        var caught = PlantedHunt.Run(protocols, seed);
        return ([.. SoakReport.Planted(caught)], caught.Count(one => one.CaughtBy is null));
    }

    /// <summary>The session machine with an abstract terminal and crash, and the same with bugs that have to be found.</summary>
    public static (IReadOnlyList<string> Rows, int Broken) Model()
    {
        var plain = Explorer.Explore(new SessionModel(ModelBug.None, confirm: false));
        var confirmed = Explorer.Explore(new SessionModel(ModelBug.None, confirm: true));
        var bugs = Enum.GetValues<ModelBug>().Where(bug => bug is not ModelBug.None).ToList();
        var found = bugs.Count(bug => Explorer.Explore(new SessionModel(bug, confirm: false)).Broken is not null);
        var table = MachineTable.Walk();
        var broken = new[] { plain.Broken, confirmed.Broken }.OfType<string>().Concat(table.Broken).ToList();
        return (
            [
                SoakReport.Row(
                    "model of the session machine",
                    $"{SoakReport.Number(plain.States + confirmed.States)} states, "
                    + $"{SoakReport.Number(plain.Transitions + confirmed.Transitions)} transitions, {SoakReport.Number(table.Pairs)} pairs "
                    + $"of state and input, {found} of {bugs.Count} planted bugs found, {broken.Count} broken"),
                .. broken.Select(what => $"  {what}"),
            ],
            broken.Count + bugs.Count - found);
    }

    public static (IReadOnlyList<string> Rows, int Broken) Fuzz(ulong seed, int inputs, CancellationToken stop)
    {
        var reports = Fuzzer.Run(FuzzTargets.All, seed, inputs, stop);
        var faults = reports.Sum(report => report.Faults);
        return (
            [
                SoakReport.Row(
                    "fuzz inputs",
                    $"{SoakReport.Number(reports.Sum(report => (long)report.Inputs))} into {reports.Count} parsers, {faults} findings"),
                .. reports.SelectMany(report => report.Findings).Select(finding => $"  {finding}"),
            ],
            faults);
    }

    /// <summary>Real processes: killed, cut, stopped, starved.</summary>
    public static async Task<(IReadOnlyList<string> Rows, int Broken)> Processes(
        string program, IReadOnlyList<IProtocol> protocols, ulong seed, TimeProvider clock, CancellationToken stop)
    {
        var share = (Kills + protocols.Count - 1) / protocols.Count;
        var results = new List<ProcessResult>();
        // What only stands still runs beside what works.
        var frozen = ProcessTrial.Freeze(program, protocols[0].Name, seed, clock, stop);
        foreach (var protocol in protocols)
        {
            results.Add(await ProcessTrial.Kill(program, protocol.Name, share, seed, clock, stop));
            results.Add(await ProcessTrial.Cut(program, protocol.Name, 12, seed, clock, stop));
        }

        results.Add(await ProcessTrial.FillDisk(program, protocols[0].Name, seed, clock, stop));
        results.Add(await DamageTrial.Run(program, protocols[0].Name, Damages, seed, clock, stop));
        results.Add(await DamageTrial.MoveAway(program, protocols[0].Name, seed, clock, stop));
        results.Add(await frozen);
        return (
            [
                SoakReport.Row(
                    "real processes",
                    $"{results.Sum(result => result.Kills)} kills, {results.Sum(result => result.Damages)} damaged journals"),
                .. results.SelectMany(result => result.Broken.Select(what => $"    {what}").Prepend($"  {result}")),
            ],
            results.Sum(result => result.Broken.Count));
    }
}
