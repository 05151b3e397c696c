using Tillbridge.Domain;
using Tillbridge.Domain.Proof;
using Tillbridge.Protocols;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Protocols.Zvt.Outsiders;

/// <summary>Assumptions that an address drops, at terminals of bare bytes.</summary>
public sealed class ZvtWithoutTests : ZvtOutsiderFixture
{
    [Theory]
    [InlineData("", Outcome.Approved)]
    [InlineData("?without=currency-as-asked", Outcome.Unknown)]
    public async Task An_amount_without_a_currency_is_in_the_asked_one_only_where_that_is_assumed(string options, Outcome expected)
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(RawTerminal.NothingStored, async line =>
        {
            terminal!.LastBooking = Status("2700040000000012500B000042870042");
            await line.Ask(terminal.LastBooking);
            await line.Send(Done);
        });
        await Start(terminal, options);

        var session = await Pay(terminal);

        Assert.Equal(expected, session.Outcome);
        Assert.Equal(expected is Outcome.Approved, session.Conclusion!.Grounds.Has(Ground.CurrencyAsAsked));
    }

    [Theory]
    [InlineData("", Outcome.Failed)]
    [InlineData("?without=bookings-differ", Outcome.Unknown)]
    public async Task A_booking_that_looks_like_the_one_before_may_be_ours_where_they_need_not_differ(string options, Outcome expected)
    {
        await using var terminal = Conversation(Booking("0041", "000041", 1250, minutes: -5), line =>
        {
            line.HangUp();
            return Task.CompletedTask;
        });
        await Start(terminal, options);

        Assert.Equal(expected, (await Pay(terminal)).Outcome);
    }

    [Fact]
    public void An_address_names_assumptions_only()
    {
        Assert.Null(TerminalAddress.TryParse("zvt+tcp://h:1?without=memory-is-true,luck", out var why));
        Assert.Contains("'luck' is no assumption; known are result-is-true,", why, StringComparison.Ordinal);
        var address = TerminalAddress.TryParse("zvt+tcp://h:1?without=totals-move,memory-is-true", out _)!;
        Assert.Equal([Ground.MemoryIsTrue, Ground.TotalsMove], address.Without);
        Assert.Empty(address.WayOptions);
    }
}
