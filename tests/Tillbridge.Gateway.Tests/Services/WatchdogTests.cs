using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Cli.Services.Systemd;
using Tillbridge.Gateway.Tests.Support;
using Tillbridge.Journal;
using Tillbridge.Sessions;
using Tillbridge.Sessions.Waiting;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Gateway.Tests.Services;

/// <summary>systemd hears at half of its limit that the gateway lives, and nothing from one that hangs.</summary>
public sealed class WatchdogTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_gateway_that_lives_is_told_at_half_of_the_limit()
    {
        var clock = new ManualClock();
        using var stop = new CancellationTokenSource();
        var told = new List<TimeSpan>();
        var begin = clock.GetUtcNow();
        var watching = new Watchdog(
            TimeSpan.FromSeconds(30), _ => Task.FromResult(true), () => told.Add(clock.GetUtcNow() - begin), clock).Run(stop.Token);

        for (var times = 0; times < 3; times++)
        {
            await clock.UntilWaiting(1, Stop);
            clock.Advance(TimeSpan.FromSeconds(15));
        }

        await clock.UntilWaiting(1, Stop);
        stop.Cancel();
        await watching;
        Assert.Equal([0, 15, 30, 45], told.Select(at => at.TotalSeconds));
    }

    [Fact]
    public async Task A_gateway_that_hangs_is_silent_until_it_answers_again()
    {
        var clock = new ManualClock();
        using var stop = new CancellationTokenSource();
        var (alive, asked, told) = (false, 0, 0);
        var watching = new Watchdog(
            TimeSpan.FromSeconds(30), limit => { asked++; return Task.FromResult(alive); }, () => told++, clock).Run(stop.Token);

        await clock.UntilWaiting(1, Stop);
        clock.Advance(TimeSpan.FromSeconds(15));
        await clock.UntilWaiting(1, Stop);
        Assert.Equal((2, 0), (asked, told));
        alive = true;
        clock.Advance(TimeSpan.FromSeconds(15));
        await clock.UntilWaiting(1, Stop);
        stop.Cancel();
        await watching;
        Assert.Equal((3, 1), (asked, told));
    }

    [Theory]
    [InlineData("30000000", null, 30)]
    [InlineData("30000000", "", 30)]
    [InlineData("30000000", "4711", 30)]
    [InlineData("30000000", "4712", null)]
    [InlineData("0", null, null)]
    [InlineData("-5", null, null)]
    [InlineData("99999999999999999999", null, null)]
    [InlineData(null, null, null)]
    public void The_limit_is_taken_only_if_it_is_meant_for_us(string? microseconds, string? process, int? seconds) =>
        Assert.Equal(seconds, Watchdog.PeriodOf(microseconds, process, own: 4711)?.TotalSeconds);

    [Fact]
    public async Task An_owner_of_a_terminal_that_hangs_is_named_and_the_others_are_not()
    {
        var clock = new ManualClock();
        await using var journal = new MemoryJournal(clock);
        await using var hanging = Loop("till-1", journal, clock);
        await using var working = Loop("till-2", journal, clock);
        await hanging.Start();
        await working.Start();
        var hung = new TaskCompletionSource<object>();
        var work = hanging.Ask(() => hung.Task);
        try
        {
            var before = clock.Waiting;
            var missing = Pulse.Missing([hanging, working], TimeSpan.FromSeconds(5), clock, Stop);
            await clock.UntilWaiting(before + 1, Stop);
            // No time passes for this one: its owner answers, or the test does not end.
            Assert.Empty(await Pulse.Missing([working], TimeSpan.FromSeconds(5), clock, Stop));
            clock.Advance(TimeSpan.FromSeconds(5));
            Assert.Contains("till-1", await missing);
        }
        finally
        {
            // Whatever failed: an owner that hangs for good could not be taken down, and the whole run would wait for it.
            hung.SetResult(hung);
        }

        await work;
        Assert.Empty(await Pulse.Missing([hanging, working], TimeSpan.FromSeconds(5), clock, Stop));
    }

    [Fact]
    public async Task A_running_gateway_answers()
    {
        await using var gateway = await TestGateway.Start();

        Assert.True(await gateway.Host.Answers(TimeSpan.FromSeconds(20)));
    }

    private static TerminalLoop Loop(string name, MemoryJournal journal, ManualClock clock)
    {
        var settings = TestGateway.Terminal(name, 9);
        return new(
            settings, ProtocolCatalog.ByName["zvt"], ProtocolCatalog.Transport(settings.Address, clock), journal, clock,
            NullLogger.Instance, CancellationToken.None);
    }
}
