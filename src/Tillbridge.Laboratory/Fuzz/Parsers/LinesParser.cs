using System.Text;
using System.Text.Json;
using Tillbridge.Gateway.Reading;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Fuzz.Parsers;

/// <summary>The lines that <c>decode --lines</c> reads. Whatever stands in one, the answer is one line with the same members.</summary>
internal sealed class LinesParser(IProtocol protocol) : ProtocolParser("lines")
{
    // As other texts: beyond, the platform's decoding of broken UTF-8 would be measured.
    private const int MostBytes = 16 * 1024;

    /// <summary>A message as a line.</summary>
    public static byte[] LineOf(byte[] message) =>
        Encoding.UTF8.GetBytes($"{{\"name\":\"vector\",\"hex\":\"{Convert.ToHexString(message)}\"}}");

    /// <summary>The longest line that is tried, full of the shortest message.</summary>
    public static byte[] FullLine(IEnumerable<byte[]> messages)
    {
        var shortest = messages.MinBy(message => message.Length)!;
        var times = (MostBytes - LineOf([]).Length) / (2 * shortest.Length);
        return LineOf([.. Enumerable.Repeat(shortest, times).SelectMany(message => message)]);
    }

    public override object? Read(ReadOnlySpan<byte> input)
    {
        if (input.Length > MostBytes) return null;
        return new Answer(DecodeLines.Answer(protocol, Encoding.UTF8.GetString(input)));
    }

    // Nobody writes what is read here, but what was answered is looked at outside of the measured time.
    public override byte[]? Write(object read)
    {
        var line = ((Answer)read).Line;
        Invariant.Holds(!line.AsSpan().ContainsAny('\n', '\r'), "an answer is one line");
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        var isOk = root.GetProperty("ok").GetBoolean();
        Invariant.Holds(root.GetProperty("message").ValueKind is JsonValueKind.String, "an answer names a message");
        if (root.TryGetProperty("steps", out _)) return null;
        Invariant.Holds(root.GetProperty("fields").ValueKind is JsonValueKind.Object, "an answer has fields");
        Invariant.Holds(isOk != root.TryGetProperty("error", out _), "an answer is right or says what is wrong");
        return null;
    }

    private sealed record Answer(string Line);
}
