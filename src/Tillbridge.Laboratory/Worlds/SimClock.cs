namespace Tillbridge.Laboratory.Worlds;

/// <summary>Virtual time as one process sees it: its wall clock can be wrong and can be set, its stopwatch cannot.</summary>
internal sealed class SimClock(World world, SimProcess process) : TimeProvider
{
    // The rule of the European Union: clocks change on the last Sundays of March and October at one o'clock UTC.
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.CreateCustomTimeZone(
        "Simulated/Berlin", TimeSpan.FromHours(1), "Berlin", "CET", "CEST",
        [
            TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
                DateTime.MinValue.Date, DateTime.MaxValue.Date, TimeSpan.FromHours(1),
                TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 5, DayOfWeek.Sunday),
                TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 5, DayOfWeek.Sunday)),
        ]);

    /// <summary>How far this wall clock is off.</summary>
    public TimeSpan Off { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => Berlin;

    public override DateTimeOffset GetUtcNow() => world.Start + TimeSpan.FromTicks(world.Now) + Off;

    public override long GetTimestamp() => world.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimTimer(world, process, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}
