using Tillbridge.Domain;

namespace Tillbridge.Laboratory.Free.Findings;

/// <summary>What many free runs came to.</summary>
internal sealed class FreeTally
{
    private const int MostExamples = 3;

    public long Runs { get; private set; }

    public long Sessions { get; private set; }

    public long[] Outcomes { get; } = new long[Enum.GetValues<Outcome>().Length];

    public long Plain { get; private set; }

    public long Needless { get; private set; }

    public long Refused { get; private set; }

    public SortedDictionary<string, (long Times, FreeId First)> NeedlessWhy { get; } = new(StringComparer.Ordinal);

    /// <summary>For each assumption that was broken alone: sessions, and wrong statements in them.</summary>
    public SortedDictionary<Assumption, (long Sessions, long Wrong)> Alone { get; } = [];

    public (long Sessions, long Wrong) SeveralBroken { get; private set; }

    /// <summary>By kind: how often, and the smallest runs of the first.</summary>
    public SortedDictionary<string, (long Times, List<FreeFinding> Examples)> Findings { get; } = new(StringComparer.Ordinal);

    public List<string> Stuck { get; } = [];

    /// <summary>Statements whose grounds do not name what they rest on, by kind, with the first run.</summary>
    public SortedDictionary<string, (long Times, FreeId First)> Unnamed { get; } = new(StringComparer.Ordinal);

    public void Add(FreeResult result, IReadOnlyList<FreeFinding> findings)
    {
        Runs++;
        Sessions += result.Sessions;
        Plain += result.Plain;
        Needless += result.Needless;
        Refused += result.Refused;
        for (var index = 0; index < Outcomes.Length; index++) Outcomes[index] += result.Outcomes[index];
        foreach (var why in result.NeedlessWhy)
            NeedlessWhy[why] = NeedlessWhy.TryGetValue(why, out var known) ? (known.Times + 1, known.First) : (1, result.Id);
        foreach (var kind in result.Unnamed)
            Unnamed[kind] = Unnamed.TryGetValue(kind, out var known) ? (known.Times + 1, known.First) : (1, result.Id);
        if (result.Stuck is not null) Stuck.Add($"[{result.Id}] {result.Stuck}");
        if (result.Broken.Count == 1)
        {
            var (sessions, wrong) = Alone.GetValueOrDefault(result.Broken.First());
            Alone[result.Broken.First()] = (sessions + result.Sessions, wrong + result.Wrong.Count);
        }
        else if (result.Broken.Count > 1)
        {
            SeveralBroken = (SeveralBroken.Sessions + result.Sessions, SeveralBroken.Wrong + result.Wrong.Count);
        }

        foreach (var finding in findings)
        {
            var (times, examples) = Findings.TryGetValue(finding.Kind, out var known) ? known : (0, []);
            if (examples.Count < MostExamples) examples.Add(finding);
            Findings[finding.Kind] = (times + 1, examples);
        }
    }
}
