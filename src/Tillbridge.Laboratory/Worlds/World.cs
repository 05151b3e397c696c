namespace Tillbridge.Laboratory.Worlds;

/// <summary>
/// One thread, one virtual time, everything from one seed: work that is ready is done in the order in which it came, and when
/// there is none the time goes on to the next timer. Equal seeds give equal runs to the last step.
/// </summary>
internal sealed class World
{
    /// <summary>More steps than any run needs; a run that takes them all does not come to rest.</summary>
    public const long MostSteps = 2_000_000;

    private const ulong HashPrime = 0x100000001B3;

    private readonly Queue<Work> ready = new();
    private readonly PriorityQueue<SimTimer, (long Due, long Number)> timers = new();
    private readonly List<Func<bool>> outside = [];
    private readonly int thread = Environment.CurrentManagedThreadId;
    private readonly List<string>? story;
    private long made;

    public World(ulong seed, bool tells = false)
    {
        Chance = new Chance(seed);
        if (tells) story = [];
        // Everywhere between March and October, so that either change of the clocks can be near.
        Start = new DateTimeOffset(2026, 1, 5, 7, 0, 0, TimeSpan.Zero) + TimeSpan.FromHours(Chance.Below(300 * 24));
    }

    /// <summary>The dice of this run.</summary>
    public Chance Chance { get; }

    /// <summary>Wall time at the run's beginning, UTC.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>Ticks since the beginning.</summary>
    public long Now { get; private set; }

    public long Steps { get; private set; }

    /// <summary>A mark over every step: two runs of one seed must agree in it.</summary>
    public ulong Mark { get; private set; } = 0xCBF29CE484222325;

    /// <summary>Called after each step, to look at what it left behind.</summary>
    public Action? AfterStep { get; set; }

    /// <summary>What happened, if the run was asked to tell.</summary>
    public IReadOnlyList<string> Story => story ?? [];

    /// <summary>True when the story is wanted; guards texts that cost something to make.</summary>
    public bool Tells => story is not null;

    /// <summary>Work that came from another thread, which a run in memory must never see.</summary>
    public string? LeftTheThread { get; private set; }

    public void Tell(string what) => story?.Add($"{TimeSpan.FromTicks(Now):hh\\:mm\\:ss\\.fff} {what}");

    public void Post(SimProcess owner, SendOrPostCallback callback, object? state)
    {
        if (Environment.CurrentManagedThreadId != thread)
        {
            LeftTheThread ??= new System.Diagnostics.StackTrace().ToString();
            return;
        }

        ready.Enqueue(new Work(owner, callback, state));
    }

    public void Arm(SimTimer timer, TimeSpan dueIn)
    {
        timer.Due = Now + Math.Max(0, dueIn.Ticks);
        timers.Enqueue(timer, (timer.Due, timer.Number = ++made));
    }

    /// <summary>Does something of the world itself after a while; no process owns it and no crash takes it away.</summary>
    public void After(TimeSpan delay, Action act)
    {
        var timer = new SimTimer(this, null, static state => ((Action)state!)(), act);
        Arm(timer, delay);
    }

    /// <summary>Work on other threads that was begun in this step: the world stands still until it is done.</summary>
    public void AwaitOutside(Func<bool> finish) => outside.Add(finish);

    /// <summary>Runs until it is done, nothing is left to happen, or the bounds are reached.</summary>
    /// <returns>True when it came to its end within the bounds.</returns>
    public bool Run(Func<bool> isDone, TimeSpan limit)
    {
        var last = Now + limit.Ticks;
        var before = SynchronizationContext.Current;
        try
        {
            while (!isDone())
            {
                if (Steps >= MostSteps) return false;
                if (!Step(last)) return isDone();
                Steps++;
                FinishOutside();
                AfterStep?.Invoke();
            }

            return true;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private bool Step(long last)
    {
        if (ready.TryDequeue(out var work))
        {
            if (!work.Owner.IsAlive) return true;
            Stamp(work.Owner.Number);
            SynchronizationContext.SetSynchronizationContext(work.Owner.Context);
            work.Callback(work.State);
            return true;
        }

        while (timers.TryDequeue(out var timer, out var place))
        {
            // Armed anew or taken away since.
            if (timer.Number != place.Number || timer.Owner is { IsAlive: false }) continue;
            if (place.Due > last)
            {
                timers.Enqueue(timer, place);
                Now = last;
                return false;
            }

            Now = Math.Max(Now, place.Due);
            Stamp(timer.Owner?.Number ?? 0);
            SynchronizationContext.SetSynchronizationContext(timer.Owner?.Context);
            timer.Fire();
            return true;
        }

        return false;
    }

    private void FinishOutside()
    {
        for (var index = 0; index < outside.Count; index++) outside[index]();
        outside.Clear();
    }

    private void Stamp(int owner) => Mark = (Mark ^ (ulong)(owner + (Now << 8))) * HashPrime;

    private readonly record struct Work(SimProcess Owner, SendOrPostCallback Callback, object? State);
}
