using Tillbridge.Laboratory.Worlds;

namespace Tillbridge.Laboratory.Tests.Worlds;

public sealed class WorldTests
{
    private readonly World world = new(1);

    [Fact]
    public void Time_goes_on_only_when_nothing_is_left_to_do()
    {
        var process = new SimProcess(world, "one", 1);
        var seen = new List<string>();
        process.Begin(async () =>
        {
            seen.Add($"begun {world.Now}");
            await Task.Delay(TimeSpan.FromDays(3), process.Clock);
            seen.Add($"ended {TimeSpan.FromTicks(world.Now).TotalDays}");
        });

        Assert.True(world.Run(() => seen.Count == 2, TimeSpan.FromDays(4)));
        Assert.Equal(["begun 0", "ended 3"], seen);
    }

    [Fact]
    public void A_dead_process_does_nothing_more()
    {
        var process = new SimProcess(world, "one", 1);
        var went = 0;
        process.Begin(async () =>
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), process.Clock);
                if (++went == 3) process.Kill();
            }
        });

        world.Run(() => false, TimeSpan.FromMinutes(1));

        Assert.Equal(3, went);
    }

    [Fact]
    public void Work_from_another_thread_is_noticed()
    {
        var process = new SimProcess(world, "one", 1);
        Assert.Null(world.LeftTheThread);

        var other = new Thread(() => process.Context.Post(static _ => { }, null));
        other.Start();
        other.Join();

        Assert.NotNull(world.LeftTheThread);
    }

    [Fact]
    public void A_timer_that_was_armed_anew_fires_at_its_new_time_only()
    {
        var process = new SimProcess(world, "one", 1);
        var fired = new List<double>();
        var timer = process.Clock.CreateTimer(
            _ => fired.Add(TimeSpan.FromTicks(world.Now).TotalSeconds), null, TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
        process.Begin(async () =>
        {
            await Task.Delay(TimeSpan.FromSeconds(2), process.Clock);
            timer.Change(TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan);
        });

        world.Run(() => false, TimeSpan.FromMinutes(1));

        Assert.Equal([12.0], fired);
    }
}
