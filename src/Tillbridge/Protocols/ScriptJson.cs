using System.Text.Json.Serialization;

namespace Tillbridge.Protocols;

/// <summary>The form of a script file.</summary>
internal sealed record ScriptFile(IReadOnlyList<TerminalScript>? Next, TerminalScript? Always);

/// <summary>Reads and writes scripts and books without reflection. Unknown keys are errors.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ScriptFile))]
[JsonSerializable(typeof(AcquirerMemory))]
[JsonSerializable(typeof(BooksLine))]
internal sealed partial class ScriptJson : JsonSerializerContext;
