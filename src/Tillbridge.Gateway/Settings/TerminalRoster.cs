using System.Collections.Concurrent;
using System.Text.Json;
using Tillbridge.Sessions;

namespace Tillbridge.Gateway.Settings;

/// <summary>
/// The terminals as they are configured now. A change is handed to the engine first and then kept in the data
/// directory, so that a refused change leaves no trace.
/// </summary>
internal sealed class TerminalRoster(
    IEnumerable<TerminalEntry> entries, TerminalsFile file, Func<TerminalSettings, Task<Refusal?>> put, Func<string, Task<Refusal?>> remove)
    : IDisposable
{
    private readonly ConcurrentDictionary<string, TerminalEntry> byName =
        new(entries.ToDictionary(entry => entry.Name), StringComparer.Ordinal);

    private readonly SemaphoreSlim oneChange = new(1);

    /// <summary>Their names, sorted.</summary>
    public IReadOnlyList<string> Names => [.. byName.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The entry of that name; null when there is none.</summary>
    public TerminalEntry? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>Takes a terminal in or replaces it. <paramref name="written"/> is what is kept in the file.</summary>
    public async Task<Refusal?> Put(TerminalEntry entry, JsonElement written, CancellationToken shutdown)
    {
        using var turn = await Turn.Of(oneChange, shutdown);
        if (await put(entry.Settings) is { } refusal) return refusal;
        byName[entry.Name] = entry;
        await file.Keep(entry.Name, written, shutdown);
        return null;
    }

    /// <summary>Takes a terminal out.</summary>
    public async Task<Refusal?> Remove(string name, CancellationToken shutdown)
    {
        using var turn = await Turn.Of(oneChange, shutdown);
        if (!byName.ContainsKey(name)) return new(RefusalCode.NotFound, $"There is no terminal '{name}'.");
        if (await remove(name) is { } refusal) return refusal;
        byName.TryRemove(name, out _);
        await file.Keep(name, null, shutdown);
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => oneChange.Dispose();

    private sealed class Turn(SemaphoreSlim gate) : IDisposable
    {
        public static async Task<Turn> Of(SemaphoreSlim gate, CancellationToken shutdown)
        {
            await gate.WaitAsync(shutdown);
            return new(gate);
        }

        public void Dispose() => gate.Release();
    }
}
