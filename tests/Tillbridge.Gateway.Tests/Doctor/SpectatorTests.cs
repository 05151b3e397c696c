using Tillbridge.Cli.Doctor;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Gateway.Tests.Doctor;

public sealed class SpectatorTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_takes_longer_than_a_second_is_told_and_told_again()
    {
        var (clock, told, work) = (new ManualClock(), new StringWriter(), new TaskCompletionSource<int>());
        var watching = new Spectator(told, clock).Watch("asking till-1", work.Task, Stop);

        foreach (var seconds in new[] { 1, 5 })
        {
            await clock.UntilWaiting(1, Stop);
            clock.Advance(TimeSpan.FromSeconds(seconds));
        }

        await clock.UntilWaiting(1, Stop);
        work.SetResult(7);

        Assert.Equal(7, await watching);
        Assert.Equal(
            ["tillbridge: asking till-1, 1 s", "tillbridge: asking till-1, 6 s"], told.ToString().Trim().Split(Environment.NewLine));
    }

    [Fact]
    public async Task What_is_quick_is_not_told()
    {
        var told = new StringWriter();
        Assert.Equal(7, await new Spectator(told, new ManualClock()).Watch("asking till-1", Task.FromResult(7), Stop));
        Assert.Empty(told.ToString());
    }
}
