using System.Buffers;
using System.Text.Json;
using Tillbridge.Domain;
using Tillbridge.Gateway.Api.Requests;
using Tillbridge.Gateway.Reading;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Fuzz.Parsers;

/// <summary>The bodies of the three things that a person can do to a session.</summary>
internal static class ActionParsers
{
    public static IReadOnlyList<ProtocolParser> All { get; } =
    [
        Of("gateway/abort-body", AbortBody.Read, (json, asked) => json.WriteString("by", asked.By)),
        Of("gateway/confirm-body", ConfirmBody.Read, (json, asked) =>
        {
            json.WriteBoolean("commit", asked.Commit);
            json.WriteString("by", asked.By);
        }),
        Of("gateway/resolve-body", ResolveBody.Read, (json, asked) =>
        {
            Invariant.Holds(asked.Outcome is not Outcome.Unknown, "a person concludes with a definite outcome");
            json.WriteString("outcome", Words<Outcome>.Of(asked.Outcome));
            json.WriteString("by", asked.By);
            if (asked.Note.Length > 0) json.WriteString("note", asked.Note);
        }),
    ];

    private static BytesParser Of<T>(string name, Func<JsonFields, List<JsonFault>, T?> read, Action<Utf8JsonWriter, T> write)
        where T : class => new(name, input => Read(input, read), value => Write((T)value, write));

    private static T? Read<T>(byte[] input, Func<JsonFields, List<JsonFault>, T?> read) where T : class
    {
        var faults = new List<JsonFault>();
        var body = JsonFields.Parse(input, faults) is { } fields ? read(fields, faults) : null;
        Invariant.Holds(body is null == faults.Count > 0, "a refused body says why, and one that is taken has no fault");
        return body;
    }

    private static byte[] Write<T>(T asked, Action<Utf8JsonWriter, T> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            write(json, asked);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }
}
