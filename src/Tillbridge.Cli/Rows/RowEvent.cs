using System.Text.Json.Serialization;

namespace Tillbridge.Cli.Rows;

/// <summary>One line of progress with <c>--json</c>.</summary>
/// <param name="Event">row, or end.</param>
/// <param name="Row">The row's number; at the end how many there are.</param>
/// <param name="Key">The row's key.</param>
/// <param name="Outcome">The row's outcome; at the end the summary.</param>
/// <param name="ErrorCode">A stable code.</param>
/// <param name="Session">The session's id.</param>
internal sealed record RowEvent(string Event, int Row, string? Key, string Outcome, string? ErrorCode, string? Session)
{
    /// <summary>The line of the input on which the row begins.</summary>
    public long? Line { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RowEvent))]
internal sealed partial class RowJson : JsonSerializerContext;
