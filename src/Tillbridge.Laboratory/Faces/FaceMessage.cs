using System.Text;
using System.Text.Json;

namespace Tillbridge.Laboratory.Faces;

/// <summary>A callback message as a client reads it, out of its bytes and nothing else.</summary>
internal sealed record FaceMessage(
    string Command, bool Success, string Value, bool IsIntermediate, string SessionId, int Sequence, string Code, string? Outcome,
    long? Approved, bool IsLate)
{
    /// <summary>What it says about money, in a line: two ends of one command must not differ in it.</summary>
    public string Statement => $"{(Success ? "success" : "no success")} {Outcome} {Approved} {(Code == "reversed-unseen" ? Code : "")}".TrimEnd();

    public static FaceMessage Read(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        return new(
            root.GetProperty(nameof(Command)).GetString()!, root.GetProperty(nameof(Success)).GetBoolean(),
            Encoding.UTF8.GetString(root.GetProperty(nameof(Value)).GetBytesFromBase64()), root.GetProperty("IsIntermediateState").GetBoolean(),
            root.GetProperty(nameof(SessionId)).GetString()!, root.GetProperty(nameof(Sequence)).GetInt32(), root.GetProperty(nameof(Code)).GetString()!,
            root.TryGetProperty(nameof(Outcome), out var outcome) ? outcome.GetString() : null,
            root.TryGetProperty("ApprovedAmount", out var money) ? money.GetProperty("minorUnits").GetInt64() : null,
            root.TryGetProperty("Late", out _));
    }
}
