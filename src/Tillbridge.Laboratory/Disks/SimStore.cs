using Tillbridge.Domain;
using Tillbridge.Journal;

namespace Tillbridge.Laboratory.Disks;

/// <summary>What the disk is doing to the journal.</summary>
internal enum DiskTrouble
{
    None,
    Full,
    ReadError,
    Corrupt,
}

/// <summary>Places in the host's dealings with its disk and its line at which it can die.</summary>
internal enum HostPoint
{
    BeforeWrite,
    Written,
    Synced,
    WireByte,
}

/// <summary>
/// The disk under the journal, with the contract of the real one: what was synced stays, what was written and not synced is
/// kept or lost as a whole when the host dies (a torn transaction is none), and nobody reads what is not synced.
/// </summary>
internal sealed class SimStore
{
    private readonly World world;
    private readonly MemoryJournal durable;
    private readonly Queue<Staged> staged = new();

    public SimStore(World world)
    {
        this.world = world;
        durable = new MemoryJournal(new StoreClock(world));
    }

    /// <summary>What a reader sees; holds durable records only.</summary>
    public MemoryJournal Durable => durable;

    public DiskTrouble Trouble { get; set; }

    /// <summary>Told at each place at which the host can die; true when it dies there.</summary>
    public Func<HostPoint, bool>? At { get; set; }

    /// <summary>Told of every record that became durable.</summary>
    public Action<JournalEntry>? BecameDurable { get; set; }

    /// <summary>The process that owns the data directory; a second one is refused.</summary>
    public SimProcess? Owner { get; set; }

    public IJournal Open(SimProcess process)
    {
        if (Owner is { IsAlive: true }) throw new JournalException(JournalFault.InUse, "The data directory is in use.");
        if (Trouble is DiskTrouble.Corrupt) throw new JournalException(JournalFault.Corrupt, "The hash chain is broken.");
        if (Trouble is DiskTrouble.ReadError) throw new JournalException("The disk cannot be read.");
        if (Trouble is DiskTrouble.Full) throw new JournalException(JournalFault.Full, "The disk is full.");
        Owner = process;
        return new SimJournal(world, this, process);
    }

    /// <summary>Begins a write; the result says whether it is written, and waits for its sync.</summary>
    public Staged? Write(JournalEntry entry, Func<Task<bool>> apply)
    {
        if (At?.Invoke(HostPoint.BeforeWrite) == true) return null;
        var one = new Staged(entry, apply);
        staged.Enqueue(one);
        return At?.Invoke(HostPoint.Written) == true ? null : one;
    }

    /// <summary>Everything that was written until now is on the disk.</summary>
    public void Sync()
    {
        while (staged.TryDequeue(out var one)) Settle(one);
    }

    /// <summary>The host died: a part of what was written and not synced had reached the disk all the same.</summary>
    public void Crash()
    {
        var kept = staged.Count == 0 ? 0 : world.Chance.Below(staged.Count + 1);
        if (world.Tells && staged.Count > 0) world.Tell($"disk: {staged.Count} writes were not synced, {kept} of them are there");
        for (; kept > 0; kept--) Settle(staged.Dequeue());
        staged.Clear();
    }

    private void Settle(Staged one)
    {
        if (one.IsDropped) return;
        // MemoryJournal is done when its call returns; a refusal is the answer of that write alone.
        one.Result = one.Apply();
        if (one.Result is { IsCompletedSuccessfully: true } done && done.GetAwaiter().GetResult()) BecameDurable?.Invoke(one.Entry);
    }

    /// <summary>A write on its way; <c>Apply</c> says whether it wrote, which a repeated intent does not.</summary>
    internal sealed record Staged(JournalEntry Entry, Func<Task<bool>> Apply)
    {
        public Task<bool>? Result { get; set; }

        public bool IsDropped { get; set; }
    }

    // The records' own times: the disk has no clock, the host has; it is never far off here.
    private sealed class StoreClock(World world) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => world.Start + TimeSpan.FromTicks(world.Now);
    }
}
