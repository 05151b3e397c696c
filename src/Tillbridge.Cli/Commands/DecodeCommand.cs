using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tillbridge.Catalog;
using Tillbridge.Protocols;

namespace Tillbridge.Cli.Commands;

/// <summary>Bytes as a readable, masked dump.</summary>
internal static class DecodeCommand
{
    private static readonly Argument<string> Protocol = new("PROTOCOL") { Description = "zvt" };
    private static readonly Argument<string[]> Hex =
        new("HEX") { Description = "Bytes in hexadecimal; from standard input when none are given", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string?> Direction = new("--direction") { Description = "Who sent it: ecr or pt" };
    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object" };
    private static readonly Option<bool> Lines = new("--lines") { Description = "JSON lines from standard input, one JSON line each out" };

    public static Command Build()
    {
        var command = new Command("decode", "Take the bytes of a protocol apart; card numbers and passwords are masked.")
        {
            Protocol, Hex, Direction, Json, Lines,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var name = parsed.GetRequiredValue(Protocol);
        if (!ProtocolCatalog.ByName.TryGetValue(name, out var protocol))
            throw CliException.Usage($"There is no protocol '{name}'; known are {string.Join(", ", ProtocolCatalog.ByName.Keys.Order())}.");
        if (parsed.GetValue(Lines))
        {
            while (Console.In.ReadLine() is { } line)
            {
                if (!string.IsNullOrWhiteSpace(line)) Console.WriteLine(DecodeLines.Answer(protocol, line));
            }

            return ExitCodes.Ok;
        }

        var from = SenderOf(parsed.GetValue(Direction));
        var given = parsed.GetValue(Hex) ?? [];
        var text = given.Length > 0 ? string.Concat(given) : Console.In.ReadToEnd();
        if (DecodeLines.ReadHex(text) is not { } bytes)
            throw CliException.Usage("The bytes are no hexadecimal text; write for example 06 0F 00.");
        if (bytes.Length == 0) throw CliException.Usage("There are no bytes to decode; give them as arguments or on standard input.");
        if (parsed.GetValue(Json)) Console.WriteLine(DecodeLines.Object(protocol, bytes, from, name: null));
        else ShowText(protocol, bytes, from);
        return ExitCodes.Ok;
    }

    private static Sender? SenderOf(string? direction) => direction switch
    {
        null => null,
        "ecr" => Sender.Ecr,
        "pt" => Sender.Terminal,
        _ => throw CliException.Usage($"--direction is ecr or pt, not '{direction}'."),
    };

    private static void ShowText(IProtocol protocol, byte[] bytes, Sender? from)
    {
        foreach (var frame in DecodeLines.Frames(protocol, bytes, from))
        {
            Console.WriteLine(frame.Message.Length == 0 ? "(not decoded)" : frame.Message);
            foreach (var field in frame.Fields)
                Console.WriteLine($"  {field.Offset.ToString(CultureInfo.InvariantCulture),5}  {field.Name,-28} {field.Value}");
            if (frame.ResultCode is { } code && protocol.ResponseText(code, "en") is { } text)
                Console.WriteLine($"         result {code}: {text}");
            if (frame.Error is { } error) Console.WriteLine($"  ERROR {error.Field} at byte {error.Offset}: {error.Text}");
        }
    }
}

/// <summary>The JSON forms of decoded bytes (contract §6).</summary>
internal static class DecodeLines
{
    private const int MostFrames = 10_000;

    private static readonly JsonWriterOptions Writing =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One output line for one input line; bad input is an answer, too.</summary>
    public static string Answer(IProtocol protocol, string line)
    {
        string? name = null;
        try
        {
            using var input = JsonDocument.Parse(line);
            var root = input.RootElement;
            name = Text(root, "name");
            var from = Text(root, "direction") switch { "ecr" => Sender.Ecr, "pt" => Sender.Terminal, _ => (Sender?)null };
            if (root.TryGetProperty("steps", out var steps) && steps.ValueKind is JsonValueKind.Array) return Steps(protocol, name, steps);
            var bytes = Text(root, "text") is { } text ? Encoding.UTF8.GetBytes(text) : ReadHex(Text(root, "hex") ?? "");
            if (bytes is null) return Fault(name, "hex", "The value is no hexadecimal text.");
            return bytes.Length == 0 ? Fault(name, "hex", "There are no bytes.") : Object(protocol, bytes, from, name);
        }
        catch (JsonException wrong)
        {
            return Fault(name, "line", $"The line is no JSON object: {wrong.Message}");
        }
        catch (InvalidOperationException)
        {
            return Fault(name, "line", "The line is no JSON object.");
        }
    }

    /// <summary>Hexadecimal text with blanks, colons and dashes allowed between bytes; null when it is none.</summary>
    public static byte[]? ReadHex(string text)
    {
        var digits = new string([.. text.Where(letter => !char.IsWhiteSpace(letter) && letter is not (':' or '-'))]);
        return digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits) : null;
    }

    /// <summary>All messages that stand in the bytes, up to the first that cannot be decoded.</summary>
    public static IEnumerable<DecodedFrame> Frames(IProtocol protocol, byte[] bytes, Sender? from)
    {
        var at = 0;
        for (var frames = 0; at < bytes.Length && frames < MostFrames; frames++)
        {
            var frame = protocol.Decode(bytes.AsSpan(at), from);
            yield return frame;
            if (frame.Error is not null || frame.End <= 0) yield break;
            at += frame.End;
        }
    }

    /// <summary>One JSON object for the bytes; further messages behind the first stand under <c>more</c>.</summary>
    public static string Object(IProtocol protocol, byte[] bytes, Sender? from, string? name) => Build(json =>
    {
        if (name is not null) json.WriteString("name", name);
        var frames = Frames(protocol, bytes, from).ToList();
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

    private static string Steps(IProtocol protocol, string? name, JsonElement steps) => Build(json =>
    {
        if (name is not null) json.WriteString("name", name);
        var frames = new List<DecodedFrame>();
        foreach (var step in steps.EnumerateArray())
        {
            if (step.ValueKind is not JsonValueKind.Array || step.GetArrayLength() != 2) continue;
            if (ReadHex(step[1].GetString() ?? "") is not { Length: > 0 } bytes) continue;
            frames.Add(protocol.Decode(bytes, step[0].GetString() == "ecr" ? Sender.Ecr : Sender.Terminal));
        }

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
        root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
