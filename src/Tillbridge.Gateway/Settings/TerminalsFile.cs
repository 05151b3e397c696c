using System.Text.Json;
using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Settings;

/// <summary>
/// DATA/terminals.json: what was configured by HTTP, so that it survives a restart. An entry takes the place of the
/// one in <c>tillbridge.json</c>; null says that a terminal of <c>tillbridge.json</c> was removed.
/// </summary>
internal sealed class TerminalsFile(string path, IReadOnlySet<string> configured)
{
    // Earlier versions kept every name that was ever removed; their files are read, and become small with the next change.
    private const int MostKeys = 1_000_000;

    private readonly string fresh = path + ".new";

    /// <summary>The file of a gateway.</summary>
    public static TerminalsFile Of(GatewaySettings settings) => new(
        Path.Combine(settings.Data, "terminals.json"),
        settings.Terminals.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal));

    /// <summary>The terminals of the configuration with those of this file laid over them.</summary>
    public IReadOnlyList<TerminalEntry> Merge(IReadOnlyList<TerminalEntry> entries, SettingsReader reader)
    {
        var merged = entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        foreach (var (name, element) in Load(reader.Faults))
        {
            if (element.ValueKind is JsonValueKind.Null) merged.Remove(name);
            else if (reader.ReadTerminal(name, element, $"{path}: {name}") is { } entry) merged[name] = entry;
        }

        return [.. merged.Values];
    }

    /// <summary>
    /// Writes the file as it will be, with an entry as it was sent or without the terminal, and leaves the old one in its place
    /// until <see cref="Commit"/>. One caller at a time.
    /// </summary>
    /// <exception cref="IOException">The disk does not take it, or the old file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be written to.</exception>
    public async Task Prepare(string name, JsonElement? entry, CancellationToken shutdown)
    {
        var faults = new List<JsonFault>();
        var kept = Load(faults);
        if (faults.Count > 0) throw new IOException($"'{path}' cannot be read: {faults[0]}");
        if (entry is { } given) kept[name] = given;
        else kept[name] = JsonElement.Parse("null");
        PrivateFile.MakeDirectory(Path.GetDirectoryName(path)!);
        await using var stream = PrivateFile.Open(fresh, FileMode.Create, FileShare.None);
        await using (var writer = new Utf8JsonWriter(stream, new() { Indented = true }))
        {
            writer.WriteStartObject();
            foreach (var (key, value) in kept)
            {
                // Only a name that the configuration has would come back.
                if (value.ValueKind is JsonValueKind.Null && !configured.Contains(key)) continue;
                writer.WritePropertyName(key);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
            await writer.FlushAsync(shutdown);
        }

        stream.Flush(flushToDisk: true);
    }

    /// <summary>Puts what was prepared in the place of the file.</summary>
    /// <exception cref="IOException">The directory does not take it; the old file stays.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be written to; the old file stays.</exception>
    public void Commit() => File.Move(fresh, path, overwrite: true);

    private Dictionary<string, JsonElement> Load(List<JsonFault> faults)
    {
        if (!File.Exists(path)) return new(StringComparer.Ordinal);
        return JsonFields.Parse(File.ReadAllBytes(path), faults, MostKeys) is { } fields
            ? fields.Each().ToDictionary(item => item.Name, item => item.Value, StringComparer.Ordinal)
            : new(StringComparer.Ordinal);
    }
}
