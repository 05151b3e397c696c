namespace Tillbridge.Facades.K2;

/// <summary>What a connection test came to.</summary>
/// <param name="Ok">The terminal, or its bank, answered.</param>
/// <param name="LocalizedDescription">One sentence, never empty.</param>
/// <param name="ResponseCode">The terminal's own code; null when there is none.</param>
/// <param name="Duration">How long it took.</param>
public sealed record K2TestResult(bool Ok, string LocalizedDescription, string? ResponseCode, TimeSpan Duration);
