using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tillbridge.Protocols.BProtocol.Dialects;

/// <summary>Finds a dialect by its built-in id or by the path of a file, which may extend a built-in one.</summary>
internal static class BDialectFiles
{
    public const string Gpe = "gpe-1";
    public const string Csob = "csob-b";

    private const int MostBytes = 256 * 1024;
    private const int MostFaultsTold = 8;

    private static readonly ConcurrentDictionary<string, BDialect> BuiltIn = new(StringComparer.Ordinal);

    public static IReadOnlyList<string> Ids { get; } = [Gpe, Csob];

    /// <summary>The built-in dialect of that id.</summary>
    public static BDialect Of(string id) => BuiltIn.GetOrAdd(id, static known => Parse(TextOf(known), known));

    /// <summary>The built-in dialect of that id; null when there is none.</summary>
    public static BDialect? OfId(string? id) => id is not null && Ids.Contains(id) ? Of(id) : null;

    /// <summary>A dialect by id or path.</summary>
    /// <exception cref="ArgumentException">There is none, or the file is wrong; the message names cause and cure.</exception>
    public static BDialect Find(string idOrPath)
    {
        if (Ids.Contains(idOrPath)) return Of(idOrPath);
        if (!File.Exists(idOrPath))
        {
            throw new ArgumentException(
                $"There is no dialect '{idOrPath}'; known are {string.Join(", ", Ids)}, or give the path of a dialect file.");
        }

        try
        {
            if (new FileInfo(idOrPath).Length > MostBytes)
                throw new ArgumentException($"The dialect file {idOrPath} is over {MostBytes / 1024} KiB; it is none of ours.");
            return Parse(File.ReadAllText(idOrPath), idOrPath);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"The dialect file {idOrPath} cannot be read: {wrong.Message}", wrong);
        }
    }

    /// <summary>Reads the text of a dialect.</summary>
    /// <exception cref="ArgumentException">It is wrong; the message names every place.</exception>
    internal static BDialect Parse(string json, string name)
    {
        try
        {
            return Read(json, name);
        }
        catch (InvalidOperationException wrong)
        {
            throw new ArgumentException($"The dialect {name} holds text that is not valid Unicode: half of a surrogate pair.", wrong);
        }
    }

    private static BDialect Read(string json, string name)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(Extend(json), new() { AllowDuplicateProperties = false });
        }
        catch (JsonException wrong)
        {
            throw new ArgumentException(
                $"The dialect {name} is no valid JSON, or has a key twice, at line {(wrong.LineNumber ?? 0) + 1}: {wrong.Message}", wrong);
        }

        using (document)
        {
            var reader = new BDialectReader();
            var dialect = reader.Read(document.RootElement);
            if (reader.Faults.Count == 0) return dialect;
            var more = reader.Faults.Count > MostFaultsTold ? $"; and {reader.Faults.Count - MostFaultsTold} more" : "";
            throw new ArgumentException(
                $"The dialect {name} is wrong: {string.Join("; ", reader.Faults.Take(MostFaultsTold))}{more}.");
        }
    }

    private static string Extend(string json)
    {
        var options = new JsonDocumentOptions { AllowDuplicateProperties = false };
        if (JsonNode.Parse(json, documentOptions: options) is not JsonObject own || own["extends"] is not { } named) return json;
        var isText = named is JsonValue value && value.TryGetValue<string>(out _);
        if (!isText || !Ids.Contains((string)named!))
            throw new ArgumentException($"extends must be one of: {string.Join(", ", Ids)}.");
        own.Remove("extends");
        var whole = (JsonObject)JsonNode.Parse(TextOf((string)named!))!;
        Merge(whole, own);
        return whole.ToJsonString();
    }

    // Objects are merged, everything else is replaced, and null takes a key away.
    private static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (key, value) in from.ToList())
        {
            if (value is JsonObject inner && into[key] is JsonObject known) Merge(known, inner);
            else if (value is null) into.Remove(key);
            else into[key] = value.DeepClone();
        }
    }

    private static string TextOf(string id)
    {
        using var stream = typeof(BDialectFiles).Assembly.GetManifestResourceStream($"dialects/{id}.json");
        Invariant.Holds(stream is not null, "the built-in dialects are part of the assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
