using Tillbridge.Domain;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Sessions;

/// <summary>A newer caller takes a terminal over: the older one's session ends with the truth, whatever moment it was cut at.</summary>
public sealed class DisplacementTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_payment_that_is_displaced_while_the_card_is_waited_for_ends_as_the_terminal_says_and_frees_it()
    {
        await using var bench = await TestBench.Start();
        bench.Virtual.Scripts.Replace([new TerminalScript { SlowSeconds = 20 }], TerminalScript.Plain);
        var older = (await bench.Submit(TestBench.Sale(1250))).Session!;
        await bench.Until(older.Id, SessionPhase.InFlight);

        Assert.Null(await bench.Engine.Displace(older.Id, "KASSA2", Stop));

        var ended = await bench.End(older.Id);
        Assert.Equal((Outcome.Failed, Reason.NotBooked, Reason.Displaced), (ended.Outcome, ended.Conclusion!.Reason, ended.BrokenBy));
        Assert.Empty(bench.Virtual.Acquirer.Lines);
        Assert.Equal(Outcome.Approved, (await bench.Run(TestBench.Sale(500))).Outcome);
    }

    [Fact]
    public async Task A_payment_that_was_not_sent_fails_as_displaced()
    {
        await using var bench = await TestBench.Start();
        var order = new Order(TestBench.Till, TestBench.Sale(1250)) { Key = "held", Hold = TimeSpan.FromSeconds(60) };
        var older = (await bench.Engine.Submit(order, Stop)).Session!;

        Assert.Null(await bench.Engine.Displace(older.Id, "KASSA2", Stop));

        var ended = await bench.End(older.Id);
        Assert.Equal((Outcome.Failed, Reason.Displaced), (ended.Outcome, ended.Conclusion!.Reason));
        Assert.Null(ended.SentAt);
        Assert.Equal(RefusalCode.WrongState, (await bench.Engine.Displace(older.Id, "KASSA2", Stop))!.Code);
        Assert.Equal(RefusalCode.NotFound, (await bench.Engine.Displace(new(new string('0', 32)), "KASSA2", Stop))!.Code);
    }

    [Fact]
    public async Task Whenever_a_payment_is_displaced_it_ends_as_the_books_say()
    {
        await using var bench = await TestBench.Start();
        var dice = new Random(20261125);
        for (var round = 0; round < 40; round++)
        {
            var booked = bench.Virtual.Acquirer.Net;
            var older = (await bench.Submit(TestBench.Sale(1250))).Session!;
            await Task.Delay(TimeSpan.FromMilliseconds(dice.Next(40)), bench.Clock, Stop);
            await bench.Engine.Displace(older.Id, "KASSA2", Stop);

            var ended = await bench.End(older.Id);

            var moved = bench.Virtual.Acquirer.Net - booked;
            Assert.True(
                moved == (ended.Outcome is Outcome.Approved ? 1250 : 0) && ended.Outcome is not Outcome.Unknown,
                $"round {round}: {ended.Outcome} ({ended.Conclusion!.Reason}: {ended.Conclusion.TerminalText}), and {moved} moved");
        }
    }
}
