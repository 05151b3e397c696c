namespace Tillbridge.Laboratory.Worlds;

/// <summary>A timer on virtual time. One whose process has died never fires.</summary>
internal sealed class SimTimer(World world, SimProcess? owner, TimerCallback callback, object? state) : ITimer
{
    private TimeSpan period = Timeout.InfiniteTimeSpan;

    public SimProcess? Owner => owner;

    public long Due { get; set; }

    /// <summary>Which arming counts; 0 when it is not armed.</summary>
    public long Number { get; set; }

    public void Fire()
    {
        Number = 0;
        if (period > TimeSpan.Zero) world.Arm(this, period);
        callback(state);
    }

    public bool Change(TimeSpan dueTime, TimeSpan every)
    {
        period = every;
        Number = 0;
        if (dueTime != Timeout.InfiniteTimeSpan) world.Arm(this, dueTime);
        return true;
    }

    public void Dispose() => Number = 0;

    public ValueTask DisposeAsync()
    {
        Number = 0;
        return ValueTask.CompletedTask;
    }
}
