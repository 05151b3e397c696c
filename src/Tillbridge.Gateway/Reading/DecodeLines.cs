using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tillbridge.Catalog;
using Tillbridge.Protocols;

namespace Tillbridge.Gateway.Reading;

/// <summary>
/// The JSON forms of decoded bytes: what <c>decode --json</c> and <c>decode --lines</c> print. It stands here and not beside the command,
/// because the laboratory feeds it and the program already uses the laboratory.
/// </summary>
public static class DecodeLines
{
    /// <summary>The most messages that one JSON line tells, at some 2 KB of memory each (found by the laboratory).</summary>
    public const int MostOfLine = 200;

    private static readonly JsonWriterOptions Writing =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One output line for one input line; bad input is an answer, too.</summary>
    public static string Answer(IProtocol protocol, string line)
    {
        string? name = null;
        try
        {
            using var input = JsonDocument.Parse(line.TrimStart('\uFEFF')); // The mark with which some editors begin a file.
            var root = input.RootElement;
            name = Text(root, "name");
            // A file may hold the messages of a family; a line that names another protocol is read by that one (contract §6).
            if ((Text(root, "proto") ?? Text(root, "codec")) is { } named && named != protocol.Name) protocol = Named(named) ?? protocol;
            var from = Text(root, "direction") switch { "ecr" => Sender.Ecr, "pt" => Sender.Terminal, _ => (Sender?)null };
            if (root.TryGetProperty("steps", out var steps) && steps.ValueKind is JsonValueKind.Array) return Steps(protocol, name, steps);
            if (Text(root, "text") is { } flow && FlowText.IsFlow(flow)) return Flow(protocol, name, flow);
            var bytes = Text(root, "text") is { } text ? Encoding.UTF8.GetBytes(text) : ReadHex(Text(root, "hex") ?? "");
            if (bytes is null) return Fault(name, "hex", "The value is no hexadecimal text.");
            return bytes.Length == 0 ? Fault(name, "hex", "There are no bytes.") : Object(protocol, bytes, from, name);
        }
        catch (JsonException wrong)
        {
            return Fault(name, "line", $"The line is no JSON object; it goes wrong at byte {(wrong.BytePositionInLine ?? 0) + 1}.");
        }
        catch (InvalidOperationException)
        {
            return Fault(name, "line", "The line is no JSON object.");
        }
    }

    private static IProtocol? Named(string named) => ProtocolCatalog.ByName.GetValueOrDefault(named)
        ?? ProtocolCatalog.All.FirstOrDefault(one => one.Dialects.Contains(named))?.InDialect(named);

    /// <summary>Hexadecimal text with blanks, colons and dashes allowed between bytes; null when it is none.</summary>
    public static byte[]? ReadHex(string text)
    {
        var digits = new string([.. text.Where(letter => !char.IsWhiteSpace(letter) && letter is not (':' or '-'))]);
        return digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits) : null;
    }

    /// <summary>
    /// All messages that stand in the bytes, up to the first that cannot be decoded; one over <paramref name="most"/> says that the rest
    /// is left out.
    /// </summary>
    public static IEnumerable<DecodedFrame> Frames(IProtocol protocol, byte[] bytes, Sender? from, int most)
    {
        var at = 0;
        for (var frames = 0; at < bytes.Length && frames < most; frames++)
        {
            var frame = protocol.Decode(bytes.AsSpan(at), from);
            yield return frame;
            if (frame.Error is not null || frame.End <= 0) yield break;
            at += frame.End;
        }

        if (at >= bytes.Length) yield break;
        yield return new("", [], new("rest", at, $"Only the first {most} messages are told; {bytes.Length - at} bytes are left out."));
    }

    /// <summary>One JSON object for the bytes; further messages behind the first stand under <c>more</c>.</summary>
    public static string Object(IProtocol protocol, byte[] bytes, Sender? from, string? name) => Build(json =>
    {
        if (name is not null) json.WriteString("name", name);
        var frames = Frames(protocol, bytes, from, MostOfLine).ToList();
        Write(json, frames[0]);
        if (frames.Count <= 1) return;
        json.WriteStartArray("more");
        foreach (var frame in frames.Skip(1))
        {
            json.WriteStartObject();
            Write(json, frame);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static string Flow(IProtocol protocol, string? name, string flow)
    {
        var lines = FlowText.Read(flow).Take(MostOfLine + 1).ToList();
        if (lines.Count is 0 or > MostOfLine) return Fault(name, "text", $"A flow has 1 to {MostOfLine} lines.");
        if (lines.FirstOrDefault(line => line.Bytes is not { Length: > 0 }) is { } bad)
            return Fault(name, "text", $"Line {bad.Number}: {bad.Fault ?? "there are no bytes."}");
        return Session(name, [.. lines.Select(line => protocol.Decode(line.Bytes, line.From))]);
    }

    private static string Steps(IProtocol protocol, string? name, JsonElement steps)
    {
        if (steps.GetArrayLength() is 0 or > MostOfLine) return Fault(name, "steps", $"A line has 1 to {MostOfLine} steps.");
        var frames = new List<DecodedFrame>();
        foreach (var step in steps.EnumerateArray())
        {
            // A session of which a step was passed over would look whole.
            if (StepOf(step) is not { Bytes.Length: > 0 } one)
                return Fault(name, "steps", $"Step {frames.Count + 1} is no side with bytes; write for example [\"ecr\", \"06 00 00\"].");
            frames.Add(protocol.Decode(one.Bytes, one.From));
        }

        return Session(name, frames);
    }

    private static string Session(string? name, List<DecodedFrame> frames)
    {
        return Build(json =>
        {
            if (name is not null) json.WriteString("name", name);
            json.WriteBoolean("ok", frames.TrueForAll(frame => frame.Error is null));
            json.WriteString("message", "Session");
            json.WriteStartArray("steps");
            foreach (var frame in frames)
            {
                json.WriteStartObject();
                Write(json, frame);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    // Vectors write a step as [side, hex] or as an object.
    private static (Sender From, byte[] Bytes)? StepOf(JsonElement step)
    {
        var (side, hex) = step.ValueKind switch
        {
            JsonValueKind.Array when step.GetArrayLength() == 2 => (TextOf(step[0]), TextOf(step[1])),
            JsonValueKind.Object => (Text(step, "direction"), Text(step, "hex")),
            _ => (null, null),
        };
        if (side is null || hex is null || ReadHex(hex) is not { } bytes) return null;
        return (side == "ecr" ? Sender.Ecr : Sender.Terminal, bytes);
    }

    private static void Write(Utf8JsonWriter json, DecodedFrame frame)
    {
        json.WriteBoolean("ok", frame.Error is null);
        json.WriteString("message", frame.Message);
        json.WriteStartObject("fields");
        // A field that comes several times, such as a text line, is a list.
        foreach (var group in frame.Fields.GroupBy(field => field.Name))
        {
            var values = group.Select(field => field.Value).ToList();
            if (values.Count == 1)
            {
                json.WriteString(group.Key, values[0]);
                continue;
            }

            json.WriteStartArray(group.Key);
            foreach (var value in values) json.WriteStringValue(value);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        if (frame.Error is { } error) WriteError(json, error.Field, error.Offset, error.Text);
        if (frame.AmountMinor is { } amount) json.WriteNumber("amountMinor", amount);
        (string Key, string? Value)[] keys =
        [
            ("currency", frame.Currency), ("resultCode", frame.ResultCode), ("receipt", frame.Receipt), ("rrn", frame.Rrn),
            ("approval", frame.Approval), ("reference", frame.Reference), ("trace", frame.Trace), ("terminalId", frame.TerminalId),
            ("maskedPan", frame.MaskedPan),
        ];
        foreach (var (key, value) in keys)
        {
            if (value is not null) json.WriteString(key, value);
        }
    }

    private static void WriteError(Utf8JsonWriter json, string field, int offset, string text)
    {
        json.WriteStartObject("error");
        json.WriteString("field", field);
        json.WriteNumber("offset", offset);
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private static string Fault(string? name, string field, string text) => Build(json =>
    {
        json.WriteString("name", name);
        json.WriteBoolean("ok", false);
        json.WriteString("message", "");
        json.WriteStartObject("fields");
        json.WriteEndObject();
        WriteError(json, field, 0, text);
    });

    private static string Build(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Writing))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) ? TextOf(value) : null;

    private static string? TextOf(JsonElement value) => value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
