using Tillbridge.Domain;
using Tillbridge.Sessions;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Protocols.Zvt.Outsiders;

/// <summary>What a terminal did not say, or said otherwise; each of these was filled in from what had been asked.</summary>
public sealed class ZvtUntoldTests : ZvtOutsiderFixture
{
    [Theory]
    [InlineData("490999", Outcome.Unknown)] // No currency of that number.
    [InlineData("490276", Outcome.Unknown)] // The mark is gone.
    [InlineData("490000", Outcome.Unknown)]
    [InlineData("490975", Outcome.Approved)] // The lev is gone, too, and still named.
    public async Task A_currency_that_is_not_known_is_not_the_one_that_was_asked(string currency, Outcome expected)
    {
        var told = Status($"2700040000000010000B00010287010 2{currency}".Replace(" ", "", StringComparison.Ordinal));
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(Booking("0101", "000101", 500, minutes: -5), async line =>
        {
            terminal!.LastBooking = told;
            await line.Ask(told);
            await line.Send(Done);
        });

        var session = await Pay(raw, 1000);

        Assert.Equal(expected, session.Outcome);
        Assert.NotEqual(Money.Euro(1000), session.Conclusion!.ApprovedAmount);
    }

    [Theory]
    [InlineData("270052 02ABCD 04000000000500490978")] // The amount stands behind a field that cannot be read.
    [InlineData("2700 87 0102 0B000102")] // There is none.
    [InlineData("2700 04000000000500490978 87 0102 52 276C")] // A second result may.
    public async Task An_amount_that_was_not_told_is_not_the_one_that_was_asked(string data)
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(Booking("0101", "000101", 700, minutes: -5), async line =>
        {
            terminal!.LastBooking = Booking("0102", "000102", 500);
            await line.Ask(Status(data.Replace(" ", "", StringComparison.Ordinal)));
            await line.Send(Done);
        });

        var session = await Pay(raw, 1000);

        Assert.Equal(Outcome.Unknown, session.Outcome);
    }

    [Fact]
    public async Task A_clock_whose_error_is_known_does_not_make_our_booking_a_strangers()
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(RawTerminal.NothingStored, async line =>
        {
            if (terminal!.Payments == 1)
            {
                terminal.LastBooking = Booking("0101", "000101", 400, minutes: 61);
                await line.Ask(terminal.LastBooking);
                await line.Send(Done);
                return;
            }

            terminal.LastBooking = Booking("0102", "000102", 1000, minutes: 61);
            line.HangUp();
        });

        Assert.Equal(Outcome.Approved, (await Pay(raw, 400)).Outcome);
        Assert.Equal((Outcome.Approved, Reason.Recovered), Ended(await Pay(raw, 1000)));
    }

    [Fact]
    public async Task A_terminal_that_closed_its_day_by_itself_is_held_against_the_bookings_behind_it()
    {
        var paid = 0;
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(RawTerminal.NothingStored, async line =>
        {
            long[] amounts = [1000, 2000, 500];
            if (paid == amounts.Length)
            {
                line.HangUp();
                return;
            }

            terminal!.LastBooking = Booking($"010{paid + 1}", $"00010{paid + 1}", amounts[paid++]);
            await line.Ask(terminal.LastBooking);
            await line.Send(Done);
            terminal.Totals = Totals(500, 1, "0103", "0103");
        });
        foreach (var amount in new long[] { 1000, 2000, 500 }) Assert.Equal(Outcome.Approved, (await Pay(raw, amount)).Outcome);

        Assert.Equal((Outcome.Failed, Reason.NotBooked), Ended(await Pay(raw, 100)));
    }

    [Theory]
    [InlineData("39303037 3134", Outcome.Unknown)] // The code of the other sale.
    [InlineData("39303037 3037", Outcome.Approved)] // That of the one that was named.
    [InlineData("31323334 3536", Outcome.Approved)] // One of its own.
    public async Task A_reversal_that_is_answered_with_the_code_of_another_sale_undid_that_one(string code, Outcome expected)
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(RawTerminal.NothingStored, async line =>
        {
            var at = terminal!.Payments;
            var (amount, digits) = at switch { 1 => (222, "393030373037"), 2 => (333, "393030373134"), _ => (222, code) };
            var tail = $"3B{digits.Replace(" ", "", StringComparison.Ordinal)}0000";
            terminal.LastBooking = Booking($"010{at}", $"00010{at}", amount, tail: tail);
            await line.Ask(terminal.LastBooking);
            await line.Send(Done);
        });
        var sale = await Pay(raw, 222);
        await Pay(raw, 333);

        var session = await End(await Submit(raw, new TerminalRequest(RequestKind.Reversal) { Original = new Original(sale.Id) }));

        Assert.Equal((expected, expected is Outcome.Unknown ? 1 : 0), (session.Outcome, session.Incidents.Count));
    }

    [Fact]
    public async Task A_close_that_names_one_sum_is_held_against_the_journal()
    {
        await using var terminal = Conversation(RawTerminal.NothingStored, async line =>
        {
            await line.Ask("040F0C27000400000000999949 0978".Replace(" ", "", StringComparison.Ordinal));
            await line.Send(Done);
        });

        var session = await End(await Submit(terminal, new TerminalRequest(RequestKind.Reconciliation)));

        Assert.Equal(Money.Euro(9999), session.Conclusion!.Totals!.Net);
    }

    [Fact]
    public async Task A_tip_above_what_was_approved_is_no_tip()
    {
        var told = Status("2700040000000013500B00010287010249097806091F3606000010015008");
        await using var terminal = Conversation(RawTerminal.NothingStored, async line =>
        {
            await line.Ask(told);
            await line.Send(Done);
        });

        var session = await Pay(terminal, 1350);

        Assert.Equal((Money.Euro(1350), (Money?)null), (session.Conclusion!.ApprovedAmount, session.Conclusion.ApprovedTip));
    }

    [Fact]
    public async Task A_tip_that_the_terminal_tells_is_told()
    {
        var told = Status("2700040000000013500B00010287010249097806091F3606000000000100");
        await using var terminal = Conversation(RawTerminal.NothingStored, async line =>
        {
            await line.Ask(told);
            await line.Send(Done);
        });

        var session = await Pay(terminal, 1350);

        Assert.Equal((Money.Euro(1350), Money.Euro(100)), (session.Conclusion!.ApprovedAmount, session.Conclusion.ApprovedTip));
    }

    [Fact]
    public async Task A_repeat_that_tells_nothing_is_no_success()
    {
        await using var terminal = new RawTerminal(_ => Task.CompletedTask) { LastBooking = Done };

        var session = await End(await Submit(terminal, new TerminalRequest(RequestKind.Repeat)));

        Assert.Equal((Outcome.Failed, Reason.CannotTell), Ended(session));
    }

    [Fact]
    public async Task A_held_result_that_is_repeated_at_once_waits_for_the_decision()
    {
        var repeats = 0;
        string? last = null;
        var asked = new TaskCompletionSource();
        await using var terminal = Conversation(Booking("0101", "000101", 500, minutes: -5), async line =>
        {
            last = await line.Ask(Booking("0102", "000102", 1250));
            for (; last!.StartsWith("849C", StringComparison.Ordinal) && repeats < 255; repeats++)
            {
                asked.TrySetResult();
                last = await line.Ask(Booking("0102", "000102", 1250));
            }

            await line.Send(last == Ack ? Done : "061E016C");
        });

        var submission = await Submit(terminal, TestBench.Sale(1250) with { Confirm = true });
        await asked.Task;
        Assert.Null(await engine!.Confirm(submission, commit: true, "till", stop.Token));
        var session = (await engine.WaitForEnd(submission, TimeSpan.FromSeconds(30), stop.Token))!.OnGrounds();

        Assert.Equal((Outcome.Approved, Ack), (session.Outcome, last));
        Assert.InRange(repeats, 1, 3);
    }
}
