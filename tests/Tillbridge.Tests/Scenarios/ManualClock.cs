namespace Tillbridge.Tests.Scenarios;

/// <summary>
/// A clock that stands still until a test moves it. Timers fire inside Advance, in the order of their due times, each
/// at exactly its time.
/// </summary>
public sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    // A periodic timer of one tick over a year would never end; no test needs more.
    private const int MostFiringsInOneAdvance = 1_000_000;

    private readonly Lock gate = new();
    private readonly List<ManualTimer> timers = [];
    private TaskCompletionSource changed = NewSource();
    private DateTimeOffset now = start;
    private long made;

    public ManualClock()
        : this(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>How many timers wait to fire.</summary>
    public int Waiting
    {
        get
        {
            lock (gate) return timers.Count;
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate) return now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    /// <summary>Moves the time and fires what becomes due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var end = GetUtcNow() + by;
        for (var firings = 0; firings < MostFiringsInOneAdvance; firings++)
        {
            ManualTimer? next;
            lock (gate)
            {
                next = timers.Where(timer => timer.Due <= end).OrderBy(timer => timer.Due).ThenBy(timer => timer.Number).FirstOrDefault();
                if (next is null)
                {
                    if (end > now) now = end;
                    return;
                }

                if (next.Due > now) now = next.Due;
                next.Rearm_NeedsLock();
                Changed_NeedsLock();
            }

            next.Fire();
        }

        throw new InvalidOperationException("Too many timers fired in one Advance.");
    }

    /// <summary>Steps the wall clock without firing anything, as an administrator or a time server does.</summary>
    public void SetBack(TimeSpan by)
    {
        lock (gate) now -= by;
    }

    /// <summary>Completes when at least that many timers wait, so that a following Advance meets them.</summary>
    public async Task UntilWaiting(int count, CancellationToken stop)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (timers.Count >= count) return;
                next = changed.Task;
            }

            await next.WaitAsync(stop);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (gate)
        {
            var timer = new ManualTimer(this, callback, state, ++made);
            timer.Set_NeedsLock(dueTime, period);
            return timer;
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Changed_NeedsLock()
    {
        var woken = changed;
        changed = NewSource();
        woken.SetResult();
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state, long number) : ITimer
    {
        private TimeSpan period;

        public DateTimeOffset Due { get; private set; }

        public long Number => number;

        public void Fire() => callback(state);

        public void Set_NeedsLock(TimeSpan dueTime, TimeSpan every)
        {
            clock.timers.Remove(this);
            period = every;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Due = clock.now + dueTime;
                clock.timers.Add(this);
            }

            clock.Changed_NeedsLock();
        }

        public void Rearm_NeedsLock()
        {
            if (period > TimeSpan.Zero) Due += period;
            else clock.timers.Remove(this);
        }

        public bool Change(TimeSpan dueTime, TimeSpan every)
        {
            lock (clock.gate) Set_NeedsLock(dueTime, every);
            return true;
        }

        public void Dispose()
        {
            lock (clock.gate)
            {
                if (clock.timers.Remove(this)) clock.Changed_NeedsLock();
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
