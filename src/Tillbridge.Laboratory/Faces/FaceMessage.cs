using System.Text;
using System.Text.Json;

namespace Tillbridge.Laboratory.Faces;

/// <summary>A callback message as a client reads it, out of its bytes and nothing else.</summary>
internal sealed record FaceMessage(
    string Command, bool Success, string Value, bool IsIntermediate, string SessionId, int Sequence, string Code, string? Outcome,
    long? Approved, bool IsLate)
{
    /// <summary>Everything in it that a person may read, base64 undone.</summary>
    public string Text { get; private init; } = "";

    /// <summary>What it says about money, in a line: two ends of one command must not differ in it.</summary>
    public string Statement =>
        $"{(Success ? "success" : "no success")} {Outcome} {Approved} {(Code == "reversed-unseen" ? Code : "")}".TrimEnd();

    public static FaceMessage Read(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        return new(
            root.GetProperty(nameof(Command)).GetString()!, root.GetProperty(nameof(Success)).GetBoolean(),
            Read(root.GetProperty(nameof(Value))), root.GetProperty("IsIntermediateState").GetBoolean(),
            root.GetProperty(nameof(SessionId)).GetString()!, root.GetProperty(nameof(Sequence)).GetInt32(),
            root.GetProperty(nameof(Code)).GetString()!,
            root.TryGetProperty(nameof(Outcome), out var outcome) ? outcome.GetString() : null,
            root.TryGetProperty("ApprovedAmount", out var money) ? money.GetProperty("minorUnits").GetInt64() : null,
            root.TryGetProperty("Late", out _))
        {
            Text = string.Join('\n', Lines(root)),
        };
    }

    private static IEnumerable<string> Lines(JsonElement root)
    {
        yield return root.GetRawText();
        yield return Read(root.GetProperty(nameof(Value)));
        foreach (var line in root.GetProperty("ReceiptText").EnumerateArray()) yield return Read(line);
        if (!root.TryGetProperty("Receipts", out var receipts)) yield break;
        foreach (var line in receipts.EnumerateArray().SelectMany(receipt => receipt.GetProperty("lines").EnumerateArray()))
            yield return Read(line);
    }

    private static string Read(JsonElement base64) => Encoding.UTF8.GetString(base64.GetBytesFromBase64());
}
