using System.Buffers;
using System.Text;
using System.Text.Json;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;

namespace Tillbridge.Gateway.Api;

/// <summary>One event for a listener: a server-sent event, or a line of the command line's JSON.</summary>
/// <param name="Id">The journal record's sequence number; a listener resumes after it.</param>
/// <param name="Event">state, progress, receipt, question, incident or concluded.</param>
/// <param name="Json">The event object, one line.</param>
public sealed record EventView(long Id, string Event, string Json)
{
    private static readonly HashSet<string> Own = new(["event", "session", "terminal", "at", "result"], StringComparer.Ordinal);

    /// <summary>The event that a journal record tells; null for frames, which are no events.</summary>
    /// <param name="record">The record.</param>
    /// <param name="session">Its session as it is now; a concluded event carries it whole.</param>
    /// <param name="protocols">Who can word a progress key for which the terminal sent no text; null leaves the key.</param>
    /// <exception cref="JournalException">The record's body is no JSON object: the journal is damaged.</exception>
    public static EventView? From(
        JournalRecord record, Session? session, IReadOnlyDictionary<string, IProtocol>? protocols = null)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (NameOf(record.Kind) is not { } name) return null;
        try
        {
            using var body = JsonDocument.Parse(record.Body);
            return new(record.Sequence, name, Write(record, name, body.RootElement, session, protocols));
        }
        catch (JsonException wrong)
        {
            throw Damaged(record, wrong);
        }
        catch (InvalidOperationException wrong)
        {
            throw Damaged(record, wrong); // No object, or text that is no Unicode.
        }
    }

    private static string Write(
        JournalRecord record, string name, JsonElement body, Session? session, IReadOnlyDictionary<string, IProtocol>? protocols)
    {
        var json = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(json, ApiJson.Writing))
        {
            writer.WriteStartObject();
            writer.WriteString("event", name);
            writer.WriteString("session", record.Session.Value);
            writer.WriteString("terminal", record.Terminal);
            writer.WriteString("at", record.At.UtcDateTime);
            foreach (var member in body.EnumerateObject().Where(member => !Own.Contains(member.Name)))
                member.WriteTo(writer);
            if (record.Kind is RecordKind.Progress) WriteText(writer, body, session, protocols);
            if (record.Kind is RecordKind.Concluded && session is not null)
            {
                writer.WritePropertyName("result");
                JsonSerializer.Serialize(writer, SessionView.From(session), ApiJson.Default.SessionView);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(json.WrittenSpan);
    }

    private static JournalException Damaged(JournalRecord record, Exception wrong) => new(
        JournalFault.Corrupt,
        $"The body of record {record.Sequence} is no JSON object; the journal is damaged, 'tillbridge journal verify' tells where.", wrong);

    private static string? NameOf(RecordKind kind) => kind switch
    {
        RecordKind.Intent or RecordKind.Action or RecordKind.State => "state",
        RecordKind.Progress => "progress",
        RecordKind.Receipt => "receipt",
        RecordKind.Question => "question",
        RecordKind.Incident => "incident",
        RecordKind.Concluded => "concluded",
        _ => null,
    };

    private static void WriteText(
        Utf8JsonWriter writer, JsonElement body, Session? session, IReadOnlyDictionary<string, IProtocol>? protocols)
    {
        if (body.TryGetProperty("text", out _)) return;
        if (!body.TryGetProperty("key", out var named) || named.ValueKind is not JsonValueKind.String) return;
        var key = named.GetString() ?? "";
        var protocol = protocols is null ? null : ProgressWords.Of(protocols.Values, key);
        writer.WriteString("text", protocol?.ProgressText(key, session?.Request.Language ?? "en") ?? key);
    }
}
