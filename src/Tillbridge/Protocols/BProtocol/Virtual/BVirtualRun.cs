namespace Tillbridge.Protocols.BProtocol.Virtual;

/// <summary>
/// A transaction that runs at the terminal, whoever is connected. It is cancelled or passes the point of no return, never both.
/// </summary>
internal sealed class BVirtualRun
{
    private const int Open = 0;
    private const int Cancelled = 1;
    private const int Past = 2;

    private int state;

    public bool IsCancelled => Volatile.Read(ref state) == Cancelled;

    /// <summary>Its result is on its way: all that is left is the wait for the ECR's B0.</summary>
    public bool IsTold { get; set; }

    /// <summary>Stores what T82 tells of a cancelled one; set before anybody can cancel.</summary>
    public required Action<string> OnCancelled { get; init; }

    /// <summary>Cancels it under a code; false when it is too late.</summary>
    public bool TryCancel(string code)
    {
        if (Interlocked.CompareExchange(ref state, Cancelled, Open) != Open) return false;
        OnCancelled(code);
        return true;
    }

    /// <summary>From here on a request to stop comes too late; false when it was cancelled before.</summary>
    public bool TryPass() => Interlocked.CompareExchange(ref state, Past, Open) == Open;
}
