namespace Tillbridge.Cli.Rows;

/// <summary>One row of the input.</summary>
/// <param name="Number">Its number, the first being 1.</param>
/// <param name="Line">The line of the file on which it begins, the first being 1.</param>
/// <param name="Values">Its columns by name, without case; null when the line cannot be read.</param>
/// <param name="Fault">Why it cannot be read.</param>
internal sealed record RowLine(int Number, int Line, IReadOnlyDictionary<string, string?>? Values, string? Fault = null)
{
    /// <summary>
    /// The key of a line that cannot be read: what stands in the place of its column. It names the row and carries nothing out.
    /// </summary>
    public string? Key { get; init; }
}
