using Tillbridge.Domain;
using Tillbridge.Laboratory.Faults;
using Tillbridge.Laboratory.Planted;
using Tillbridge.Laboratory.Simulation;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Runs;

/// <summary>What became of a planted bug.</summary>
/// <param name="Bug">Its name.</param>
/// <param name="Protocol">In which protocol it was planted.</param>
/// <param name="CaughtBy">The sentence that caught it; null when nothing did.</param>
/// <param name="Runs">How many runs it took.</param>
internal sealed record Catch(string Bug, string Protocol, string? CaughtBy, int Runs);

/// <summary>The tester is tested: each planted bug must break an invariant in the same runs that the product has to pass.</summary>
internal static class PlantedHunt
{
    /// <summary>More runs than any of them may take to be caught.</summary>
    public const int MostRuns = 1200;

    public static IReadOnlyList<Catch> Run(IReadOnlyList<IProtocol> protocols, ulong seed) =>
        [.. from protocol in protocols from bug in Bug.All.Concat(Bug.OfFace) select Hunt(protocol, bug, seed)];

    public static Catch Hunt(IProtocol protocol, Bug bug, ulong seed)
    {
        var runs = 0;
        var ids = Bug.OfFace.Contains(bug)
            // Some show for the milliseconds of a write only: every other run dies around a message.
            ? Catalogue.Face([protocol], seed, bug).SelectMany(id => new[]
            {
                id, id with { Part = TrialId.Around, OnFace = true, Kind = RequestKind.Sale, Faults = [FaultCatalog.AroundACallback] },
            })
            : Catalogue.Random([protocol], seed, bug: bug);
        foreach (var id in ids.Take(MostRuns))
        {
            runs++;
            if (Trial.Run(id.MakePlan()).Broken is [var what, ..]) return new Catch(bug.Name, protocol.Name, what, runs);
        }

        return new Catch(bug.Name, protocol.Name, null, runs);
    }
}
