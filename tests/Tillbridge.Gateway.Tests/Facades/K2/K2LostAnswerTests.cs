using Tillbridge.Domain;
using Tillbridge.Facades.K2;
using Tillbridge.Gateway.Tests.Support;
using Tillbridge.Protocols;

namespace Tillbridge.Gateway.Tests.Facades.K2;

/// <summary>An order whose answer was lost may be under way: whatever is said afterwards, nobody hears that nothing was sent.</summary>
public sealed class K2LostAnswerTests
{
    private const string Order = "POST /v1/sessions";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(401, "unauthorized")]
    [InlineData(403, "forbidden")]
    [InlineData(429, "too-many-requests")]
    [InlineData(400, "invalid-request", "workstation")]
    [InlineData(400, "invalid-request", "reference")]
    [InlineData(409, "terminal-busy")]
    [InlineData(409, "unresolved-session")]
    [InlineData(409, "not-the-last-transaction")]
    [InlineData(422, "unsupported-by-terminal")]
    [InlineData(507, "journal-full")]
    public async Task A_refusal_after_a_lost_answer_leaves_the_outcome_unknown(int status, string code, string? field = null)
    {
        await using var bench = await K2Bench.Start(byHttp: true);
        await using var door = await FrontDoor.Before(bench.Gateway.Address);
        door.Act = (_, number) => number == 1 ? FrontAct.LoseAnswer : FrontAct.Problem(status, code, field);
        using var payment = bench.Payment(12.50m, bench.OpenAt(door.Address));
        payment.WaitLimit = TimeSpan.FromSeconds(2);

        Assert.False(await payment.ExecuteAsync(Stop));

        Assert.Equal((Outcome.Unknown, "outcome-unknown"), (payment.Outcome, payment.Reason));
        Assert.Contains("It is not known whether", payment.LocalizedResponseDescription, StringComparison.Ordinal);
        await bench.UntilBooked();
        Assert.Equal(1250, bench.Gateway.Acquirer.Net);
    }

    [Theory]
    [InlineData(400, "invalid-request", "workstation")]
    [InlineData(409, "idempotency-conflict")]
    public async Task A_taken_order_whose_answer_was_lost_is_found_by_its_mark_when_the_gateway_refuses_it_now(
        int status, string code, string? field = null)
    {
        await using var bench = await K2Bench.Start(byHttp: true);
        await using var door = await FrontDoor.Before(bench.Gateway.Address);
        door.Act = (request, number) =>
            number == 1 ? FrontAct.LoseAnswer : request == Order ? FrontAct.Problem(status, code, field) : null;
        using var payment = bench.Payment(12.50m, bench.OpenAt(door.Address));

        Assert.True(await payment.ExecuteAsync(Stop), payment.LocalizedResponseDescription);

        Assert.Equal((Outcome.Approved, 12.50m), (payment.Outcome, payment.ApprovedAmount));
        Assert.Equal(1250, bench.Gateway.Acquirer.Net);
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_again_and_nothing_is_charged_twice()
    {
        await using var bench = await K2Bench.Start(byHttp: true);
        await using var door = await FrontDoor.Before(bench.Gateway.Address);
        door.Act = (_, number) => number <= 2 ? FrontAct.LoseAnswer : null;
        using var payment = bench.Payment(12.50m, bench.OpenAt(door.Address));

        Assert.True(await payment.ExecuteAsync(Stop));

        Assert.Single(bench.Gateway.Acquirer.Lines);
    }

    [Fact]
    public async Task A_displaced_client_whose_answer_was_lost_asks_on_calmly_and_learns_what_it_became()
    {
        await using var bench = await K2Bench.Start(byHttp: true);
        bench.Gateway.Scripts().Replace([new TerminalScript { SlowSeconds = 60 }], TerminalScript.Plain);
        await using var door = await FrontDoor.Before(bench.Gateway.Address);
        var isDown = true;
        door.Act = (_, number) => number == 1 ? FrontAct.LoseAnswer : isDown ? FrontAct.Problem(503, "stopping") : null;
        var terminals = bench.OpenAt(door.Address);
        using var older = bench.Payment(12.50m, terminals);
        var executing = older.ExecuteAsync(Stop);
        await bench.Gateway.UntilInFlight();

        using var newer = bench.Payment(7m, terminals);
        var (begun, asked) = (TimeProvider.System.GetTimestamp(), door.Seen.Count);
        await door.UntilSeen(asked + 6);
        // Without a pause between them these take a few milliseconds; a slow machine only takes longer.
        Assert.True(TimeProvider.System.GetElapsedTime(begun) > TimeSpan.FromMilliseconds(300));
        isDown = false;

        Assert.False(await executing);
        Assert.NotNull(older.SessionId);
        Assert.True(await newer.ExecuteAsync(Stop), newer.LocalizedResponseDescription);
        Assert.True(await older.WaitForOutcomeAsync(TimeSpan.FromSeconds(30), Stop));
        Assert.True(older.Outcome is Outcome.Failed or Outcome.Cancelled, $"{older.Outcome} {older.Reason}");
        Assert.Equal(700, bench.Gateway.Acquirer.Net);
    }

    [Fact]
    public async Task An_abort_after_a_lost_answer_hands_nothing_in_again()
    {
        await using var bench = await K2Bench.Start(byHttp: true);
        await using var door = await FrontDoor.Before(bench.Gateway.Address);
        var isDown = true;
        door.Act = (_, _) => isDown ? FrontAct.Problem(503, "stopping") : null; // The order did not get through, which nobody can tell.
        using var payment = bench.Payment(12.50m, bench.OpenAt(door.Address));
        var executing = payment.ExecuteAsync(Stop);
        await door.UntilSeen(2);

        await Task.Run(payment.Abort, Stop);
        isDown = false;

        Assert.False(await executing);
        Assert.Equal(Outcome.Unknown, payment.Outcome);
        Assert.Empty(bench.Gateway.Acquirer.Lines);
        Assert.Equal(0, bench.Gateway.Scripts().Taken);
    }
}
