using Tillbridge.Domain;

namespace Tillbridge.Laboratory.Simulation;

/// <summary>What a run came to.</summary>
internal sealed class TrialResult
{
    public TrialResult(TrialPlan plan, World world, Trial trial, int powerCuts, long events)
    {
        (Seed, Broken, Story, Mark, Steps) = (plan.Seed, trial.Ledger.Broken, world.Story, world.Mark, world.Steps);
        (Words, Deaths, PowerCuts, Events, Points) = (trial.Words, trial.Host.Deaths, powerCuts, events, trial.Points);
        Face = trial.Face?.Met;
        WrongBehindTheWire = trial.Ledger.WrongBehindTheWire;
        foreach (var note in trial.Ledger.Orders)
        {
            foreach (var fault in note.Plan.Faults) Faults[fault] = Faults.GetValueOrDefault(fault) + 1;
            if (note.Session is not { } session)
            {
                Refused++;
                continue;
            }

            Sessions++;
            if (session.Outcome is { } outcome) Outcomes[(int)outcome]++;
            if (note.SettledBy is not null || session.IsUnresolved)
            {
                var how = note.SettledBy ?? "nobody yet, listed";
                Unknowns[how] = Unknowns.GetValueOrDefault(how) + 1;
            }

            if (note.WasRecovering && session.Outcome is not Outcome.Unknown && note.SettledBy is null) Recovered++;
        }
    }

    public ulong Seed { get; }

    public IReadOnlyList<string> Broken { get; }

    public IReadOnlyList<string> Story { get; }

    public ulong Mark { get; }

    public long Steps { get; }

    public int Sessions { get; }

    /// <summary>Orders that never became a session.</summary>
    public int Refused { get; }

    public int[] Outcomes { get; } = new int[Enum.GetValues<Outcome>().Length];

    /// <summary>Sessions whose line broke and whose end recovery found.</summary>
    public int Recovered { get; }

    /// <summary>Sessions that were unknown at some time, by who settled them.</summary>
    public Dictionary<string, int> Unknowns { get; } = [];

    public Dictionary<string, int> Faults { get; } = [];

    /// <summary>What was met at the callback face, by name; null where it was not played.</summary>
    public IReadOnlyDictionary<string, long>? Face { get; }

    public int Deaths { get; }

    public int PowerCuts { get; }

    public long Events { get; }

    public long Points { get; }

    public WordCount Words { get; }

    public int WrongBehindTheWire { get; }
}
