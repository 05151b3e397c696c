using Tillbridge.Domain;
using Tillbridge.Laboratory.Faults;
using Tillbridge.Laboratory.Planted;
using Tillbridge.Laboratory.Simulation;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Runs;

/// <summary>Which runs a part of the laboratory consists of. The budget is shared: every protocol gets its part.</summary>
internal static class Catalogue
{
    private static readonly RequestKind[] Essential = 
        [RequestKind.Sale, RequestKind.Reversal, RequestKind.Refund, RequestKind.Reconciliation];

    // About one random run in so many plays the callback face.
    private const int OnFaceOneIn = 6;

    /// <summary>Runs out of everything, without an end.</summary>
    public static IEnumerable<TrialId> Random(IReadOnlyList<IProtocol> protocols, ulong seed, long from = 0, Bug? bug = null)
    {
        for (var number = (ulong)from; ; number++)
        {
            var protocol = protocols[(int)(number % (ulong)protocols.Count)];
            var mine = Chance.Mix(seed, number);
            var onFace = Planner.PlaysFace(protocol) && new Chance(Chance.Mix(mine, 0x7117)).OneIn(OnFaceOneIn);
            var part = onFace ? TrialId.Face : TrialId.Random;
            yield return new TrialId(part, protocol.Name, mine) { Bug = bug };
        }
    }

    /// <summary>Runs that all play the callback face, without an end.</summary>
    public static IEnumerable<TrialId> Face(IReadOnlyList<IProtocol> protocols, ulong seed, Bug? bug = null)
    {
        var playing = protocols.Where(Planner.PlaysFace).ToList();
        for (var number = 0UL; playing.Count > 0; number++)
        {
            var protocol = playing[(int)(number % (ulong)playing.Count)];
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
        from fault in FaultCatalog.OfTills
        from serial in CarriersOf(protocol)
        where serial || !fault.OnSerialOnly
        where !fault.IsFlood || kind is RequestKind.Sale or RequestKind.Reversal
        from time in Enumerable.Range(0, times)
        select new TrialId(TrialId.Around, protocol.Name, Chance.Mix(seed, (ulong)time))
        {
            OnSerial = serial, Kind = kind, Faults = [fault.Name],
        };

    /// <summary>Every fault at every operation of the callback face.</summary>
    public static IEnumerable<TrialId> SingleFaultsOnFace(IReadOnlyList<IProtocol> protocols, ulong seed, int times) =>
        from protocol in protocols
        from kind in Planner.KindsOnFace(protocol)
        from fault in FaultCatalog.OnFace
        from time in Enumerable.Range(0, times)
        select new TrialId(TrialId.Around, protocol.Name, Chance.Mix(seed, (ulong)time))
        {
            OnFace = true, Kind = kind, Faults = [fault.Name],
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
        from pair in PairsOf(FaultCatalog.OfTills)
        where all || (pair.First + pair.Second) % protocols.Count == number
        where all || !(FaultCatalog.OfTills[pair.First].IsFlood || FaultCatalog.OfTills[pair.Second].IsFlood)
        from serial in CarriersOf(protocol)
        where serial || !(FaultCatalog.OfTills[pair.First].OnSerialOnly || FaultCatalog.OfTills[pair.Second].OnSerialOnly)
        select new TrialId(TrialId.Around, protocol.Name, Chance.Mix(seed, (ulong)((pair.First * 1000) + pair.Second)))
        {
            OnSerial = serial, Kind = kind, Faults = [FaultCatalog.OfTills[pair.First].Name, FaultCatalog.OfTills[pair.Second].Name],
        };

    /// <summary>Every fault of a receiver with every other one, at a payment through the callback face.</summary>
    public static IEnumerable<TrialId> PairsOnFace(IReadOnlyList<IProtocol> protocols, ulong seed, bool all) =>
        from protocol in protocols
        from kind in Planner.KindsOnFace(protocol)
        where all ? kind.NeedsProof() : kind is RequestKind.Sale
        from pair in PairsOf(FaultCatalog.OnFace)
        where FaultCatalog.OnFace[pair.First].OnFaceOnly != FaultCatalog.OnFace[pair.Second].OnFaceOnly
        where all || !(FaultCatalog.OnFace[pair.First].IsFlood || FaultCatalog.OnFace[pair.Second].IsFlood)
        select new TrialId(TrialId.Around, protocol.Name, Chance.Mix(seed, (ulong)((pair.First * 1000) + pair.Second)))
        {
            OnFace = true, Kind = kind, Faults = [FaultCatalog.OnFace[pair.First].Name, FaultCatalog.OnFace[pair.Second].Name],
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
                    foreach (var id in PointsOf(whole)) yield return id;
                }
            }
        }
    }

    /// <summary>The same for a payment through the callback face, and there at every message to the receiver, too.</summary>
    public static IEnumerable<TrialId> CrashPointsOnFace(IReadOnlyList<IProtocol> protocols, ulong seed, bool all) =>
        from protocol in protocols
        from kind in Planner.KindsOnFace(protocol)
        where kind is RequestKind.Sale || (all && kind.NeedsProof())
        from id in PointsOf(new(TrialId.Crash, protocol.Name, seed) { Kind = kind, OnFace = true })
        select id;

    private static IEnumerable<TrialId> PointsOf(TrialId whole)
    {
        var points = Trial.Run(whole.MakePlan()).Points;
        for (var point = 1L; point <= points; point++)
        {
            foreach (var death in Enum.GetValues<HostDeath>()) yield return whole with { Point = point, Death = death };
        }
    }

    private static IEnumerable<(int First, int Second)> PairsOf(IReadOnlyList<Fault> faults) =>
        from first in Enumerable.Range(0, faults.Count)
        from second in Enumerable.Range(first + 1, faults.Count - first - 1)
        select (first, second);

    // Stream, and where the protocol has one the serial line.
    private static bool[] CarriersOf(IProtocol protocol) => protocol.SerialMode is null ? [false] : [false, true];
}
