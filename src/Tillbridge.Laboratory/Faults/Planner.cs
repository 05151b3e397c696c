using Tillbridge.Domain;
using Tillbridge.Laboratory.Faces;
using Tillbridge.Laboratory.Simulation;
using Tillbridge.Protocols;
using Tillbridge.Transports;

namespace Tillbridge.Laboratory.Faults;

/// <summary>Makes plans of runs: from a seed, or for one fault and one operation. A protocol that joins needs no line here.</summary>
internal static class Planner
{
    private const int MostOrders = 16;
    private const int FloodOneIn = 300;

    private static readonly RequestKind[] Paying =
    [
        RequestKind.Sale, RequestKind.Sale, RequestKind.Sale, RequestKind.Sale, RequestKind.Refund, RequestKind.Reversal,
        RequestKind.Reversal, RequestKind.PreAuthorization, RequestKind.Capture, RequestKind.CancelPreAuthorization,
        RequestKind.SaleWithCashback, RequestKind.Reconciliation,
    ];

    /// <summary>A long run out of everything, with none to three faults an order.</summary>
    public static TrialPlan Random(IProtocol protocol, ulong seed, Planted.Bug? bug = null)
    {
        var chance = new Chance(Chance.Mix(seed, 0x7111));
        var dialect = chance.Pick(protocol.Dialects);
        var kinds = KindsOf(protocol, dialect);
        // A quarter of the runs knows harmless things only: there everything has to end as its script says.
        var harmless = chance.OneIn(4);
        // A third of the runs of a protocol with a serial carrier is on one. These dice are their own: other runs stay as they were.
        var serial = protocol.SerialMode is not null && new Chance(Chance.Mix(seed, 0x7115)).OneIn(3);
        var faults = FaultCatalog.OfTills
            .Where(fault => (!harmless || fault.IsHarmless) && (serial || !fault.OnSerialOnly) && !fault.IsFlood).ToList();
        var tills = new List<IReadOnlyList<OrderPlan>>();
        for (var till = 0; till < (chance.OneIn(3) ? 2 : 1); till++)
        {
            var orders = new List<OrderPlan>();
            for (var left = 4 + chance.Below(MostOrders); left > 0; left--)
            {
                var wanted = chance.OneIn(8) ? chance.Pick(kinds) : chance.Pick(Paying);
                var order = new OrderPlan(kinds.Contains(wanted) ? wanted : RequestKind.Sale) { SameAmount = chance.OneIn(2) };
                if (chance.OneIn(6)) Speak(order, protocol, chance);
                // Most orders meet one fault, some none, a few three.
                for (var count = chance.Pick([0, 1, 1, 1, 2, 2, 3]); count > 0; count--) chance.Pick(faults).LayFor(order, chance);
                orders.Add(order);
            }

            tills.Add(orders);
        }

        // Floods cost time; their dice are their own, too.
        var flood = new Chance(Chance.Mix(seed, 0x7118));
        if (!harmless && flood.OneIn(FloodOneIn)) flood.Pick(FaultCatalog.OfFloods).LayFor(flood.Pick(flood.Pick(tills)), flood);
        return new TrialPlan(protocol, seed, tills)
        {
            Dialect = dialect, StrictUnknown = !chance.OneIn(5), CountWords = chance.OneIn(4), OnRealFile = chance.OneIn(60), Bug = bug,
            Carrier = serial ? Carrier.Serial : Carrier.Stream,
        };
    }

    private static readonly RequestKind[] FacePaying =
        [RequestKind.Sale, RequestKind.Sale, RequestKind.Sale, RequestKind.Reversal, RequestKind.Reconciliation, RequestKind.Status];

    /// <summary>
    /// The callback face is played over the protocol that it was made for: over another it is the same face over the same engine, and the
    /// time is better spent on that protocol's own faults.
    /// </summary>
    public static bool PlaysFace(IProtocol protocol) => protocol.Name == "zvt";

    /// <summary>What can be asked of a terminal through the callback face.</summary>
    public static IReadOnlyList<RequestKind> KindsOnFace(IProtocol protocol, string? dialect = null) =>
        PlaysFace(protocol) ? [.. KindsOf(protocol, dialect).Where(FacePaying.Contains)] : [];

    /// <summary>The same as <see cref="Random"/>, with software that speaks through the callback face.</summary>
    public static TrialPlan RandomOnFace(IProtocol protocol, ulong seed, Planted.Bug? bug = null)
    {
        var chance = new Chance(Chance.Mix(seed, 0x7116));
        var dialect = chance.Pick(protocol.Dialects);
        var kinds = KindsOnFace(protocol, dialect);
        var harmless = chance.OneIn(6);
        var serial = protocol.SerialMode is not null && chance.OneIn(4);
        var faults = FaultCatalog.All.Where(fault => (!harmless || fault.IsHarmless) && (serial || !fault.OnSerialOnly)
            && fault is { OnFaceOnly: false, NotOnFace: false, IsFlood: false }).ToList();
        var receivers = FaultCatalog.All.Where(fault => fault.OnFaceOnly && !harmless).ToList();
        var tills = new List<IReadOnlyList<OrderPlan>>();
        for (var till = 0; till < (chance.OneIn(4) ? 2 : 1); till++)
        {
            var orders = new List<OrderPlan>();
            for (var left = 3 + chance.Below(MostOrders / 2); left > 0; left--)
            {
                var wanted = chance.Pick(FacePaying);
                var order = new OrderPlan(kinds.Contains(wanted) ? wanted : RequestKind.Sale)
                {
                    SameAmount = chance.OneIn(2), WithoutKey = chance.OneIn(3),
                };
                for (var count = chance.Pick([0, 0, 1, 1, 2]); count > 0; count--) chance.Pick(faults).LayFor(order, chance);
                if (receivers.Count > 0 && chance.OneIn(2)) chance.Pick(receivers).LayFor(order, chance);
                // A terminal that takes its time, and one that cannot be stopped: there a lost message matters.
                if (order.Receiver is not null && chance.OneIn(2))
                    order.Script = order.Script with { SlowSeconds = 2 + chance.Below(20), IgnoreAbort = chance.OneIn(2) };
                orders.Add(order);
            }

            tills.Add(orders);
        }

        return new TrialPlan(protocol, seed, tills)
        {
            Dialect = dialect, StrictUnknown = !chance.OneIn(5), OnRealFile = chance.OneIn(60), Bug = bug, Face = FacePlan.Of(chance),
            Carrier = serial ? Carrier.Serial : Carrier.Stream,
        };
    }

    /// <summary>How many words of each sort one run of <see cref="Words"/> brings up.</summary>
    public const int WordsInARun = 16;

    /// <summary>A calm run that brings up the next few words of the protocol, operation after operation, dialect after dialect.</summary>
    public static TrialPlan Words(IProtocol protocol, ulong number)
    {
        var words = protocol.Vocabulary;
        var dialect = protocol.Dialects[(int)(number % (ulong)protocol.Dialects.Count)];
        var kinds = KindsOf(protocol, dialect);
        var orders = new List<OrderPlan>();
        for (var index = 0; index < WordsInARun; index++)
        {
            var place = (int)(number * WordsInARun) + index;
            // Every other order says a code; the rest goes through the operations, with an abort now and then.
            var script = new TerminalScript
            {
                ResponseCode = words.ResponseCodes.Count > 0 ? words.ResponseCodes[place % words.ResponseCodes.Count] : null,
                ProgressCode = words.ProgressCodes.Count > 0 ? words.ProgressCodes[place % words.ProgressCodes.Count] : null,
            };
            orders.Add(new OrderPlan(RequestKind.Sale) { Script = script });
            if (OriginalOf(kinds[place % kinds.Count]) is { } original) orders.Add(new OrderPlan(original));
            orders.Add(new OrderPlan(kinds[place % kinds.Count]) { AbortAfter = index == 0 ? TimeSpan.FromMilliseconds(40) : null });
        }

        orders.Add(new OrderPlan(RequestKind.Sale) { Script = new TerminalScript { Outcome = ScriptOutcome.Busy } });
        return new TrialPlan(protocol, number, [orders]) { Dialect = dialect, CountWords = true };
    }

    /// <summary>One operation between ordinary ones, met by the given faults.</summary>
    public static TrialPlan Around(
        IProtocol protocol, RequestKind kind, IReadOnlyList<Fault> faults, ulong seed, Planted.Bug? bug = null,
        Carrier carrier = Carrier.Stream, bool onFace = false)
    {
        var chance = new Chance(Chance.Mix(seed, 0x7112));
        var order = new OrderPlan(kind) { SameAmount = chance.OneIn(2) };
        foreach (var fault in faults) fault.LayFor(order, chance);
        var after = new OrderPlan(RequestKind.Sale) { SameAmount = chance.OneIn(2) };
        return new TrialPlan(protocol, seed, [[.. Before(kind, chance), order, after]])
        {
            Bug = bug, StrictUnknown = !chance.OneIn(4), Carrier = carrier, Face = onFace ? FacePlan.Of(chance) : null,
        };
    }

    /// <summary>One operation in which the host dies at a given point; points are counted from its order on.</summary>
    public static TrialPlan DyingAt(
        IProtocol protocol, RequestKind kind, long? point, HostDeath death, ulong seed, Carrier carrier = Carrier.Stream,
        bool onFace = false)
    {
        var chance = new Chance(Chance.Mix(seed, 0x7113));
        var order = new OrderPlan(kind) { SameAmount = true, HostDiesAtPoint = point, HostDeath = death, IsHarmless = point is null };
        order.Faults.Add("crash point");
        return new TrialPlan(protocol, seed, [[.. Before(kind, chance), order]])
        {
            Carrier = carrier, Face = onFace ? FacePlan.Of(chance) : null,
        };
    }

    /// <summary>What a terminal of the protocol and dialect can be asked.</summary>
    public static IReadOnlyList<RequestKind> KindsOf(IProtocol protocol, string? dialect = null) =>
        [.. protocol.MakeDriver(new DriverSettings { Dialect = dialect }, Nowhere.Instance, Nowhere.Clock).Capabilities.Kinds.Order()];

    private static RequestKind? OriginalOf(RequestKind kind) => kind switch
    {
        RequestKind.Reversal => RequestKind.Sale,
        RequestKind.Capture or RequestKind.CancelPreAuthorization => RequestKind.PreAuthorization,
        _ => null,
    };

    // What an operation refers to has to be there.
    private static IEnumerable<OrderPlan> Before(RequestKind kind, Chance chance)
    {
        if (chance.OneIn(2)) yield return new OrderPlan(RequestKind.Sale) { SameAmount = chance.OneIn(2) };
        if (OriginalOf(kind) is { } original) yield return new OrderPlan(original) { SameAmount = chance.OneIn(2) };
    }

    // Codes and progress that no outcome of the common script brings up.
    private static void Speak(OrderPlan order, IProtocol protocol, Chance chance)
    {
        var words = protocol.Vocabulary;
        if (words.ProgressCodes.Count > 0) order.Script = order.Script with { ProgressCode = chance.Pick(words.ProgressCodes) };
        if (words.ResponseCodes.Count > 0 && chance.OneIn(2))
            order.Script = order.Script with { ResponseCode = chance.Pick(words.ResponseCodes) };
    }

    /// <summary>A place without a terminal, for drivers that are only asked what they can do.</summary>
    private sealed class Nowhere : ITransport
    {
        public static Nowhere Instance { get; } = new();

        public static TimeProvider Clock { get; } = new StandingClock();

        public string Name => "nowhere";

        public Carrier Carrier => Carrier.Stream;

        public Task<ITransportConnection> Connect(CancellationToken shutdown) => throw new LinkLostException("There is nothing.");

        private sealed class StandingClock : TimeProvider
        {
            public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
        }
    }
}
