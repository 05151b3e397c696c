using Tillbridge.Domain;
using Tillbridge.Sessions;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Protocols.Zvt.Outsiders;

/// <summary>Whose booking it is that a terminal tells; each of these made it say what was not true.</summary>
public sealed class ZvtOutsiderTests : ZvtOutsiderFixture
{
    [Theory]
    [InlineData(1250)]
    [InlineData(900)]
    public async Task The_booking_from_before_told_again_is_no_result_of_a_new_order(long asked)
    {
        var before = Booking("0101", "000101", 1250);
        await using var terminal = Conversation(before, async line =>
        {
            await line.Ask(before);
            await line.Send(Done);
        });

        Assert.Equal((Outcome.Failed, Reason.NotBooked), Ended(await Pay(terminal, asked)));
    }

    [Fact]
    public async Task A_decline_from_before_told_again_is_no_result_of_a_new_order()
    {
        RawTerminal? terminal = null;
        var before = Booking("0101", "000101", 1250, result: "05");
        await using var raw = terminal = Conversation(before, async line =>
        {
            await line.Ask(before);
            terminal!.LastBooking = Booking("0102", "000102", 1250);
            await line.Send(Done);
        });

        Assert.Equal((Outcome.Approved, Reason.Recovered), Ended(await Pay(raw)));
    }

    [Fact]
    public async Task Our_own_result_behind_the_booking_from_before_is_ours()
    {
        var before = Booking("0101", "000101", 1250);
        string? answer = null;
        await using var terminal = Conversation(before, async line =>
        {
            answer = await line.Ask(before);
            await line.Ask(Booking("0102", "000102", 1250));
            await line.Send(Done);
        });

        Assert.Equal((Outcome.Approved, Reason.Approved), Ended(await Pay(terminal)));
        Assert.Equal("849C00", answer); // Neither a yes nor a no to what was not asked.
    }

    [Theory]
    [InlineData(500, -5, 0)]
    [InlineData(500, null, null)] // Only the amount tells.
    [InlineData(1250, -5, 0)] // Only the time does.
    public async Task A_number_that_repeats_over_another_amount_or_at_another_time_is_another_booking(long cents, int? before, int? after)
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(Booking("0007", "000000", cents, before), line =>
        {
            terminal!.LastBooking = Booking("0007", "000000", 1250, after);
            line.HangUp();
            return Task.CompletedTask;
        });

        Assert.Equal((Outcome.Approved, Reason.Recovered), Ended(await Pay(raw)));
    }

    [Fact]
    public async Task A_number_that_repeats_over_the_same_amount_without_a_time_proves_nothing()
    {
        await using var terminal = Conversation(Booking("0007", "000000", 1250, minutes: null), line =>
        {
            line.HangUp();
            return Task.CompletedTask;
        });

        Assert.Equal(Outcome.Unknown, (await Pay(terminal)).Outcome);
    }

    [Fact]
    public async Task A_booking_without_a_number_that_the_terminal_still_names_is_not_ours()
    {
        await using var terminal = Conversation(Booking("0000", "000123", 1250, minutes: null), line =>
        {
            line.HangUp();
            return Task.CompletedTask;
        });

        Assert.NotEqual(Outcome.Approved, (await Pay(terminal)).Outcome);
    }

    [Fact]
    public async Task A_first_look_that_names_our_booking_is_not_outweighed_by_a_second_that_does_not()
    {
        var before = Booking("0101", "000101", 500, minutes: -5);
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(before, line =>
        {
            // It names our booking first; a refund by hand hides it from the totals, and then it forgets both.
            terminal!.LastBooking = Booking("0102", "000102", 1250);
            terminal.Totals = Totals(500, 1, "0101", "0101");
            terminal.AfterLook = () => (terminal.LastBooking, terminal.Totals) = (before, "848300");
            line.HangUp();
            return Task.CompletedTask;
        });
        await Known(raw, "0101", "000101", 500);

        var session = await Pay(raw);

        Assert.True(session.Outcome is Outcome.Unknown or Outcome.Failed, session.Conclusion!.ToString());
        Assert.True(session.ClosedAt - session.SentAt > TimeSpan.FromMilliseconds(400), "the second sight begins anew");
    }

    [Fact]
    public async Task A_wrong_pin_under_a_number_of_its_own_is_followed_by_the_payment()
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(Booking("0101", "000101", 500, minutes: -5), async line =>
        {
            await line.Ask(Booking("0102", "000102", 1250, result: "37"));
            terminal!.LastBooking = Booking("0103", "000103", 1250);
            await line.Ask(terminal.LastBooking);
            await line.Send(Done);
        });

        Assert.Equal((Outcome.Approved, Reason.Recovered), Ended(await Pay(raw)));
    }

    [Theory]
    [InlineData(1250, 0, 2)] // The sale and a refund by hand behind it: nothing stands.
    [InlineData(1250, -1250, 1)] // A refund by hand alone, and the sale was never booked.
    public async Task A_refund_by_hand_over_the_same_amount_is_not_our_sale(long told, long net, int count)
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(Booking("0101", "000101", 500, minutes: -5), line =>
        {
            var receipt = count == 2 ? "0103" : "0102";
            terminal!.LastBooking = Booking(receipt, "000" + receipt[1..], told);
            terminal.Totals = Totals(net == 0 ? 500 : Math.Abs(500 + net), 1 + count, "0101", receipt);
            line.HangUp();
            return Task.CompletedTask;
        });
        await Known(raw, "0101", "000101", 500);

        Assert.Equal(Outcome.Unknown, (await Pay(raw)).Outcome);
    }

    [Fact]
    public async Task Two_bookings_since_ours_began_are_none_where_no_totals_are_named()
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(Booking("0101", "000101", 500, minutes: -5), line =>
        {
            terminal!.LastBooking = Booking("0103", "000103", 1250);
            line.HangUp();
            return Task.CompletedTask;
        });

        Assert.Equal((Outcome.Unknown, Reason.ForeignBooking), Ended(await Pay(raw)));
    }

    [Theory]
    [InlineData(2, Outcome.Unknown)]
    [InlineData(1, Outcome.Failed)]
    public async Task Counts_that_disagree_never_prove_that_nothing_was_booked(int count, Outcome expected)
    {
        await using var terminal = Conversation(Booking("0101", "000101", 500, minutes: -5), line =>
        {
            line.HangUp();
            return Task.CompletedTask;
        }, Totals(500, count, "0101", "0101"));
        await Known(terminal, "0101", "000101", 500);

        Assert.Equal(expected, (await Pay(terminal)).Outcome);
    }

    [Fact]
    public async Task A_terminal_that_is_idle_while_it_still_books_is_asked_a_second_time()
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(Booking("0101", "000101", 500, minutes: -5), line =>
        {
            // It books between our first look and our second.
            terminal!.AfterLook = () => terminal.LastBooking = Booking("0102", "000102", 1250);
            line.HangUp();
            return Task.CompletedTask;
        });

        Assert.Equal((Outcome.Approved, Reason.Recovered), Ended(await Pay(raw)));
    }

    [Theory]
    [InlineData("27 6C")]
    [InlineData("27 00 04 00 00 00 00 05 00 49 09 78 87 01 02 0B 00 01 02")]
    public async Task Two_results_that_differ_conclude_nothing(string second)
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(Booking("0101", "000101", 500, minutes: -5), async line =>
        {
            terminal!.LastBooking = "849A00";
            await line.Ask(Booking("0102", "000102", 1250));
            await line.Ask(Status(second.Replace(" ", "", StringComparison.Ordinal)));
            terminal.LastBooking = Booking("0102", "000102", 1250);
            await line.Send(Done);
        });

        Assert.Equal((Outcome.Approved, Reason.Recovered), Ended(await Pay(raw)));
    }

    [Fact]
    public async Task A_result_of_another_device_is_not_ours()
    {
        await using var terminal = Conversation(
            Booking("0101", "000101", 500, minutes: -5), async line =>
            {
                await line.Ask(Booking("0102", "000102", 1250, tail: "2965000002"));
                await line.Send(Done);
            }, registration: "060F0A19002965000001490978");

        Assert.NotEqual(Outcome.Approved, (await Pay(terminal)).Outcome);
    }

    [Fact]
    public async Task An_address_that_names_another_terminal_id_sends_nothing()
    {
        await using var terminal = Conversation(Booking("0101", "000101", 500, minutes: -5, tail: "2965000001"), line => line.Send(Done));

        Assert.Equal((Outcome.Failed, Reason.TerminalRefused), Ended(await Pay(terminal, options: "?tid=65000002")));
        Assert.Equal(0, terminal.Payments);
    }
}
