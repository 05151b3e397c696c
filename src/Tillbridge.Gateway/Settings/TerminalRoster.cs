using System.Collections.Concurrent;
using System.Text.Json;
using Tillbridge.Sessions;

namespace Tillbridge.Gateway.Settings;

/// <summary>
/// The terminals as they are configured now. A change is written beside the file first, then handed to the engine, and takes
/// its place when the engine has taken it: a refused change leaves no trace, and one that the disk does not take is never live.
/// </summary>
internal sealed class TerminalRoster(
    IEnumerable<TerminalEntry> entries, TerminalsFile file, int most,
    Func<TerminalSettings, Task<Refusal?>> put, Func<string, Task<Refusal?>> remove)
    : IDisposable
{
    private readonly ConcurrentDictionary<string, TerminalEntry> byName =
        new(entries.ToDictionary(entry => entry.Name), StringComparer.Ordinal);

    private readonly SemaphoreSlim oneChange = new(1);

    // Every payment asks for the names, and nearly never do they change.
    private volatile string[] sorted = [.. entries.Select(entry => entry.Name).Order(StringComparer.Ordinal)];

    /// <summary>Their names, sorted.</summary>
    public IReadOnlyList<string> Names => sorted;

    /// <summary>The entry of that name; null when there is none.</summary>
    public TerminalEntry? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>Takes a terminal in or replaces it. <paramref name="written"/> is what is kept in the file.</summary>
    public async Task<NoChange?> Put(TerminalEntry entry, JsonElement written, CancellationToken shutdown)
    {
        using var turn = await Turn.Of(oneChange, shutdown);
        var before = Find(entry.Name);
        if (before is null && byName.Count >= most) return new NoChange.TooMany(most);
        var place = entry.Settings.Address.Place;
        if (byName.Values.FirstOrDefault(other => other.Name != entry.Name && other.Settings.Address.Place == place) is { } owner)
            return new NoChange.AddressInUse(place, owner.Name);
        return await Change(
            entry.Name, written, () => put(entry.Settings),
            () => before is null ? remove(entry.Name) : put(before.Settings), () => byName[entry.Name] = entry, shutdown);
    }

    /// <summary>Takes a terminal out.</summary>
    public async Task<NoChange?> Remove(string name, CancellationToken shutdown)
    {
        using var turn = await Turn.Of(oneChange, shutdown);
        if (Find(name) is not { } before)
            return new NoChange.Refused(new(RefusalCode.NotFound, $"There is no terminal '{name}'."));
        return await Change(
            name, null, () => remove(name), () => put(before.Settings), () => byName.TryRemove(name, out _), shutdown);
    }

    /// <inheritdoc/>
    public void Dispose() => oneChange.Dispose();

    private async Task<NoChange?> Change(
        string name, JsonElement? written, Func<Task<Refusal?>> change, Func<Task<Refusal?>> undo, Action note,
        CancellationToken shutdown)
    {
        try
        {
            await file.Prepare(name, written, shutdown);
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            return new NoChange.NotKept(full.Message, IsLive: false);
        }

        if (await change() is { } refusal) return new NoChange.Refused(refusal);
        try
        {
            file.Commit();
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            if (await undo() is null) return new NoChange.NotKept(wrong.Message, IsLive: false);
            Take(note);
            return new NoChange.NotKept(wrong.Message, IsLive: true);
        }

        Take(note);
        return null;
    }

    // One change at a time, so that the names are those of the newest.
    private void Take(Action note)
    {
        note();
        sorted = [.. byName.Keys.Order(StringComparer.Ordinal)];
    }

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
