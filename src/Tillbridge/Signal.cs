namespace Tillbridge;

/// <summary>
/// Something that many wait for and that happens again and again. Every wait has its own task, so that giving up takes no
/// thread of the pool: under a scheduler of the host's own everything stays on that scheduler.
/// </summary>
internal sealed class Signal
{
    private readonly Lock gate = new();
    private List<TaskCompletionSource> waiting = [];
    private long times;

    /// <summary>How often it has happened; to be read before looking at what the signal is about.</summary>
    public long Times
    {
        get { lock (gate) return times; }
    }

    /// <summary>Wakes everybody who waits.</summary>
    public void Raise()
    {
        List<TaskCompletionSource> woken;
        lock (gate)
        {
            times++;
            if (waiting.Count == 0) return;
            (woken, waiting) = (waiting, []);
        }

        foreach (var one in woken) one.TrySetResult();
    }

    /// <summary>Completes when it has happened more often than <paramref name="seen"/> times.</summary>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public async Task Beyond(long seen, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (times > seen) return;
            waiting.Add(mine);
        }

        using var givenUp = stop.UnsafeRegister(
            static (state, token) =>
            {
                var (signal, wait) = ((Signal, TaskCompletionSource))state!;
                lock (signal.gate) signal.waiting.Remove(wait);
                wait.TrySetCanceled(token);
            },
            (this, mine));
        await mine.Task;
    }
}
