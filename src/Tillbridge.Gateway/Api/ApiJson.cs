using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Tillbridge.Gateway.Api;

/// <summary>Writes the API's models without reflection. Absent values are written as null, so that a field is never missing.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(UtcMoment)])]
[JsonSerializable(typeof(SessionView))]
[JsonSerializable(typeof(SessionListView))]
[JsonSerializable(typeof(TerminalView))]
[JsonSerializable(typeof(TerminalListView))]
[JsonSerializable(typeof(TestView))]
[JsonSerializable(typeof(TimelineView))]
[JsonSerializable(typeof(ReconciliationListView))]
[JsonSerializable(typeof(HealthView))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>
    /// Readable letters of all languages. What HTML would want escaped is not: the answers say that they are JSON and
    /// forbid guessing otherwise.
    /// </summary>
    public static JsonWriterOptions Writing { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A value as one line of UTF-8.</summary>
    public static ReadOnlyMemory<byte> Write<T>(T value, JsonTypeInfo<T> type)
    {
        var json = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(json, Writing)) JsonSerializer.Serialize(writer, value, type);
        return json.WrittenMemory;
    }

    /// <summary>Moments end with Z everywhere, as in events.</summary>
    private sealed class UtcMoment : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime);
    }
}

/// <summary>Writes problems, whose optional members are left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemView))]
internal sealed partial class ProblemJson : JsonSerializerContext;
