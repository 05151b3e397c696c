using System.Text.Json;
using Tillbridge.Gateway.Tests.Support;
using Tillbridge.Protocols;

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

/// <summary>The points at which a gateway is killed, and what one such run is.</summary>
internal static class KillCases
{
    public const string Before = "before";
    public const string After = "after";
    public const long Cents = 1250;

    private const string Declined = "declined";
    private const string Failed = "failed";
    private const string Approved = "approved";

    /// <summary>Before every message; after every message of the payment itself.</summary>
    public static IEnumerable<TheoryDataRow<string, string, string>> Points(IReadOnlyList<KillStep> steps)
    {
        yield return new(Before, KillStep.Connect, Failed);
        var isPayment = false;
        var expected = Failed;
        foreach (var step in steps)
        {
            isPayment |= step.Code == 0x0601;
            // The result stands in the journal before the till answers it; without that answer the terminal takes it back.
            var commits = step.Name == "the answer to 04 0F";
            yield return new(Before, step.Name, commits ? Declined : expected);
            if (commits) expected = Approved;
            // Whether the gateway had time to write the result down before it died, chance decides.
            var after = isPayment && step.Code == 0x040F ? $"{Declined} or {Failed}" : expected;
            if (isPayment) yield return new(After, step.Name, after);
        }
    }

    public static async Task Run(
        KillBench bench, KillPoint point, IReadOnlyList<KillStep> steps, string expected, CancellationToken stop)
    {
        const string Key = "the-till's-order";
        var before = bench.Standing;
        bench.Proxy.Arm(point, steps, bench.Gateway.Kill);
        try
        {
            await bench.Gateway.Pay(Cents, Key, waitSeconds: null, stop);
        }
        catch (HttpRequestException)
        {
            // The gateway died before it answered; the till knows nothing.
        }

        await bench.Proxy.Killed.WaitAsync(KillBench.Patience, stop);
        await bench.StartGateway(stop);
        var session = await bench.PayAndEnd(Cents, Key, stop);

        await bench.CheckBooks(session, before, stop);
        await bench.CheckJournal(stop);
        Assert.Contains(session.GetProperty("outcome").GetString(), expected.Split(" or "));
    }
}

/// <summary>Many orders of one key at once.</summary>
internal static class ManyOrders
{
    private const int Count = 50;

    public static Task<JsonElement>[] Send(GatewayProcess gateway, string key, int waitSeconds, CancellationToken stop) =>
        [.. Enumerable.Range(0, Count).Select(_ => gateway.Pay(KillCases.Cents, key, waitSeconds, stop))];

    /// <summary>All are the same session with the same end; returns it.</summary>
    public static JsonElement CheckAlike(JsonElement[] answers)
    {
        Assert.Equal(Count, answers.Length);
        var alike = answers.Select(answer => answer.GetRawText()).Distinct().ToList();
        Assert.True(alike.Count == 1, string.Join(Environment.NewLine, alike));
        Assert.Equal("closed", answers[0].GetProperty("phase").GetString());
        return answers[0];
    }
}
