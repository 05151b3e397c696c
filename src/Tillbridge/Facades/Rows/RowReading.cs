using Tillbridge.Domain;

namespace Tillbridge.Facades.Rows;

/// <summary>A row as a request, or what is wrong with it.</summary>
/// <param name="Request">The request; null when the row is wrong.</param>
/// <param name="Fault">Column and rule; null when nothing is wrong.</param>
public sealed record RowReading(TerminalRequest? Request, string? Fault)
{
    /// <summary>The terminal that the row itself names; null, and each half that is null, takes the run's.</summary>
    public (string? Host, int? Port)? Address { get; init; }
}
