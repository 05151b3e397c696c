using System.Buffers;
using System.Text;
using System.Text.Json;
using Tillbridge.Journal;
using Tillbridge.Protocols;

namespace Tillbridge.Sessions;

/// <summary>Makes a frame's readable text when somebody looks: the journal keeps masked bytes, and who can read them.</summary>
public static class FrameText
{
    /// <summary>
    /// The body of a record; that of a frame has <c>from</c>, <c>dump</c> and, where the bytes are kept, <c>bytes</c> in hexadecimal.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="protocols">Who reads the bytes, by name; of a protocol that is not there the bytes are shown as they are.</param>
    public static string BodyOf(JournalRecord record, IReadOnlyDictionary<string, IProtocol> protocols)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(protocols);
        if (record.Kind is not RecordKind.Frame) return record.Body;
        try
        {
            using var body = JsonDocument.Parse(record.Body);
            return Kept(body.RootElement) is { } kept ? With(kept, protocols) : record.Body;
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException)
        {
            return record.Body;
        }
    }

    private static (string From, string Form, byte[] Bytes)? Kept(JsonElement body) =>
        body.ValueKind is JsonValueKind.Object && Text(body, "form") is { } form && Text(body, "bytes") is { } bytes
            ? (Text(body, "from") ?? "terminal", form, Convert.FromHexString(bytes))
            : null;

    private static string With((string From, string Form, byte[] Bytes) kept, IReadOnlyDictionary<string, IProtocol> protocols)
    {
        var parts = kept.Form.Split('/', 2);
        var from = kept.From == "terminal" ? Sender.Terminal : Sender.Ecr;
        var dump = protocols.TryGetValue(parts[0], out var protocol)
            ? protocol.Dump(kept.Bytes, from, parts.Length > 1 ? parts[1] : null)
            : $"{parts[0]}, {kept.Bytes.Length} bytes: {Convert.ToHexString(kept.Bytes)}";
        var written = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(written))
        {
            json.WriteStartObject();
            json.WriteString("from", kept.From);
            json.WriteString("dump", dump);
            json.WriteString("bytes", Convert.ToHexString(kept.Bytes));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(written.WrittenSpan);
    }

    private static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
