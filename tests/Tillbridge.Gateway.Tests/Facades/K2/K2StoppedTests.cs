using Tillbridge.Domain;
using Tillbridge.Facades.K2;
using Tillbridge.Gateway.Tests.Support;
using Tillbridge.Protocols;

namespace Tillbridge.Gateway.Tests.Facades.K2;

/// <summary>Who stops a payment that still waits for its terminal gets none afterwards.</summary>
public sealed class K2StoppedTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_payment_stopped_while_the_terminal_is_busy_is_never_begun(bool byHttp, bool abort)
    {
        await using var bench = await K2Bench.Start(byHttp);
        bench.Gateway.Scripts().Replace([new TerminalScript { SlowSeconds = 60 }], TerminalScript.Plain);
        var other = await bench.Gateway.Post("/v1/sessions", TestGateway.SaleOf(100), key: "somebody-else");
        await bench.Gateway.UntilInFlight();
        var payment = bench.Payment(12.50m);
        var executing = payment.ExecuteAsync(Stop);
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, Stop); // Somewhere in the wait.

        if (abort) await Task.Run(payment.Abort, Stop);
        else payment.Free();

        Assert.False(await executing.WaitAsync(TimeSpan.FromSeconds(20), Stop)); // It does not wait for the other one's end.
        Assert.Equal((Outcome.Cancelled, "cancelled-operator"), (payment.Outcome, payment.Reason));
        await bench.Gateway.Post($"/v1/sessions/{other.Json.GetProperty("id").GetString()}/abort", "{}");
        await bench.UntilIdle();
        Assert.Equal((1, 0), (bench.Gateway.Scripts().Taken, bench.Gateway.Acquirer.Lines.Count));
        payment.Free();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_payment_stopped_while_an_older_client_lets_go_is_never_begun(bool abort)
    {
        await using var bench = await K2Bench.Start(byHttp: true);
        await using var door = await FrontDoor.Before(bench.Gateway.Address);
        door.Act = (_, _) => FrontAct.Problem(503, "stopping"); // The older one cannot tell what became of its order.
        var terminals = bench.OpenAt(door.Address);
        using var older = bench.Payment(12.50m, terminals);
        older.WaitLimit = TimeSpan.FromSeconds(30);
        var first = older.ExecuteAsync(Stop);
        await door.UntilSeen(1);
        var newer = bench.Payment(7m, terminals);
        var second = newer.ExecuteAsync(Stop);

        if (abort) await Task.Run(newer.Abort, Stop);
        else newer.Free();

        Assert.False(await second.WaitAsync(TimeSpan.FromSeconds(20), Stop));
        Assert.Equal((Outcome.Cancelled, "cancelled-operator"), (newer.Outcome, newer.Reason));
        older.Free();
        Assert.False(await first);
        Assert.Equal(Outcome.Unknown, older.Outcome);
        newer.Free();
    }
}
