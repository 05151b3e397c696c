using System.Text.Json.Serialization;

namespace Tillbridge.Protocols;

/// <summary>The form of a script file.</summary>
internal sealed record ScriptFile(
    IReadOnlyList<TerminalScript>? Next, TerminalScript? Always, IReadOnlyDictionary<string, string>? Answers = null);

/// <summary>Reads and writes scripts and books without reflection. Unknown keys are errors.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ScriptFile))]
[JsonSerializable(typeof(AcquirerMemory))]
internal sealed partial class ScriptJson : JsonSerializerContext;

/// <summary>Writes the books; every key stands in every line, also when it has no value (contract §5).</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BooksLine))]
internal sealed partial class BooksJson : JsonSerializerContext;
