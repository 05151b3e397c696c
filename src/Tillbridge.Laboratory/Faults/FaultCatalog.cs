using Tillbridge.Domain;
using Tillbridge.Laboratory.Faces;
using Tillbridge.Laboratory.Simulation;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Faults;

/// <summary>Whose fault it is.</summary>
internal enum FaultSide
{
    Link,
    Terminal,
    Host,
    Till,
    Receiver,
}

/// <summary>One thing that goes wrong, and how it is laid out for an order.</summary>
/// <param name="Side">Whose it is.</param>
/// <param name="Name">What reports call it.</param>
/// <param name="Lay">Lays it out; the dice choose the moment.</param>
internal sealed record Fault(FaultSide Side, string Name, Action<OrderPlan, Chance> Lay)
{
    /// <summary>Nobody but the line may notice: the order has to end as if it had not been.</summary>
    public bool IsHarmless { get; init; }

    /// <summary>It can happen on a serial line only.</summary>
    public bool OnSerialOnly { get; init; }

    /// <summary>It can happen to the callback face only.</summary>
    public bool OnFaceOnly => Side is FaultSide.Receiver;

    /// <summary>A client of the callback face cannot do it: the face answers questions itself.</summary>
    public bool NotOnFace { get; init; }

    /// <summary>A peer or a caller that sends without end: it costs a run time, and has dice of its own in a random one.</summary>
    public bool IsFlood { get; init; }

    public void LayFor(OrderPlan order, Chance chance)
    {
        Lay(order, chance);
        order.IsHarmless &= IsHarmless;
        order.Faults.Add(Name);
    }
}

/// <summary>Everything that we can name and that can go wrong around an order.</summary>
internal static class FaultCatalog
{
    /// <summary>The host dies while a message of the callback face is on its way.</summary>
    public const string AroundACallback = "killed around a callback";

    // A payment and what comes before it have about this many bytes in each direction.
    private const int MostWireBytes = 420;
    private const int MostConnections = 3;
    private const int MostMessages = 16;

    /// <summary>Minor units that a terminal adds to an amount; orders lie further apart.</summary>
    public const int Extra = 7;

    public static IReadOnlyList<Fault> All { get; } = 
        [.. Link(), .. Terminal(), .. Host(), .. Till(), .. SerialLink(), .. Receivers(), .. Floods()];

    /// <summary>Those that can happen where a till calls the engine itself.</summary>
    public static IReadOnlyList<Fault> OfTills { get; } = [.. All.Where(fault => !fault.OnFaceOnly)];

    /// <summary>Peers and callers that flood.</summary>
    public static IReadOnlyList<Fault> OfFloods { get; } = [.. All.Where(fault => fault.IsFlood)];

    /// <summary>Those that can happen where software speaks through the callback face, on a stream.</summary>
    public static IReadOnlyList<Fault> OnFace { get; } = [.. All.Where(fault => fault is { OnSerialOnly: false, NotOnFace: false })];

    private static IEnumerable<Fault> Link()
    {
        yield return Line("connection refused", LinkTrouble.Refused);
        yield return Line("connect hangs", LinkTrouble.ConnectHangs);
        yield return Line("connection reset", LinkTrouble.Reset);
        yield return Line("half-open connection", LinkTrouble.HalfOpen);
        yield return Line("byte lost", LinkTrouble.ByteLost);
        yield return Line("byte flipped", LinkTrouble.ByteFlipped);
        yield return Line("byte doubled", LinkTrouble.ByteDoubled);
        yield return Line("split", LinkTrouble.Split) with { IsHarmless = true };
        yield return Line("joined", LinkTrouble.Join) with { IsHarmless = true };
        yield return Line("delay", LinkTrouble.Delay);
        yield return Line("late answer after a new session", LinkTrouble.LateAnswer);
        yield return new(FaultSide.Link, "every connection of the order reset", static (order, chance) =>
        {
            for (var count = 0; count < 12; count++) order.Link.Add(new(LinkTrouble.Reset, chance.OneIn(2), chance.Below(MostWireBytes)));
        });
    }

    private static IEnumerable<Fault> SerialLink()
    {
        yield return Line("noise between blocks", LinkTrouble.Noise) with { OnSerialOnly = true };
        yield return Line("acknowledge lost", LinkTrouble.AcknowledgeLost) with { OnSerialOnly = true };
        yield return Line("storm of refusals", LinkTrouble.RefusalStorm) with { OnSerialOnly = true };
        yield return Line("wrong parity", LinkTrouble.Parity) with { OnSerialOnly = true };
        yield return Line("serial line hangs up", LinkTrouble.HangUp) with { OnSerialOnly = true };
    }

    private static IEnumerable<Fault> Terminal()
    {
        yield return Script("busy", script => script with { Outcome = ScriptOutcome.Busy });
        yield return Cut("line dropped before the acknowledge", ScriptCut.BeforeAcknowledge);
        yield return Cut("line dropped after the acknowledge", ScriptCut.AfterAcknowledge);
        yield return Cut("line dropped after progress", ScriptCut.AfterProgress);
        yield return Cut("line dropped after booking", ScriptCut.BeforeResult);
        yield return Cut("line dropped after the result", ScriptCut.AfterResult);
        yield return Cut("line dropped before the completion", ScriptCut.BeforeCompletion);
        yield return Gone("power cut before authorisation", ScriptCut.AfterProgress);
        yield return Gone("power cut after authorisation", ScriptCut.BeforeResult);
        yield return Gone("power cut after the result", ScriptCut.AfterResult);
        yield return new(FaultSide.Terminal, "power cut at any moment", static (order, chance) =>
        {
            order.PowerCutAfter = TimeSpan.FromMilliseconds(chance.Below(500));
            // Sometimes for longer than recovery asks.
            order.PowerCutFor = TimeSpan.FromSeconds(1 + chance.Below(chance.OneIn(6) ? 900 : 90));
            order.PowerCutForgets = chance.OneIn(3);
        });
        yield return new(FaultSide.Terminal, "nightly reboot", static (order, chance) =>
        {
            order.PowerCutAfter = TimeSpan.Zero;
            order.PowerCutFor = TimeSpan.FromSeconds(60 + chance.Below(60));
        });
        yield return Script("memory full", script => script with { Outcome = ScriptOutcome.MemoryFull });
        yield return Script("no paper", script => script with { Outcome = ScriptOutcome.NoPaper });
        yield return Script("forgets its last result", script => script with { Forget = true, Cut = ScriptCut.BeforeResult });
        yield return Script("wrong reference echoed", script => script with { WrongMemory = true, Cut = ScriptCut.AfterResult });
        yield return Script("late success after decline", script => script with { LateSuccess = true });
        yield return Script("other amount", script => script with { ExtraMinorUnits = Extra });
        yield return Script("half the amount", script => script with { Outcome = ScriptOutcome.Partial });
        yield return Script("takes back what it announced", script => script with { Withdraw = true });
        yield return Script("silent for ever", script => script with { Silent = true });
        yield return Script("slow", script => script with { SlowSeconds = 20 });
        yield return Script("prints a full card number", script => script with { LeaksCard = true }) with { IsHarmless = true };
        yield return Script("byte by byte", script => script with { Dribble = true }) with { IsHarmless = true };
        yield return Script("everything in one write", script => script with { Glue = true }) with { IsHarmless = true };
        yield return Script("declined", script => script with { Outcome = ScriptOutcome.Decline }) with { IsHarmless = true };
        yield return Script("cancelled by customer", script => script with { Outcome = ScriptOutcome.Cancel }) with { IsHarmless = true };
        yield return Script("customer does nothing", script => script with { Outcome = ScriptOutcome.TimeOut }) with { IsHarmless = true };
        yield return Script("signature", script => script with { Signature = true }) with { IsHarmless = true };
    }

    private static IEnumerable<Fault> Host()
    {
        yield return new(FaultSide.Host, "killed at any moment", static (order, chance) => Dies(order, chance, HostDeath.Killed));
        yield return new(
            FaultSide.Host, "machine loses power, unsynced writes lost or torn",
            static (order, chance) => Dies(order, chance, HostDeath.PowerLost));
        yield return new(FaultSide.Host, "killed between two steps", static (order, chance) =>
        {
            order.HostDiesAtPoint = 1 + chance.Below(2 * MostWireBytes);
            order.HostDeath = chance.OneIn(3) ? HostDeath.PowerLost : HostDeath.Killed;
            order.HostDownFor = TimeSpan.FromMilliseconds(300 + chance.Below(4000));
        });
        yield return Disk("disk full", DiskTrouble.Full);
        yield return Disk("read error", DiskTrouble.ReadError);
        yield return Disk("corrupt record", DiskTrouble.Corrupt);
        yield return new(FaultSide.Host, "clock jumps", static (order, chance) =>
            order.ClockJump = TimeSpan.FromMinutes(chance.Below(2 * 26 * 60) - (26 * 60)));
        yield return new(FaultSide.Host, "daylight saving", static (order, _) => order.DaylightSaving = true);
        yield return new(FaultSide.Host, "two instances started", static (order, _) => order.SecondInstance = true) { IsHarmless = true };
    }

    private static IEnumerable<Fault> Till()
    {
        yield return new(FaultSide.Till, "repeats", static (order, chance) => order.Repeats = 1 + chance.Below(4)) { IsHarmless = true };
        yield return new(FaultSide.Till, "repeats otherwise", static (order, _) => order.RepeatsOther = true) { IsHarmless = true };
        yield return new(FaultSide.Till, "who watches events is away", static (order, _) =>
            order.WatcherFails = true) { IsHarmless = true };
        yield return new(FaultSide.Till, "goes away", static (order, _) => order.GoesAway = true) { IsHarmless = true };
        yield return new(FaultSide.Till, "cancels at any moment", static (order, chance) =>
            order.AbortAfter = TimeSpan.FromMilliseconds(chance.Below(chance.OneIn(4) ? 20_000 : 300))) { IsHarmless = true };
        yield return new(FaultSide.Till, "two terminals at once", static (order, _) => order.AtOnce = true) { IsHarmless = true };
        yield return new(FaultSide.Till, "confirms", static (order, _) => order.Confirm = true) { IsHarmless = true, NotOnFace = true };
        yield return new(FaultSide.Till, "does not confirm", static (order, chance) =>
        {
            order.Confirm = true;
            order.Decision = chance.OneIn(2) ? false : null;
        }) { IsHarmless = true, NotOnFace = true };
    }

    private static IEnumerable<Fault> Receivers()
    {
        yield return Receiver("receiver down from the start", ReceiverTrouble.Down, TroubleFrom.Start);
        yield return Receiver("receiver down after the first message", ReceiverTrouble.Down, TroubleFrom.AfterFirst);
        yield return Receiver("receiver down at the end message", ReceiverTrouble.Down, TroubleFrom.End);
        yield return Receiver("receiver gone from the network", ReceiverTrouble.Unreachable, null);
        yield return Receiver("receiver slow", ReceiverTrouble.Slow, null);
        yield return Receiver("receiver slow at the end message", ReceiverTrouble.Slow, TroubleFrom.End);
        yield return Receiver("receiver answers 500", ReceiverTrouble.Broken, null);
        yield return Receiver("receiver answers 500 at the end message", ReceiverTrouble.Broken, TroubleFrom.End);
        yield return Receiver("receiver gone in the middle", ReceiverTrouble.CutOff, null);
        yield return Receiver("receiver gone in the middle of the end message", ReceiverTrouble.CutOff, TroubleFrom.End);
        yield return Receiver("receiver answers 404", ReceiverTrouble.NotFound, null);
        yield return Receiver("receiver redirects", ReceiverTrouble.Redirects, null);
        yield return Receiver("receiver answers no HTTP", ReceiverTrouble.Gibberish, null);
        yield return new(FaultSide.Receiver, AroundACallback, static (order, chance) =>
        {
            // Three steps a message: before it leaves, when it has left, when its answer is there.
            order.HostDiesAtMessage = 1 + chance.Below(12);
            order.HostDeath = chance.OneIn(2) ? HostDeath.PowerLost : HostDeath.Killed;
            order.HostDownFor = TimeSpan.FromMilliseconds(300 + chance.Below(chance.OneIn(6) ? 400_000 : 4000));
        });
    }

    private static Fault Line(string name, LinkTrouble trouble) => new(FaultSide.Link, name, (order, chance) =>
    {
        // Often it is not the first connection that breaks but the one on which recovery asks.
        var before = chance.OneIn(3) ? 1 + chance.Below(MostConnections - 1) : 0;
        while (order.Link.Count < before) order.Link.Add(new(LinkTrouble.Reset, chance.OneIn(2), chance.Below(MostWireBytes)));
        order.Link.Add(new(trouble, chance.OneIn(2), chance.Below(MostWireBytes)));
        if (before > 0) order.IsHarmless = false;
    });

    private static IEnumerable<Fault> Floods()
    {
        yield return Flood("progress without end", LinkTrouble.SameAgain);
        yield return Flood("one message thousands of times", LinkTrouble.ManyTimes);
        yield return Flood("garbage between messages without end", LinkTrouble.Garbage);
        yield return new(FaultSide.Till, "the same order many times at once", static (order, chance) =>
            order.SameAtOnce = 20 + chance.Below(60)) { IsHarmless = true, IsFlood = true, NotOnFace = true };
        yield return new(FaultSide.Till, "many orders while one runs", static (order, chance) =>
            order.OthersAtOnce = 20 + chance.Below(60)) { IsFlood = true, NotOnFace = true };
    }

    // Mostly behind the command, where progress, result and receipts are; now and then in what comes before it, or whenever it is asked.
    private static Fault Flood(string name, LinkTrouble trouble) => new(FaultSide.Terminal, name, (order, chance) =>
    {
        order.Script = order.Script with { SlowSeconds = Math.Max(order.Script.SlowSeconds, 20) };
        int? message = chance.OneIn(4) ? null : chance.Below(MostMessages);
        order.Link.Add(new(trouble, At: chance.Below(MostWireBytes)) { Message = message });
        for (var count = chance.OneIn(4) ? MostConnections : 0; count > 0; count--)
            order.Link.Add(new(trouble, At: chance.Below(MostWireBytes)));
    }) { IsFlood = true };

    // Where null leaves it to the dice from when on; about every other one of them is over after a while.
    private static Fault Receiver(string name, ReceiverTrouble trouble, TroubleFrom? from) =>
        new(FaultSide.Receiver, name, (order, chance) => order.Receiver = new(
            trouble, from ?? chance.Pick<TroubleFrom>([TroubleFrom.Start, TroubleFrom.AfterFirst, TroubleFrom.AfterFirst, TroubleFrom.End]),
            chance.OneIn(2) ? null : TimeSpan.FromMilliseconds(200 + chance.Below(chance.OneIn(3) ? 150_000 : 8000)))
        {
            IsFitful = chance.OneIn(4),
        });

    private static Fault Script(string name, Func<TerminalScript, TerminalScript> change) =>
        new(FaultSide.Terminal, name, (order, _) => order.Script = change(order.Script));

    private static Fault Cut(string name, ScriptCut cut) => Script(name, script => script with { Cut = cut });

    private static Fault Gone(string name, ScriptCut cut) => new(FaultSide.Terminal, name, (order, chance) =>
        order.Script = order.Script with { Cut = cut, GoneSeconds = 1 + chance.Below(60), Forget = chance.OneIn(3) });

    private static Fault Disk(string name, DiskTrouble trouble) => new(FaultSide.Host, name, (order, chance) =>
    {
        order.Disk = trouble;
        order.DiskTroubleAfter = TimeSpan.FromMilliseconds(chance.Below(300));
        order.DiskTroubleFor = TimeSpan.FromMilliseconds(200 + chance.Below(40_000));
    });

    private static void Dies(OrderPlan order, Chance chance, HostDeath death)
    {
        order.HostDiesAfter = TimeSpan.FromMilliseconds(chance.Below(chance.OneIn(5) ? 30_000 : 350));
        order.HostDeath = death;
        order.HostDownFor = TimeSpan.FromMilliseconds(200 + chance.Below(chance.OneIn(6) ? 400_000 : 5000));
    }
}
