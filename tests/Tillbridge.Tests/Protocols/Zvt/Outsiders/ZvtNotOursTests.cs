using Tillbridge.Domain;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Protocols.Zvt.Outsiders;

/// <summary>Each of these rules was taken out once, and nothing noticed it.</summary>
public sealed class ZvtNotOursTests : ZvtOutsiderFixture
{
    [Theory]
    [InlineData("490978", Outcome.Approved)]
    [InlineData("490826", Outcome.Unknown)]
    public async Task A_booking_in_another_currency_is_not_the_one_whose_answer_was_lost(string currency, Outcome expected)
    {
        var booked = Booking("0102", "000102", 1250).Replace("490978", currency, StringComparison.Ordinal);
        await using var terminal = Lost(Booking("0101", "000101", 500, minutes: -5), mine => mine.LastBooking = booked);

        Assert.Equal(expected, (await Pay(terminal)).Outcome);
    }

    [Theory]
    [InlineData("490978", Outcome.Failed)]
    [InlineData("490999", Outcome.Unknown)]
    public async Task Totals_in_a_currency_that_is_not_known_do_not_agree_with_our_books(string currency, Outcome expected)
    {
        var totals = Totals(500, 1, "0101", "0101");
        // Behind the sum, and three bytes longer by it.
        totals = $"040F45{totals[6..24]}{currency}{totals[24..]}";
        await using var terminal = Lost(
            Booking("0101", "000101", 500, minutes: -5), mine => mine.LastBooking = RawTerminal.NothingStored, totals);
        await Known(terminal, "0101", "000101", 500);

        Assert.Equal(expected, (await Pay(terminal)).Outcome);
    }

    [Fact]
    public async Task An_older_booking_of_ours_than_the_last_told_again_is_no_result_of_a_new_order()
    {
        string? first = null;
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(RawTerminal.NothingStored, async line =>
        {
            var told = terminal!.Payments == 3 ? first! : Booking($"010{terminal.Payments}", $"00010{terminal.Payments}", 1250);
            first ??= told;
            if (terminal.Payments < 3) terminal.LastBooking = told;
            await line.Ask(told);
            await line.Send(Done);
        });
        for (var paid = 0; paid < 2; paid++) Assert.Equal(Outcome.Approved, (await Pay(raw)).Outcome);

        Assert.NotEqual(Outcome.Approved, (await Pay(raw)).Outcome);
    }

    [Theory]
    [InlineData(null, "061E016C")] // A failure.
    [InlineData("040F022705", Done)] // A refusal, and the end.
    public async Task What_refuses_behind_the_booking_from_before_is_asked_about(string? refusal, string end)
    {
        var before = Booking("0101", "000101", 1250);
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(before, async line =>
        {
            await line.Ask(before);
            terminal!.LastBooking = Booking("0102", "000102", 1250);
            if (refusal is not null) await line.Ask(refusal);
            await line.Send(end);
        });

        Assert.Equal((Outcome.Approved, Reason.Recovered), Ended(await Pay(raw)));
    }

    [Theory]
    [InlineData(1250, Outcome.Approved)]
    [InlineData(900, Outcome.Unknown)]
    public async Task Another_amount_from_a_terminal_that_would_not_say_its_last_booking_may_be_that_one(long told, Outcome expected)
    {
        await using var terminal = new RawTerminal(async line =>
        {
            await line.Send(Ack);
            await line.Ask(Booking("0102", "000102", told));
            await line.Send(Done);
        }) { RepeatRefusal = "848300" };

        Assert.Equal(expected, (await Pay(terminal)).Outcome);
    }
}
