using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests;

/// <summary>
/// The same when the terminal is not told: its side of the connection stays open, as when the gateway's machine loses its
/// power, and only the gateway's return shows it. The terminal has no earlier booking.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class SilentKillTests
{
    public static IEnumerable<TheoryDataRow<string, string, string>> Points() =>
        KillCases.Points(KillStep.FirstPayment).Where(row => row.Data.Item1 == KillCases.Before);

    [Theory]
    [MemberData(nameof(Points))]
    public async Task A_gateway_gone_without_a_goodbye_never_misstates_the_payment(string when, string step, string expected)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var bench = await KillBench.Start(stop);

        await KillCases.Run(bench, new(step, when == KillCases.After, Silently: true), KillStep.FirstPayment, expected, stop);
    }

    [Fact]
    public async Task Fifty_orders_of_one_key_at_once_are_one_booking_and_fifty_equal_answers()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var bench = await KillBench.Start(stop);

        var answers = await Task.WhenAll(ManyOrders.Send(bench.Gateway, "crowd", waitSeconds: 30, stop));

        var session = ManyOrders.CheckAlike(answers);
        Assert.Equal("approved", session.GetProperty("outcome").GetString());
        await bench.CheckBooks(session, [], stop);
        await bench.CheckJournal(stop);
    }
}
