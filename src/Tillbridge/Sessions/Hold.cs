using Tillbridge.Domain;

namespace Tillbridge.Sessions;

/// <summary>Keeps a session whose intent is durable from beginning until its caller says so, for a bounded time.</summary>
internal sealed class Hold(TimeSpan limit, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Signal decision = new();
    private bool isDecided;
    private HeldBack? refusal;

    /// <summary>The caller's word; false when it was given before or comes too late.</summary>
    public bool Decide(HeldBack? because)
    {
        lock (gate)
        {
            if (isDecided) return false;
            (isDecided, refusal) = (true, because);
        }

        decision.Raise();
        return true;
    }

    /// <summary>Waits for the caller's word; null lets the session begin.</summary>
    /// <exception cref="OperationCanceledException">The session was stopped meanwhile, or the process goes down.</exception>
    public async Task<HeldBack?> Wait(CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        try
        {
            await decision.Beyond(0, either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            Decide(new(Reason.NotSent, "Whoever ordered it did not say in time that it may begin."));
        }

        lock (gate) return refusal;
    }
}
