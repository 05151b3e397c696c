namespace Tillbridge.Protocols.Zvt.Virtual;

/// <summary>What the virtual terminal printed on its own printer: the newest slips.</summary>
internal sealed class ZvtVirtualPaper
{
    private const int MostSlips = 100;

    private readonly Lock gate = new();
    private readonly Queue<IReadOnlyList<string>> slips = new();

    /// <summary>The slips, oldest first.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Slips
    {
        get
        {
            lock (gate) return [.. slips];
        }
    }

    public void Print(IReadOnlyList<string> lines)
    {
        lock (gate)
        {
            slips.Enqueue(lines);
            if (slips.Count > MostSlips) slips.Dequeue();
        }
    }
}
