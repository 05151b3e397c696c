using System.Globalization;
using System.Text;
using System.Text.Json;
using Tillbridge.Protocols;

namespace Tillbridge.Gateway.Reading;

/// <summary>One line of a trace.</summary>
/// <param name="Number">Its number, the first being 1.</param>
/// <param name="From">Who sent it; null when the line does not tell.</param>
/// <param name="Bytes">What it says; null when it cannot be read.</param>
/// <param name="Fault">Why it cannot be read.</param>
public sealed record FlowLine(int Number, Sender? From, byte[]? Bytes, string? Fault = null);

/// <summary>
/// Traces as people keep them: a side and bytes in a line, the bytes in hexadecimal or as text in which control characters are written
/// as <c>&lt;STX&gt;</c>; or JSON lines as <c>decode --lines</c> takes them.
/// </summary>
public static class FlowText
{
    private static readonly (string Name, char Value)[] Names =
    [
        ("<STX>", '\x02'), ("<ETX>", '\x03'), ("<EOT>", '\x04'), ("<ENQ>", '\x05'), ("<ACK>", '\x06'), ("<DLE>", '\x10'), ("<NAK>", '\x15'),
        ("<LF>", '\n'), ("<CR>", '\r'), ("<FS>", '\x1C'), ("<GS>", '\x1D'), ("<RS>", '\x1E'), ("<US>", '\x1F'),
    ];

    private static readonly Dictionary<string, Sender> Sides = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ecr"] = Sender.Ecr, ["till"] = Sender.Ecr, ["->"] = Sender.Ecr, [">"] = Sender.Ecr,
        ["pt"] = Sender.Terminal, ["terminal"] = Sender.Terminal, ["<-"] = Sender.Terminal, ["<"] = Sender.Terminal,
    };

    /// <summary>True for text that names control characters.</summary>
    public static bool IsFlow(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Contains("<STX>", StringComparison.Ordinal);
    }

    /// <summary>The lines of a trace; empty ones and those that begin with # say nothing.</summary>
    public static IEnumerable<FlowLine> Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var number = 0;
        foreach (var row in text.Split('\n'))
        {
            number++;
            var line = row.Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            foreach (var read in line[0] == '{' ? ReadJson(line, number) : [ReadLine(line, number)]) yield return read;
        }
    }

    private static FlowLine ReadLine(string line, int number)
    {
        var blank = line.IndexOfAny([' ', '\t']);
        Sender? from = blank > 0 && Sides.TryGetValue(line[..blank].TrimEnd(':'), out var side) ? side : null;
        if (from is not null) line = line[(blank + 1)..].Trim();
        if (IsFlow(line)) return ReadNamed(line, from, number);
        return DecodeLines.ReadHex(line) is { Length: > 0 } bytes
            ? new(number, from, bytes)
            : new(number, from, null, "this is neither hexadecimal text nor text with <STX> and <ETX>");
    }

    private static FlowLine ReadNamed(string line, Sender? from, int number)
    {
        foreach (var (name, value) in Names) line = line.Replace(name, value.ToString(), StringComparison.Ordinal);
        return line.All(letter => letter <= 0xFF)
            ? new(number, from, Encoding.Latin1.GetBytes(line))
            // Letters beyond Latin-1 were decoded by whoever wrote the trace; the terminals of these parts speak Latin-2.
            : new(number, from, Tillbridge.Wire.CodePages.Find("iso-8859-2")!.GetBytes(line));
    }

    private static IEnumerable<FlowLine> ReadJson(string line, int number)
    {
        JsonDocument document;
        FlowLine? wrong = null;
        try
        {
            document = JsonDocument.Parse(line);
        }
        catch (JsonException fault)
        {
            wrong = new(number, null, null, $"this is no JSON object: {fault.Message}");
            document = JsonDocument.Parse("{}");
        }

        using (document)
        {
            if (wrong is not null) return [wrong];
            var (direction, text, hex) = (Text(document, "direction"), Text(document, "text"), Text(document, "hex"));
            Sender? from = direction switch { "ecr" => Sender.Ecr, "pt" => Sender.Terminal, _ => null };
            if (text is not null && IsFlow(text)) return [.. text.Split('\n').Where(row => row.Trim().Length > 0).Select(row =>
                ReadLine(row.Trim(), number))];
            return hex is not null && DecodeLines.ReadHex(hex) is { Length: > 0 } bytes
                ? [new(number, from, bytes)]
                : [new(number, from, null, string.Create(CultureInfo.InvariantCulture, $"it has neither hex nor text with <STX>"))];
        }
    }

    private static string? Text(JsonDocument document, string name) =>
        document.RootElement.ValueKind is JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value)
            && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
