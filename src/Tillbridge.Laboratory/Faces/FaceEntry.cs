using System.Text.Json;

namespace Tillbridge.Laboratory.Faces;

/// <summary>A line of the list of aborted, unfinished and invalid sessions, as a client reads it.</summary>
internal sealed record FaceEntry(
    string Id, string Kind, string? Outcome, long? Approved, bool Delivered, bool HasReversal, string? ReversalOutcome)
{
    public static IReadOnlyList<FaceEntry> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return
        [
            .. document.RootElement.EnumerateArray().Select(entry =>
            {
                var money = entry.GetProperty("ApprovedAmount");
                var reversal = entry.GetProperty("Reversal");
                var isReversed = reversal.ValueKind is JsonValueKind.Object;
                return new FaceEntry(
                    entry.GetProperty(nameof(Id)).GetString()!, entry.GetProperty(nameof(Kind)).GetString()!,
                    entry.GetProperty(nameof(Outcome)).GetString(),
                    money.ValueKind is JsonValueKind.Object ? money.GetProperty("minorUnits").GetInt64() : null,
                    entry.GetProperty(nameof(Delivered)).GetBoolean(), isReversed,
                    isReversed ? reversal.GetProperty(nameof(Outcome)).GetString() : null);
            }),
        ];
    }
}
