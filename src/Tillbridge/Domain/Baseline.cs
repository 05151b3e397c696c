namespace Tillbridge.Domain;

/// <summary>
/// What the terminal's last stored booking was before a session began. Recovery tells by it whether a booking that
/// the terminal repeats is a newer one (zvt.md §9.3).
/// </summary>
/// <param name="Receipt">Its receipt number; null when the terminal had nothing stored.</param>
/// <param name="Trace">Its trace number.</param>
/// <param name="Batch">Its turnover number.</param>
/// <param name="TerminalId">The device that said so.</param>
public sealed record Baseline(string? Receipt, string? Trace = null, string? Batch = null, string? TerminalId = null)
{
    /// <summary>How <see cref="At"/> is written.</summary>
    internal const string AtFormat = "MMddHHmmss";

    /// <summary>
    /// Its amount in minor units as the terminal named it; null when not told. Where numbers repeat, the same number over another
    /// amount is another booking (protocols README §5.3).
    /// </summary>
    public long? MinorUnits { get; init; }

    /// <summary>Its approval code; null when not told.</summary>
    public string? Approval { get; init; }

    /// <summary>Its month, day and time as the terminal wrote them, MMDDHHMMSS; null when not told.</summary>
    public string? At { get; init; }

    /// <summary>The terminal said that it has nothing stored.</summary>
    public static Baseline Nothing { get; } = new(Receipt: null);
}
