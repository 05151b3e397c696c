using System.Buffers;
using System.Text;
using System.Text.Json;
using Tillbridge.Domain;

namespace Tillbridge.Sessions;

/// <summary>The JSON bodies of journal records; the same objects that callers get as events.</summary>
internal static class RecordBodies
{
    public const string Empty = "{}";

    public static string State(Session session, string? text = null) => Build(json =>
    {
        json.WriteString("phase", Camel(session.Phase.ToString()));
        if (session.Announced is { } announced) json.WriteString("announced", Camel(announced.Outcome.ToString()));
        if (session.BrokenBy is { } broken) json.WriteString("reason", broken);
        if (text is not null) json.WriteString("text", text);
    });

    public static string Progress(string key, string? text) => Build(json =>
    {
        json.WriteString("key", key);
        if (text is not null) json.WriteString("text", text);
    });

    public static string Receipt(Receipt receipt) => Build(json =>
    {
        json.WriteString("copy", Camel(receipt.Audience.ToString()));
        json.WriteBoolean("signature", receipt.SignatureRequired);
        json.WriteStartArray("lines");
        foreach (var line in receipt.Lines) json.WriteStringValue(line.Text);
        json.WriteEndArray();
    });

    public static string Question(Conclusion conclusion) => Build(json =>
    {
        json.WriteString("question", "confirm");
        if (conclusion.ApprovedAmount is not { } amount) return;
        json.WriteStartObject("amount");
        json.WriteNumber("minorUnits", amount.MinorUnits);
        json.WriteString("currency", amount.Currency.Code);
        json.WriteEndObject();
    });

    public static string Incident(string code, string text) => Build(json =>
    {
        json.WriteString("code", code);
        json.WriteString("text", text);
    });

    public static string Action(string action, string by, string? note = null) => Build(json =>
    {
        json.WriteString("action", action);
        json.WriteString("by", by);
        if (note is not null) json.WriteString("note", note);
    });

    public static string Concluded(Conclusion conclusion) => Build(json =>
    {
        json.WriteString("outcome", Camel(conclusion.Outcome.ToString()));
        json.WriteString("reason", conclusion.Reason);
        if (conclusion.ResponseCode is { } code) json.WriteString("responseCode", code);
        if (conclusion.Grounds.Count == 0) return;
        json.WriteStartArray("grounds");
        foreach (var ground in conclusion.Grounds) json.WriteStringValue(ground);
        json.WriteEndArray();
    });

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static string Build(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
