using Tillbridge.Domain;
using Tillbridge.Laboratory.Faults;

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

    /// <summary>Frames and steps of it that the journal keeps, and their size.</summary>
    public (int Records, long Bytes) Kept { get; set; }

    /// <summary>When its conversation began, in the world's ticks; null while none is under way.</summary>
    public long? TalksSince { get; set; }

    /// <summary>How often its command arrived at the terminal.</summary>
    public int Takes { get; set; }

    /// <summary>The terminal took the script of this order for it, and not that of one whose till did not wait.</summary>
    public bool MetItsScript { get; set; }

    /// <summary>What a reversal was to undo stood when the command arrived.</summary>
    public bool TargetStoodAtTake { get; set; }

    /// <summary>The line changed bytes while its till was waiting.</summary>
    public bool MetChangedBytes { get; set; }

    /// <summary>The last outcome that its till was told.</summary>
    public Outcome? Told { get; set; }

    private string BookedAs => request.Kind switch
    {
        RequestKind.Refund => "refund",
        RequestKind.PreAuthorization => "preAuthorization",
        RequestKind.Capture => "capture",
        _ => "sale",
    };

    public bool WasRecovering { get; set; }

    /// <summary>Who settled it after it had been unknown; null when nobody had to or nobody did.</summary>
    public string? SettledBy { get; set; }

    /// <summary>The till gave up before a session came about.</summary>
    public string? Refused { get; set; }

    /// <summary>
    /// What this order can book, for wires that carry no reference: the amount or half of it, with or without what the terminal adds.
    /// A till that went away may have laid out the script that this order met for its next one.
    /// </summary>
    public bool MayBook(string bookedAs, long minorUnits) => request.Total is { } total && bookedAs == BookedAs
        && (minorUnits - total.MinorUnits is 0 or FaultCatalog.Extra || minorUnits - (total.MinorUnits / 2) is 0 or FaultCatalog.Extra);
}
