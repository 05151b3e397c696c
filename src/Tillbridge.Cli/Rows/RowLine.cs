namespace Tillbridge.Cli.Rows;

/// <summary>One row of the input.</summary>
/// <param name="Number">Its number, the first being 1.</param>
/// <param name="Values">Its columns by name, without case; null when the line cannot be read.</param>
/// <param name="Fault">Why it cannot be read.</param>
internal sealed record RowLine(int Number, IReadOnlyDictionary<string, string?>? Values, string? Fault = null);
