using Tillbridge.Domain;
using Tillbridge.Laboratory.Simulation;

namespace Tillbridge.Laboratory.Runs;

/// <summary>What many runs came to. Results are added in the order of their runs, so that equal seeds give equal tallies.</summary>
internal sealed class Tally
{
    private const int MostBroken = 50;

    public long Runs { get; set; }

    public long Sessions { get; set; }

    public long Refused { get; set; }

    public long Recovered { get; set; }

    public long Deaths { get; set; }

    public long PowerCuts { get; set; }

    public long Events { get; set; }

    public long Steps { get; set; }

    public long WrongBehindTheWire { get; set; }

    public long CrashPoints { get; set; }

    public long SingleFaults { get; set; }

    public long FaultPairs { get; set; }

    public SortedDictionary<string, long> Outcomes { get; init; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, long> Unknowns { get; init; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, long> Faults { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Runs in which the callback face was played.</summary>
    public long FaceRuns { get; set; }

    /// <summary>What was met there, by name.</summary>
    public SortedDictionary<string, long> Face { get; init; } = new(StringComparer.Ordinal);

    /// <summary>By protocol and message.</summary>
    public SortedDictionary<string, long> Messages { get; init; } = new(StringComparer.Ordinal);

    /// <summary>By protocol and response code.</summary>
    public SortedDictionary<string, long> Codes { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Broken invariants: which run, and what.</summary>
    public List<string> Broken { get; init; } = [];

    public long BrokenCount { get; set; }

    public void Add(TrialId id, TrialResult result)
    {
        Runs++;
        Sessions += result.Sessions;
        Refused += result.Refused;
        Recovered += result.Recovered;
        Deaths += result.Deaths;
        PowerCuts += result.PowerCuts;
        Events += result.Events;
        Steps += result.Steps;
        WrongBehindTheWire += result.WrongBehindTheWire;
        foreach (var outcome in Enum.GetValues<Outcome>()) Count(Outcomes, outcome.ToString(), result.Outcomes[(int)outcome]);
        foreach (var (how, count) in result.Unknowns) Count(Unknowns, how, count);
        foreach (var (fault, count) in result.Faults) Count(Faults, fault, count);
        foreach (var (word, count) in result.Words.Messages) Count(Messages, $"{id.Protocol} {word}", count);
        foreach (var (word, count) in result.Words.Codes) Count(Codes, $"{id.Protocol} {word}", count);
        if (result.Face is { } face)
        {
            FaceRuns++;
            foreach (var (what, count) in face) Count(Face, what, count);
        }

        if (id.Part == TrialId.Crash) CrashPoints++;
        if (id.Faults.Count == 1) SingleFaults++;
        if (id.Faults.Count == 2) FaultPairs++;
        BrokenCount += result.Broken.Count;
        foreach (var what in result.Broken)
        {
            if (Broken.Count < MostBroken) Broken.Add($"{what} [{id}]");
        }
    }

    private static void Count(SortedDictionary<string, long> counts, string name, long more) =>
        counts[name] = counts.GetValueOrDefault(name) + more;
}
