using System.Text.Json;
using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Settings;

/// <summary>
/// DATA/terminals.json: what was configured by HTTP, so that it survives a restart. An entry takes the place of the
/// one in <c>tillbridge.json</c>; null says that the terminal was removed.
/// </summary>
internal sealed class TerminalsFile(string path)
{
    /// <summary>The file of a gateway.</summary>
    public static TerminalsFile Of(GatewaySettings settings) => new(Path.Combine(settings.Data, "terminals.json"));

    /// <summary>The terminals of the configuration with those of this file laid over them.</summary>
    public IReadOnlyList<TerminalEntry> Merge(IReadOnlyList<TerminalEntry> configured, SettingsReader reader)
    {
        var merged = configured.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        foreach (var (name, element) in Load(reader.Faults))
        {
            if (element.ValueKind is JsonValueKind.Null) merged.Remove(name);
            else if (reader.ReadTerminal(name, element, $"{path}: {name}") is { } entry) merged[name] = entry;
        }

        return [.. merged.Values];
    }

    /// <summary>Keeps an entry as it was sent, or that the terminal was removed. One caller at a time.</summary>
    public async Task Keep(string name, JsonElement? entry, CancellationToken shutdown)
    {
        var kept = Load([]);
        if (entry is { } given) kept[name] = given;
        else kept[name] = JsonElement.Parse("null");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var fresh = path + ".new";
        await using (var stream = new FileStream(fresh, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            await using (var writer = new Utf8JsonWriter(stream, new() { Indented = true }))
            {
                writer.WriteStartObject();
                foreach (var (key, value) in kept)
                {
                    writer.WritePropertyName(key);
                    value.WriteTo(writer);
                }

                writer.WriteEndObject();
                await writer.FlushAsync(shutdown);
            }

            stream.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
    }

    private Dictionary<string, JsonElement> Load(List<JsonFault> faults)
    {
        if (!File.Exists(path)) return new(StringComparer.Ordinal);
        return JsonFields.Parse(File.ReadAllBytes(path), faults) is { } fields
            ? fields.Each().ToDictionary(item => item.Name, item => item.Value, StringComparer.Ordinal)
            : new(StringComparer.Ordinal);
    }
}
