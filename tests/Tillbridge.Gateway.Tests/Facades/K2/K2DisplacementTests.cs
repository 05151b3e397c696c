using Tillbridge.Domain;
using Tillbridge.Facades.K2;
using Tillbridge.Protocols;

namespace Tillbridge.Gateway.Tests.Facades.K2;

/// <summary>One client per terminal: the newer works, the older is told what happened (k2-client.md §4).</summary>
public sealed class K2DisplacementTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, "zvt", "EUR")]
    [InlineData(false, "zvt", "EUR")]
    [InlineData(true, "gpe", "CZK")]
    [InlineData(false, "csob-b", "CZK")]
    public async Task The_first_client_is_displaced_while_it_waits_for_a_card(bool byHttp, string protocol, string currency)
    {
        await using var bench = await K2Bench.Start(byHttp, protocol: protocol);
        bench.Gateway.Scripts().Replace([new TerminalScript { SlowSeconds = 60 }], TerminalScript.Plain);
        using var older = bench.Payment(12.50m, currency: currency);
        var executing = older.ExecuteAsync(Stop);
        await bench.Gateway.UntilInFlight();

        using var newer = bench.Payment(7m, currency: currency);
        Assert.False(await executing);
        Assert.True(await newer.ExecuteAsync(Stop), newer.LocalizedResponseDescription);

        Assert.True(await older.WaitForOutcomeAsync(TimeSpan.FromSeconds(30), Stop));
        Assert.True(older.Outcome is Outcome.Failed or Outcome.Cancelled, $"{older.Outcome} {older.Reason}");
        Assert.Equal(700, bench.Gateway.Acquirer.Net);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Before_its_request_began_a_displaced_client_sends_nothing(bool byHttp)
    {
        await using var bench = await K2Bench.Start(byHttp);
        using var older = bench.Payment(12.50m);
        using var newer = bench.Payment(7m);

        Assert.False(older.Execute());

        Assert.Equal((Outcome.Failed, "displaced"), (older.Outcome, older.Reason));
        Assert.Contains("nothing was sent", older.LocalizedResponseDescription, StringComparison.Ordinal);
        Assert.True(newer.Execute());
        Assert.Equal(700, bench.Gateway.Acquirer.Net);
    }

    [Fact]
    public async Task Over_a_gateway_the_client_of_another_program_is_displaced_too()
    {
        await using var bench = await K2Bench.Start(byHttp: true);
        bench.Gateway.Scripts().Replace([new TerminalScript { SlowSeconds = 60 }], TerminalScript.Plain);
        using var older = bench.Payment(12.50m);
        var executing = older.ExecuteAsync(Stop);
        await bench.Gateway.UntilInFlight();

        using var newer = bench.Payment(7m, bench.Open());
        Assert.True(await newer.ExecuteAsync(Stop), newer.LocalizedResponseDescription);

        Assert.False(await executing);
        Assert.Equal(Outcome.Failed, older.Outcome);
        Assert.Equal(700, bench.Gateway.Acquirer.Net);
    }

    [Fact]
    public async Task Where_displacement_is_refused_the_second_client_cannot_be_made_before_the_first_is_freed()
    {
        await using var bench = await K2Bench.Start(byHttp: false, new K2Options { Displacement = K2Displacement.Refuse });
        var first = bench.Payment(1m);

        var refused = Assert.Throws<InvalidOperationException>(() => bench.Payment(2m));

        Assert.Contains("free that one first", refused.Message, StringComparison.Ordinal);
        first.Free();
        using var second = bench.Payment(2m);
        Assert.True(second.Execute());
    }

    [Fact]
    public async Task Over_a_gateway_callers_of_one_terminal_are_two_and_the_second_waits_for_the_first()
    {
        await using var bench = await K2Bench.Start(byHttp: true, new K2Options { Displacement = K2Displacement.Refuse });
        bench.Gateway.Scripts().Replace([new TerminalScript { SlowSeconds = 2 }], TerminalScript.Plain);
        using var first = bench.Payment(1m);
        var executing = first.ExecuteAsync(Stop);
        await bench.Gateway.UntilInFlight();

        using var second = new PaymentClient(bench.Terminals, bench.Caller with { User = "petr" }) { Amount = 2m, Currency = "EUR" };
        Assert.True(await second.ExecuteAsync(Stop), second.LocalizedResponseDescription);

        Assert.True(await executing);
        Assert.Equal(300, bench.Gateway.Acquirer.Net);
    }

    [Fact]
    public async Task Freed_and_then_made_displaces_nobody()
    {
        await using var bench = await K2Bench.Start(byHttp: false);
        for (var round = 0; round < 3; round++)
        {
            using var payment = bench.Payment(1m);
            Assert.True(payment.Execute());
        }

        Assert.DoesNotContain("displaced", await K2LogTests.ReadAll(bench), StringComparison.Ordinal);
        Assert.Equal(300, bench.Gateway.Acquirer.Net);
    }

    [Theory]
    [InlineData(true, "zvt", "EUR")]
    [InlineData(false, "gpe", "CZK")]
    public async Task However_two_clients_meet_the_books_are_what_they_are_told(bool byHttp, string protocol, string currency)
    {
        await using var bench = await K2Bench.Start(byHttp, protocol: protocol);
        var dice = new Random(byHttp ? 785 : 786);
        for (var round = 0; round < 25; round++)
        {
            var before = bench.Gateway.Acquirer.Net;
            using var older = bench.Payment(10m, currency: currency);
            var first = older.ExecuteAsync(Stop);
            // Not a wait for something: where the two meet is what this test varies.
            await Task.Delay(TimeSpan.FromMilliseconds(dice.Next(60)), TimeProvider.System, Stop);
            using var newer = bench.Payment(1m, currency: currency);
            var second = newer.ExecuteAsync(Stop);
            await Task.WhenAll(first, second);
            await older.WaitForOutcomeAsync(TimeSpan.FromSeconds(60), Stop);

            var told = (older.Outcome is Outcome.Approved ? 1000 : 0) + (newer.Outcome is Outcome.Approved ? 100 : 0);
            Assert.Equal(before + told, bench.Gateway.Acquirer.Net);
            Assert.NotEqual(Outcome.Unknown, older.Outcome);
            Assert.True(newer.Successful, $"round {round}: {newer.Outcome} {newer.LocalizedResponseDescription}");
        }
    }
}
