using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests;

/// <summary>
/// The real gateway dies by SIGKILL at every message of a payment, starts again on the same journal, and the till repeats
/// its order. Another payment of the same amount was made before, so that only the right booking may be recognised.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class KillTests
{
    public static IEnumerable<TheoryDataRow<string, string, string>> Points() =>
        KillCases.Points(KillStep.AfterAnotherPayment);

    [Theory]
    [MemberData(nameof(Points))]
    public async Task A_gateway_killed_at_any_message_never_misstates_the_payment(string when, string step, string expected)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var bench = await KillBench.Start(stop);
        var earlier = await bench.PayAndEnd(KillCases.Cents, "earlier", stop);
        Assert.Equal("approved", earlier.GetProperty("outcome").GetString());

        await KillCases.Run(bench, new(step, when == KillCases.After, Silently: false), KillStep.AfterAnotherPayment, expected, stop);
    }

    [Fact]
    public async Task Fifty_orders_of_one_key_in_flight_when_the_gateway_dies_are_one_booking()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var bench = await KillBench.Start(stop);
        var gateway = bench.Gateway;
        bench.Proxy.Arm(new("the answer to 04 0F", After: true, Silently: false), KillStep.FirstPayment, gateway.Kill);
        var lost = ManyOrders.Send(gateway, "crowd", waitSeconds: 30, stop);
        await bench.Proxy.Killed.WaitAsync(KillBench.Patience, stop);
        foreach (var order in lost) await Assert.ThrowsAnyAsync<HttpRequestException>(() => order);

        await bench.StartGateway(stop);
        var answers = await Task.WhenAll(ManyOrders.Send(bench.Gateway, "crowd", waitSeconds: 30, stop));

        var session = ManyOrders.CheckAlike(answers);
        Assert.Equal("approved", session.GetProperty("outcome").GetString());
        await bench.CheckBooks(session, [], stop);
        await bench.CheckJournal(stop);
    }
}
