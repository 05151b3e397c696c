using Tillbridge.Domain;
using Tillbridge.Gateway.Api;
using Tillbridge.Gateway.Api.Periods;

namespace Tillbridge.Gateway.Tests;

public sealed class PeriodTotalsTests
{
    private int count;

    [Fact]
    public void Sales_and_captures_add_refunds_and_reversals_take_off_and_reservations_do_nothing()
    {
        var sale = Booked(RequestKind.Sale, 1000);
        var refund = Booked(RequestKind.Refund, 300);
        var totals = PeriodTotals.Of(
        [
            sale, refund, Booked(RequestKind.Capture, 500), Booked(RequestKind.PreAuthorization, 700),
            Booked(RequestKind.Reversal, 1000, sale.Id), Booked(RequestKind.Reversal, 300, refund.Id),
        ]);
        Assert.Equal(Money.Euro(500), totals.Net);
        Assert.Equal(5, totals.Count);
        Assert.Equal(("r1", "r6"), (totals.FirstReceipt, totals.LastReceipt));
    }

    [Theory]
    [InlineData("r2", null)]
    [InlineData(null, "7")]
    public void A_refund_that_is_undone_by_its_number_comes_back_to_the_shop(string? receipt, string? approval)
    {
        var (sale, refund) = (Booked(RequestKind.Sale, 1000), Booked(RequestKind.Refund, 300));
        refund = refund with { Conclusion = refund.Conclusion! with { References = new(Receipt: "r2", Approval: "00000007") } };
        var undone = Booked(RequestKind.Reversal, 300);
        undone = undone with { Request = undone.Request with { Original = new(Receipt: receipt, Approval: approval) } };

        Assert.Equal(Money.Euro(1000), PeriodTotals.Of([sale, refund, undone]).Net);
    }

    [Fact]
    public void What_was_declined_counts_nothing_and_what_is_unknown_is_named()
    {
        var unknown = Closed(RequestKind.Sale, Outcome.Unknown, 400);
        var totals = PeriodTotals.Of([Closed(RequestKind.Sale, Outcome.Declined, 400), unknown, Booked(RequestKind.Sale, 100)]);
        Assert.Equal(Money.Euro(100), totals.Net);
        Assert.Equal([unknown.Id], totals.Unknown);
        Assert.Equal(["unknown"], totals.DifferencesTo(Terminal(100)).Select(difference => difference.Name));
    }

    [Fact]
    public void The_same_sum_is_no_difference_and_another_one_is_named_net()
    {
        var totals = PeriodTotals.Of([Booked(RequestKind.Sale, 100)]);
        Assert.Empty(totals.DifferencesTo(Terminal(100)));
        var difference = Assert.Single(totals.DifferencesTo(Terminal(99)));
        Assert.Equal(("net", "0.99 EUR", "1.00 EUR"), (difference.Name, difference.Terminal, difference.Journal));
    }

    [Fact]
    public void An_empty_period_agrees_with_a_terminal_that_says_zero() =>
        Assert.Empty(PeriodTotals.Of([]).DifferencesTo(Terminal(0)));

    [Fact]
    public void Several_currencies_are_never_added_up()
    {
        var dollars = Booked(RequestKind.Sale, 100);
        dollars = dollars with { Conclusion = dollars.Conclusion! with { ApprovedAmount = new Money(100, Currency.Of("USD")) } };
        var totals = PeriodTotals.Of([Booked(RequestKind.Sale, 50), dollars]);
        Assert.Equal(Money.Euro(50), totals.Net);
        Assert.Contains(totals.DifferencesTo(Terminal(50)), difference => difference.Name == "currency");
    }

    [Fact]
    public void A_sum_whose_sign_is_not_told_agrees_by_its_size()
    {
        var totals = PeriodTotals.Of([Booked(RequestKind.Sale, 500), Booked(RequestKind.Refund, 2000)]);

        Assert.Empty(totals.DifferencesTo(Terminal(1500) with { IsUnsigned = true }));
        Assert.Single(totals.DifferencesTo(Terminal(1500)));
        Assert.Single(totals.DifferencesTo(Terminal(2500) with { IsUnsigned = true }));
    }

    [Fact]
    public void A_terminal_that_closed_by_itself_is_held_against_the_bookings_behind_that()
    {
        Session[] period = [Booked(RequestKind.Sale, 1000), Booked(RequestKind.Sale, 2000), Booked(RequestKind.Sale, 500)];
        var told = Terminal(500) with { FirstReceipt = "r3", LastReceipt = "r3" };

        var lines = PeriodCheck.Lines(period, told);

        Assert.Equal(2, lines.Count);
        Assert.Equal("journal 5.00 EUR in 1 bookings: both agree", lines[0]);
        Assert.Contains("between receipts r2 and r3: 30.00 EUR in 2 bookings", lines[1], StringComparison.Ordinal);
    }

    private static Totals Terminal(long cents) => new(Money.Euro(cents), null, null, null, []);

    private Session Booked(RequestKind kind, long cents, SessionId? original = null) => Closed(kind, Outcome.Approved, cents, original);

    private Session Closed(RequestKind kind, Outcome outcome, long cents, SessionId? original = null)
    {
        count++;
        var request = new TerminalRequest(kind)
        {
            Amount = Money.Euro(cents), Original = original is null ? null : new Original(original, Amount: Money.Euro(cents)),
        };
        var conclusion = new Conclusion(outcome, Reason.Approved)
        {
            ApprovedAmount = outcome is Outcome.Approved ? Money.Euro(cents) : null, References = new($"r{count}"),
        };
        return new Session(new($"{count:x32}"), "till-1", request, DateTimeOffset.UnixEpoch.AddMinutes(count))
        {
            Phase = SessionPhase.Closed, Conclusion = conclusion,
        };
    }
}
