using Tillbridge.Domain;

namespace Tillbridge.Laboratory.Simulation;

/// <summary>What the ledger knows of one order.</summary>
internal sealed class OrderNote(string key, string terminal, TerminalRequest request, OrderPlan plan)
{
    public string Key => key;

    public string Terminal => terminal;

    public TerminalRequest Request => request;

    public OrderPlan Plan => plan;

    /// <summary>Its session as it is durable; null before the intent.</summary>
    public Session? Session { get; set; }

    /// <summary>How often its command arrived at the terminal.</summary>
    public int Takes { get; set; }

    /// <summary>What a reversal was to undo stood when the command arrived.</summary>
    public bool TargetStoodAtTake { get; set; }

    /// <summary>The last outcome that its till was told.</summary>
    public Outcome? Told { get; set; }

    public bool WasRecovering { get; set; }

    /// <summary>Who settled it after it had been unknown; null when nobody had to or nobody did.</summary>
    public string? SettledBy { get; set; }

    /// <summary>The till gave up before a session came about.</summary>
    public string? Refused { get; set; }

    /// <summary>The amounts that this order can book, for wires that carry no reference.</summary>
    public bool MayBook(long minorUnits) => request.Total is { } total
        && (minorUnits == total.MinorUnits || minorUnits == total.MinorUnits / 2
            || minorUnits == total.MinorUnits + plan.Script.ExtraMinorUnits);
}
