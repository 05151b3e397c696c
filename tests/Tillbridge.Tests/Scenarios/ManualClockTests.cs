namespace Tillbridge.Tests.Scenarios;

public sealed class ManualClockTests
{
    private readonly ManualClock clock = new();

    [Fact]
    public void Time_stands_still_until_it_is_moved()
    {
        var before = clock.GetUtcNow();
        Assert.Equal(before, clock.GetUtcNow());
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(before.AddSeconds(3), clock.GetUtcNow());
    }

    [Fact]
    public void Timers_fire_in_the_order_of_their_times_each_at_its_time()
    {
        var start = clock.GetUtcNow();
        var fired = new List<(string Name, TimeSpan At)>();
        using var late = clock.CreateTimer(_ => fired.Add(("late", clock.GetUtcNow() - start)), null, TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
        using var early = clock.CreateTimer(_ => fired.Add(("early", clock.GetUtcNow() - start)), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([("early", TimeSpan.FromSeconds(2)), ("early", TimeSpan.FromSeconds(4)), ("late", TimeSpan.FromSeconds(5))], fired);
    }

    [Fact]
    public void A_disposed_timer_never_fires()
    {
        var fired = 0;
        clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan).Dispose();
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, fired);
        Assert.Equal(0, clock.Waiting);
    }

    [Fact]
    public async Task A_delay_ends_when_the_clock_reaches_it()
    {
        var stop = TestContext.Current.CancellationToken;
        var delay = Task.Delay(TimeSpan.FromSeconds(10), clock, stop);
        await clock.UntilWaiting(1, stop);
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(delay.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        await delay;
    }
}
