using Tillbridge.Domain;
using Tillbridge.Protocols;
using Tillbridge.Transports;

namespace Tillbridge.Laboratory.Simulation;

/// <summary>How the host's process or machine dies.</summary>
internal enum HostDeath
{
    /// <summary>kill -9: its connections are closed by the system.</summary>
    Killed,

    /// <summary>The machine loses power: nobody is told, and what was not synced is gone.</summary>
    PowerLost,
}

/// <summary>One order of a till, and everything that goes wrong around it.</summary>
internal sealed class OrderPlan(RequestKind kind)
{
    public RequestKind Kind => kind;

    /// <summary>What the terminal does with it.</summary>
    public TerminalScript Script { get; set; } = TerminalScript.Plain;

    /// <summary>Troubles of the line, for this order's connections one after another.</summary>
    public List<LinkFault> Link { get; } = [];

    /// <summary>When the terminal loses its power after the order was sent; null never.</summary>
    public TimeSpan? PowerCutAfter { get; set; }

    public TimeSpan PowerCutFor { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>The terminal comes back without its last result.</summary>
    public bool PowerCutForgets { get; set; }

    /// <summary>When the host dies after the order was sent; null never.</summary>
    public TimeSpan? HostDiesAfter { get; set; }

    /// <summary>The step of the host's dealings with disk and line at which it dies, counted from the order; null at none.</summary>
    public long? HostDiesAtPoint { get; set; }

    /// <summary>The step of the face's dealings with receivers at which the host dies, counted from the order; null at none.</summary>
    public long? HostDiesAtMessage { get; set; }

    public HostDeath HostDeath { get; set; }

    public TimeSpan HostDownFor { get; set; } = TimeSpan.FromSeconds(1);

    public DiskTrouble Disk { get; set; }

    public TimeSpan DiskTroubleAfter { get; set; }

    public TimeSpan DiskTroubleFor { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>By how much the host's wall clock is set while the order runs.</summary>
    public TimeSpan ClockJump { get; set; }

    /// <summary>The order falls into the hour in which the clocks change.</summary>
    public bool DaylightSaving { get; set; }

    /// <summary>A second instance is started on the same data.</summary>
    public bool SecondInstance { get; set; }

    /// <summary>How often the till sends the same order again while it runs.</summary>
    public int Repeats { get; set; }

    /// <summary>The till sends another amount under the same key.</summary>
    public bool RepeatsOther { get; set; }

    /// <summary>How often the till sends the order, all at once.</summary>
    public int SameAtOnce { get; set; }

    /// <summary>How many other orders the till sends at the same moment.</summary>
    public int OthersAtOnce { get; set; }

    /// <summary>The till does not wait for the end.</summary>
    public bool GoesAway { get; set; }

    public TimeSpan? AbortAfter { get; set; }

    /// <summary>The till holds the result until it confirms.</summary>
    public bool Confirm { get; set; }

    /// <summary>What it then says; null says nothing.</summary>
    public bool? Decision { get; set; } = true;

    /// <summary>The one who watches events hangs up, is slow and comes back.</summary>
    public bool WatcherFails { get; set; }

    /// <summary>Both tills send at the same moment.</summary>
    public bool AtOnce { get; set; }

    /// <summary>What the receiver of its callbacks does; null takes every message.</summary>
    public Faces.ReceiverFault? Receiver { get; set; }

    /// <summary>A client of the callback face that knows no keys.</summary>
    public bool WithoutKey { get; set; }

    /// <summary>The same amount as the order before, so that only the right booking may be recognised.</summary>
    public bool SameAmount { get; set; }

    /// <summary>Nothing was laid out that anybody may notice: it has to end as its script says.</summary>
    public bool IsHarmless { get; set; } = true;

    /// <summary>Names of the faults that were laid out.</summary>
    public List<string> Faults { get; } = [];
}

/// <summary>A whole run.</summary>
/// <param name="Protocol">What the terminals speak.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Tills">The orders of each till; each till has a terminal of its own.</param>
internal sealed record TrialPlan(IProtocol Protocol, ulong Seed, IReadOnlyList<IReadOnlyList<OrderPlan>> Tills)
{
    /// <summary>What carries the bytes between host and terminals.</summary>
    public Carrier Carrier { get; init; }

    /// <summary>A byte that the line changes is found out by the protocol's own check.</summary>
    public bool ChecksFrames => Protocol.ChecksFrames(Carrier is Carrier.Serial ? "serial" : "tcp");

    /// <summary>Dialect of driver and terminal; null takes the general one.</summary>
    public string? Dialect { get; init; }

    /// <summary>The tills speak through the callback face, set up like this; null where they call the engine's seam.</summary>
    public Faces.FacePlan? Face { get; init; }

    /// <summary>Take the frames apart and count what was said; costs time.</summary>
    public bool CountWords { get; init; }

    /// <summary>The journal is the real file.</summary>
    public bool OnRealFile { get; init; }

    /// <summary>An unknown session blocks its terminal.</summary>
    public bool StrictUnknown { get; init; } = true;

    /// <summary>A planted bug; null runs the product as it is.</summary>
    public Planted.Bug? Bug { get; init; }

    /// <summary>Nothing was laid out in the whole run that anybody may notice.</summary>
    public bool IsHarmless => Tills.All(orders => orders.All(order => order.IsHarmless));
}
