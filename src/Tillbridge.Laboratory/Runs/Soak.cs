using Tillbridge.Laboratory.Faults;
using Tillbridge.Laboratory.Simulation;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Runs;

/// <summary>How much is to be done.</summary>
/// <param name="Seed">The seed of all of it.</param>
/// <param name="Protocols">The protocols that share the budget.</param>
internal sealed record SoakSize(ulong Seed, IReadOnlyList<IProtocol> Protocols)
{
    /// <summary>How often each word of a protocol has to be said at least.</summary>
    public const int TimesEachWord = 100;

    /// <summary>Sessions of random runs, the words' runs included.</summary>
    public long Sessions { get; init; } = 100_000;

    /// <summary>How often every single fault meets every operation; 0 leaves that part out.</summary>
    public int SingleFaultTimes { get; init; }

    public bool Pairs { get; init; }

    public bool AllPairs { get; init; }

    public bool CrashPoints { get; init; }

    public bool AllCrashPoints { get; init; }

    /// <summary>Bring up every word of the protocols.</summary>
    public bool Words { get; init; }
}

/// <summary>The simulated part of the laboratory, piece after piece; can be interrupted between batches and taken up again.</summary>
internal static class Soak
{
    private static readonly string[] Parts = [TrialId.Words, "single faults", "fault pairs", "crash points", TrialId.Random];

    /// <summary>Does everything that the size asks for.</summary>
    /// <param name="size">How much.</param>
    /// <param name="state">Where an earlier run stood; filled on.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="stop">Interrupts it; the state then tells where to go on.</param>
    public static void Run(SoakSize size, SoakState state, Action<SoakState> progress, CancellationToken stop)
    {
        for (; state.Part < Parts.Length; (state.Part, state.Done) = (state.Part + 1, 0))
        {
            var last = Parts[state.Part] == TrialId.Random;
            if (Ids(size, Parts[state.Part]) is not { } ids) continue;
            var left = last ? size.Sessions - state.Tally.Sessions : long.MaxValue - state.Tally.Sessions;
            if (left <= 0) continue;
            var skipped = last ? Catalogue.Random(size.Protocols, size.Seed, state.Done) : ids.Skip((int)state.Done);
            var before = state.Tally.Runs - state.Done;
            Runner.Run(skipped, state.Tally, left, stop, tally =>
            {
                state.Done = tally.Runs - before;
                progress(state);
            });
        }
    }

    /// <summary>Runs one trial again and tells its story.</summary>
    public static TrialResult Replay(TrialId id) => Trial.Run(id.MakePlan(), tells: true);

    public static string PartName(SoakState state) => state.Part < Parts.Length ? Parts[state.Part] : "done";

    private static IEnumerable<TrialId>? Ids(SoakSize size, string part) => part switch
    {
        TrialId.Words => size.Words ? Catalogue.Words(size.Protocols, SoakSize.TimesEachWord) : null,
        "single faults" => size.SingleFaultTimes > 0
            ? Catalogue.SingleFaults(size.Protocols, size.Seed, size.SingleFaultTimes)
                .Concat(Catalogue.SingleFaultsOnFace(size.Protocols, size.Seed, size.SingleFaultTimes))
            : null,
        "fault pairs" => size.Pairs
            ? Catalogue.Pairs(size.Protocols, size.Seed, size.AllPairs)
                .Concat(Catalogue.PairsOnFace(size.Protocols, size.Seed, size.AllPairs))
            : null,
        "crash points" => size.CrashPoints
            ? Catalogue.CrashPoints(size.Protocols, size.Seed, size.AllCrashPoints)
                .Concat(Catalogue.CrashPointsOnFace(size.Protocols, size.Seed, size.AllCrashPoints))
            : null,
        _ => [],
    };
}

/// <summary>Where a soak stands: enough to go on after an interruption.</summary>
internal sealed class SoakState
{
    public ulong Seed { get; set; }

    /// <summary>The part that is being done, by its place in the order.</summary>
    public int Part { get; set; }

    /// <summary>Runs of that part that are done.</summary>
    public long Done { get; set; }

    public Tally Tally { get; init; } = new();
}
