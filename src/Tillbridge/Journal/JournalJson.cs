using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Tillbridge.Domain;
using Tillbridge.Domain.Proof;

namespace Tillbridge.Journal;

/// <summary>A session as JSON and back, exactly. Unknown properties are tolerated, missing ones that money hangs on are not.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    RespectNullableAnnotations = true,
    Converters =
    [
        typeof(JournalJson.CurrencyText), typeof(JournalJson.SessionIdText), typeof(JournalJson.GroundsText),
        typeof(JournalJson.CamelCase<RequestKind>), typeof(JournalJson.CamelCase<SessionPhase>),
        typeof(JournalJson.CamelCase<Outcome>), typeof(JournalJson.CamelCase<ReceiptAudience>),
    ])]
[JsonSerializable(typeof(Session))]
internal sealed partial class JournalJson : JsonSerializerContext
{
    public static string Write(Session session) => JsonSerializer.Serialize(session, Shape.OfSession);

    /// <summary>Reads a session.</summary>
    /// <exception cref="JournalException">The text is no session.</exception>
    public static Session Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Shape.OfSession) ?? throw new JsonException("It is null.");
        }
        catch (JsonException error)
        {
            throw new JournalException(
                JournalFault.Corrupt, $"A stored session cannot be read: {error.Message} {JournalDirectory.CorruptCure}", error);
        }
    }

    // In a class of its own, so that it is made after the generated half's static fields.
    private static class Shape
    {
        public static readonly JsonTypeInfo<Session> OfSession = MakeShape();
    }

    private static JsonTypeInfo<Session> MakeShape()
    {
        var options = new JsonSerializerOptions(Default.Options)
        {
            TypeInfoResolver = Default.WithAddedModifier(RequireWhatCannotBeAbsent),

            // The text is kept in a file, never in a page: names in Cyrillic stay readable and short.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        return (JsonTypeInfo<Session>)options.GetTypeInfo(typeof(Session));
    }

    // Not known to the version that wrote a file of schema 1 or 2, or a record of before; absent says no, as it did then, or none.
    private static readonly string[] CameLater = ["checkReconciliation", "isUnsigned", "grounds"];

    // An absent outcome would be read as the enumeration's zero, Approved, and an absent amount as 0.
    private static void RequireWhatCannotBeAbsent(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.AssociatedParameter is { HasDefaultValue: false, IsNullable: false }) property.IsRequired = true;
            if (property.PropertyType == typeof(SessionPhase)) property.IsRequired = true;
            if (CameLater.Contains(property.Name)) property.IsRequired = false;
            if (type.Type == typeof(ReceiptLine) && property.PropertyType != typeof(string))
                property.ShouldSerialize = (_, value) => value is not (false or 0);
            if (property.PropertyType == typeof(Grounds)) property.ShouldSerialize = (_, value) => value is Grounds { Count: > 0 };
        }
    }

    internal sealed class CamelCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
        where T : struct, Enum;

    internal sealed class CurrencyText : JsonConverter<Currency>
    {
        public override Currency Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            Domain.Currency.TryFind(reader.GetString(), out var currency) ? currency : throw new JsonException("Unknown currency.");

        public override void Write(Utf8JsonWriter writer, Currency value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Code);
    }

    // Codes of a later version are kept as they are.
    internal sealed class GroundsText : JsonConverter<Grounds>
    {
        public override Grounds Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            if (reader.TokenType is not JsonTokenType.StartArray) throw new JsonException("Grounds are a list.");
            var codes = new List<string>();
            while (reader.Read() && reader.TokenType is JsonTokenType.String) codes.Add(reader.GetString()!);
            return reader.TokenType is JsonTokenType.EndArray
                ? Domain.Proof.Grounds.Of(codes)
                : throw new JsonException("A ground is a text.");
        }

        public override void Write(Utf8JsonWriter writer, Grounds value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (var code in value) writer.WriteStringValue(code);
            writer.WriteEndArray();
        }
    }

    internal sealed class SessionIdText : JsonConverter<SessionId>
    {
        public override SessionId Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            Domain.SessionId.TryParse(reader.GetString()) ?? throw new JsonException("No session id.");

        public override void Write(Utf8JsonWriter writer, SessionId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value);
    }
}
