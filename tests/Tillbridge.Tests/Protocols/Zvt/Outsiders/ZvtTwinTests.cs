using Tillbridge.Domain;
using Tillbridge.Sessions;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Protocols.Zvt.Outsiders;

/// <summary>Bookings that look alike; each of these made it say what was not true, and was found by the free terminal.</summary>
public sealed class ZvtTwinTests : ZvtOutsiderFixture
{
    [Theory]
    [InlineData("", Outcome.Unknown)]
    [InlineData("37000101", Outcome.Unknown)]
    [InlineData("37000102", Outcome.Approved)]
    public async Task A_lost_reversal_beside_a_booking_of_the_same_amount_has_to_be_named(string tail, Outcome expected)
    {
        await using var raw = Lost(Booking("0102", "000102", 1250, minutes: -5), terminal =>
        {
            terminal.LastBooking = Booking("0103", "000103", 1250, tail: tail);
            terminal.Totals = Totals(1250, 3, "0101", "0103");
        });
        await Known(raw, "0101", "000101", 1250);
        await Known(raw, "0102", "000102", 1250);

        Assert.Equal(expected, (await Reverse(raw, "0102")).Outcome);
    }

    [Fact]
    public async Task A_lost_reversal_without_a_like_booking_is_recovered()
    {
        await using var raw = Lost(Booking("0102", "000102", 1250, minutes: -5), terminal =>
        {
            terminal.LastBooking = Booking("0103", "000103", 1250);
            terminal.Totals = Totals(500, 3, "0101", "0103");
        });
        await Known(raw, "0101", "000101", 500);
        await Known(raw, "0102", "000102", 1250);

        Assert.Equal((Outcome.Approved, Reason.Recovered), Ended(await Reverse(raw, "0102")));
    }

    [Fact]
    public async Task A_reversal_answered_with_the_code_of_the_last_booking_may_have_undone_that_one()
    {
        await using var terminal = Conversation(Booking("0102", "000102", 500, minutes: -5, tail: "3B3030393032300000"), async line =>
        {
            await line.Ask(Booking("0103", "000103", 1250, tail: "3B3030393032300000"));
            await line.Send(Done);
        });
        await Known(terminal, "0101", "000101", 1250);

        Assert.Equal((Outcome.Unknown, Reason.OtherBookingReversed), Ended(await Reverse(terminal, "0101")));
    }

    [Fact]
    public async Task A_number_that_repeats_with_another_approval_code_is_another_booking()
    {
        await using var terminal = Conversation(
            Booking("0007", "000000", 1250, minutes: null, tail: "3B3030393031330000"), async line =>
            {
                await line.Ask(Booking("0007", "000000", 1250, minutes: null, tail: "3B3030393032300000"));
                await line.Send(Done);
            });

        Assert.Equal((Outcome.Approved, Reason.Approved), Ended(await Pay(terminal)));
    }

    [Fact]
    public async Task A_forgetful_terminal_whose_totals_could_be_ours_alone_proves_nothing()
    {
        // Our books: one sale over the same amount. Closed by itself, and with our refund in it, the sizes are the same.
        await using var raw = Lost(Booking("0161", "000202", 1250, minutes: -5), terminal =>
        {
            terminal.LastBooking = "848300";
        }, Totals(1250, 1, "0161", "0161"));
        await Known(raw, "0161", "000202", 1250);

        Assert.Equal(Outcome.Unknown, (await Pay(raw)).Outcome);
    }

    [Fact]
    public async Task A_booking_behind_a_close_that_is_not_the_next_may_be_the_undoing_of_ours()
    {
        await using var raw = Lost(Booking("0101", "000101", 500, minutes: -5), terminal =>
        {
            terminal.LastBooking = Booking("0103", "000103", 1250);
            terminal.Totals = Totals(1250, 1, "0103", "0103");
        });
        await Known(raw, "0101", "000101", 500);

        Assert.Equal(Outcome.Unknown, (await Pay(raw)).Outcome);
    }

    [Fact]
    public async Task Totals_that_begin_behind_our_last_booking_hold_none_of_our_books()
    {
        // A refund of ours, closed by the terminal itself; behind it our sale and its refund by hand, which leave the sum as it was.
        await using var raw = Lost(Booking("0162", "000202", 1250, minutes: -5), terminal =>
        {
            terminal.LastBooking = Booking("0164", "000204", 1250);
            terminal.Totals = Totals(0, 2, "0163", "0164");
        });
        await Known(raw, "0162", "000202", 1250, RequestKind.Refund);

        Assert.Equal(Outcome.Unknown, (await Pay(raw)).Outcome);
    }

    [Fact]
    public async Task An_emptied_period_says_nothing_of_a_booking_under_a_number_that_repeats()
    {
        // It may be a refund by hand that undid ours, behind which the terminal closed its day.
        await using var raw = Lost(Booking("0001", "000000", 500, minutes: -5), terminal =>
        {
            terminal.LastBooking = Booking("0001", "000000", 1250);
            terminal.Totals = RawTerminal.EmptyTotals;
        });

        Assert.Equal(Outcome.Unknown, (await Pay(raw)).Outcome);
    }

    [Fact]
    public async Task What_a_terminal_repeats_unreadably_is_not_nothing()
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(RawTerminal.NothingStored, async line =>
        {
            await line.Ask(Booking("0122", "000122", 1250));
            terminal!.LastBooking = Status("27005202ABCD04000000000533490978870123");
            terminal.Totals = RawTerminal.EmptyTotals;
            line.HangUp();
        });

        Assert.Equal(Outcome.Unknown, (await Pay(raw)).Outcome);
    }

    [Theory]
    [InlineData("0B000999")]
    [InlineData("870999")]
    public async Task Two_numbers_of_one_booking_are_none(string second)
    {
        await using var terminal = Conversation(Booking("0101", "000101", 500, minutes: -5), async line =>
        {
            await line.Ask(Booking("0102", "000102", 1250, tail: second));
            await line.Send(Done);
        });

        Assert.NotEqual(Outcome.Approved, (await Pay(terminal)).Outcome);
    }

    [Fact]
    public async Task A_booking_that_a_person_concluded_is_known_again_by_its_numbers()
    {
        // Told with two amounts, so that nobody knew; a person called it approved.
        var told = Booking("0210", "000250", 1250);
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation("061E0164", async line =>
        {
            if (terminal!.Payments > 1)
            {
                terminal.LastBooking = told;
                line.HangUp();
                return;
            }

            await line.Ask(told);
            await line.Ask(Booking("0210", "000250", 2217));
            terminal.LastBooking = "848300";
            await line.Send(Done);
        });
        var first = await Pay(raw);
        Assert.Equal(Outcome.Unknown, first.Outcome);
        Assert.Null(await engine!.Resolve(first.Id, Outcome.Approved, "anna", "seen", stop.Token));

        Assert.NotEqual(Outcome.Approved, (await Pay(raw)).Outcome);
    }
}
