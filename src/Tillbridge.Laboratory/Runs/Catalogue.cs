using Tillbridge.Domain;
using Tillbridge.Laboratory.Faults;
using Tillbridge.Laboratory.Planted;
using Tillbridge.Laboratory.Simulation;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Runs;

/// <summary>Which runs a part of the laboratory consists of. The budget is shared: every protocol gets its part.</summary>
internal static class Catalogue
{
    private static readonly RequestKind[] Essential = [RequestKind.Sale, RequestKind.Reversal, RequestKind.Refund];

    // About one random run in so many plays the callback face.
    private const int OnFaceOneIn = 6;

    /// <summary>Runs out of everything, without an end.</summary>
    public static IEnumerable<TrialId> Random(IReadOnlyList<IProtocol> protocols, ulong seed, long from = 0, Bug? bug = null)
    {
        for (var number = (ulong)from; ; number++)
        {
            var protocol = protocols[(int)(number % (ulong)protocols.Count)];
            var mine = Chance.Mix(seed, number);
            var part = new Chance(Chance.Mix(mine, 0x7117)).OneIn(OnFaceOneIn) ? TrialId.Face : TrialId.Random;
            yield return new TrialId(part, protocol.Name, mine) { Bug = bug };
        }
    }

    /// <summary>Runs that all play the callback face, without an end.</summary>
    public static IEnumerable<TrialId> Face(IReadOnlyList<IProtocol> protocols, ulong seed, Bug? bug = null)
    {
        for (var number = 0UL; ; number++)
        {
            var protocol = protocols[(int)(number % (ulong)protocols.Count)];
            yield return new TrialId(TrialId.Face, protocol.Name, Chance.Mix(seed, number)) { Bug = bug };
        }
    }

    /// <summary>Runs that bring up every code and every progress of a protocol so often.</summary>
    public static IEnumerable<TrialId> Words(IReadOnlyList<IProtocol> protocols, int times)
    {
        foreach (var protocol in protocols)
        {
            var words = Math.Max(protocol.Vocabulary.ResponseCodes.Count, protocol.Vocabulary.ProgressCodes.Count);
            var runs = Math.Max((words * times / Planner.WordsInARun) + protocol.Dialects.Count, times);
            for (var number = 0; number < runs; number++) yield return new TrialId(TrialId.Words, protocol.Name, (ulong)number);
        }
    }

    /// <summary>Every fault at every operation.</summary>
    public static IEnumerable<TrialId> SingleFaults(IReadOnlyList<IProtocol> protocols, ulong seed, int times) =>
        from protocol in protocols
        from kind in Planner.KindsOf(protocol)
        from fault in FaultCatalog.All
        from serial in CarriersOf(protocol)
        where serial || !fault.OnSerialOnly
        from time in Enumerable.Range(0, times)
        select new TrialId(TrialId.Around, protocol.Name, Chance.Mix(seed, (ulong)time))
        {
            OnSerial = serial, Kind = kind, Faults = [fault.Name],
        };

    /// <summary>
    /// Every pair of faults at a payment, the pairs shared by the protocols; or, where all are asked for, every pair at every
    /// operation of every protocol that needs the terminal's word.
    /// </summary>
    public static IEnumerable<TrialId> Pairs(IReadOnlyList<IProtocol> protocols, ulong seed, bool all) =>
        from number in Enumerable.Range(0, protocols.Count)
        let protocol = protocols[number]
        from kind in Planner.KindsOf(protocol)
        where all ? kind.NeedsProof() : kind is RequestKind.Sale
        from first in Enumerable.Range(0, FaultCatalog.All.Count)
        from second in Enumerable.Range(first + 1, FaultCatalog.All.Count - first - 1)
        where all || (first + second) % protocols.Count == number
        from serial in CarriersOf(protocol)
        where serial || !(FaultCatalog.All[first].OnSerialOnly || FaultCatalog.All[second].OnSerialOnly)
        select new TrialId(TrialId.Around, protocol.Name, Chance.Mix(seed, (ulong)((first * 1000) + second)))
        {
            OnSerial = serial, Kind = kind, Faults = [FaultCatalog.All[first].Name, FaultCatalog.All[second].Name],
        };

    /// <summary>
    /// Every place at which the host can die in an operation: before and after every durable write, every sync, and every byte on
    /// the wire in both directions; by kill and by loss of power.
    /// </summary>
    public static IEnumerable<TrialId> CrashPoints(IReadOnlyList<IProtocol> protocols, ulong seed, bool all)
    {
        foreach (var protocol in protocols)
        {
            foreach (var kind in Planner.KindsOf(protocol).Where(kind => all || Essential.Contains(kind)))
            {
                foreach (var serial in CarriersOf(protocol).Where(serial => !serial || all || kind is RequestKind.Sale))
                {
                    var whole = new TrialId(TrialId.Crash, protocol.Name, seed) { Kind = kind, OnSerial = serial };
                    var points = Trial.Run(whole.MakePlan()).Points;
                    for (var point = 1L; point <= points; point++)
                    {
                        foreach (var death in Enum.GetValues<HostDeath>()) yield return whole with { Point = point, Death = death };
                    }
                }
            }
        }
    }

    // Stream, and where the protocol has one the serial line.
    private static bool[] CarriersOf(IProtocol protocol) => protocol.SerialMode is null ? [false] : [false, true];
}
