using Tillbridge.Domain;
using Tillbridge.Domain.Proof;

namespace Tillbridge.Tests.Scenarios;

/// <summary>Rows of the amount table behind an earlier payment: an outcome names exactly what it rests on.</summary>
[Trait("Speed", "Slow")]
public sealed class GroundsTests
{
    private const string OnTheLine = "result-on-the-line, result-is-true";
    private const string Reread = "result-on-the-line, terminal-repeats-booking, memory-is-true";
    private const string ByTotals =
        "last-booking-is-earlier, totals-agree, second-look, totals-move, settles-in-time, own-close-shows";
    private const string ByTotalsAndNumbers =
        "last-booking-is-earlier, totals-agree, second-look, totals-move, settles-in-time, bookings-differ, own-close-shows";

    [Theory]
    [InlineData("zvt", 1250, OnTheLine)]
    [InlineData("gpe", 1250, OnTheLine)]
    [InlineData("csob-b", 1250, Reread)]
    [InlineData("zvt", 9901, OnTheLine)]
    [InlineData("gpe", 9902, OnTheLine)]
    [InlineData("csob-b", 9901, OnTheLine)]
    [InlineData("zvt", 9904, "last-booking-is-earlier, stayed-reachable, totals-agree, second-look, reachable-forgets-nothing, "
        + "memory-is-true, settles-in-time, bookings-differ")]
    [InlineData("gpe", 9904, "last-booking-is-earlier, stayed-reachable, totals-agree, second-look, reachable-forgets-nothing, "
        + "memory-is-true, settles-in-time")]
    [InlineData("zvt", 9905, "terminal-repeats-booking, totals-agree, memory-is-true, totals-move, nobody-else-books-alike, "
        + "other-hands-show")]
    [InlineData("gpe", 9905, "terminal-repeats-booking, carries-our-number, memory-is-true, other-hands-show")]
    [InlineData("csob-b", 9912, "terminal-repeats-booking, carries-our-number, memory-is-true, other-hands-show")]
    [InlineData("zvt", 9908, "refused-at-once, result-is-true")]
    [InlineData("zvt", 9909, ByTotalsAndNumbers)]
    [InlineData("csob-b", 9909, ByTotals)]
    [InlineData("zvt", 9913, "")]
    [InlineData("gpe", 9913, "")]
    public async Task An_outcome_names_exactly_what_it_rests_on(string protocol, long cents, string grounds)
    {
        await using var bench = await TestBench.Start(protocol);
        await bench.Run(TestBench.Sale(700));

        Assert.Equal(grounds, (await bench.Run(TestBench.Sale(cents))).Conclusion!.Grounds.ToString());
    }

    [Theory]
    [InlineData("zvt", 9904, "reachable-forgets-nothing", Outcome.Failed)]
    [InlineData("zvt", 9904, "reachable-forgets-nothing,totals-move", Outcome.Unknown)]
    [InlineData("zvt", 9904, "reachable-forgets-nothing,own-close-shows", Outcome.Unknown)]
    [InlineData("zvt", 9904, "memory-is-true", Outcome.Failed)]
    [InlineData("zvt", 9905, "totals-move", Outcome.Unknown)]
    [InlineData("gpe", 9905, "totals-move", Outcome.Approved)]
    [InlineData("zvt", 9905, "memory-is-true", Outcome.Unknown)]
    [InlineData("zvt", 9905, "nobody-else-books-alike", Outcome.Unknown)]
    [InlineData("gpe", 9904, "reachable-forgets-nothing", Outcome.Failed)]
    [InlineData("gpe", 9904, "reachable-forgets-nothing,totals-move", Outcome.Unknown)]
    [InlineData("gpe", 9904, "reachable-forgets-nothing,own-close-shows", Outcome.Unknown)]
    [InlineData("csob-b", 9905, "memory-is-true", Outcome.Unknown)]
    [InlineData("csob-b", 9905, "nobody-else-books-alike", Outcome.Approved)]
    public async Task Nothing_rests_on_an_assumption_that_is_not_made(string protocol, long cents, string without, Outcome expected)
    {
        var dropped = Grounds.Of(without.Split(','));
        await using var bench = await TestBench.Start(
            protocol, adjust: terminal => terminal with { Driver = terminal.Driver with { Without = dropped } });
        await bench.Run(TestBench.Sale(700));

        var session = await bench.Run(TestBench.Sale(cents));

        Assert.Equal(expected, session.Outcome);
        Assert.DoesNotContain(session.Conclusion!.Grounds, dropped.Has);
        if (expected is not Outcome.Unknown) Assert.Equal(
            700 + (session.Conclusion.ApprovedAmount?.MinorUnits ?? 0), bench.Virtual.Acquirer.Net);
    }

    [Theory]
    [InlineData("zvt", "other-hands-show")]
    [InlineData("gpe", "bookings-differ")]
    public async Task What_cannot_be_left_out_is_refused_with_what_can(string protocol, string without)
    {
        var why = await Assert.ThrowsAsync<ArgumentException>(() => TestBench.Start(
            protocol, adjust: terminal => terminal with { Driver = terminal.Driver with { Without = Grounds.Of(without) } }));

        Assert.Contains("what can be left out is reachable-forgets-nothing,", why.Message, StringComparison.Ordinal);
    }
}
