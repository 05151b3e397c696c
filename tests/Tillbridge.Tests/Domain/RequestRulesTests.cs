using Tillbridge.Domain;

namespace Tillbridge.Tests.Domain;

/// <summary>What a kind of request does to money, and what it must carry.</summary>
public sealed class RequestRulesTests
{
    private static readonly RequestKind[] MoneyKinds =
    [
        RequestKind.Sale, RequestKind.SaleWithCashback, RequestKind.Refund, RequestKind.Reversal, RequestKind.PreAuthorization,
        RequestKind.Capture, RequestKind.CancelPreAuthorization,
    ];

    private static readonly RequestKind[] AmountKinds =
    [
        RequestKind.Sale, RequestKind.SaleWithCashback, RequestKind.Refund, RequestKind.PreAuthorization, RequestKind.Capture,
    ];

    private static readonly RequestKind[] OriginalKinds =
        [RequestKind.Reversal, RequestKind.Capture, RequestKind.CancelPreAuthorization];

    public static TheoryData<RequestKind> Kinds => [.. Enum.GetValues<RequestKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_kind_says_what_it_does_to_money(RequestKind kind)
    {
        Assert.Equal(MoneyKinds.Contains(kind), kind.MovesMoney());
        Assert.Equal(MoneyKinds.Contains(kind) || kind is RequestKind.Reconciliation, kind.NeedsProof());
        Assert.Equal(AmountKinds.Contains(kind), kind.NeedsAmount());
        Assert.Equal(OriginalKinds.Contains(kind), kind.NeedsOriginal());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Sales_count_up_refunds_down_and_the_rest_not_at_all(RequestKind kind)
    {
        var expected = kind switch
        {
            RequestKind.Sale => 1,
            RequestKind.SaleWithCashback => 1,
            RequestKind.Capture => 1,
            RequestKind.Refund => -1,
            _ => 0,
        };

        Assert.Equal(expected, kind.SignInTotals());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_request_with_what_its_kind_needs_has_no_fault(RequestKind kind) => Assert.Null(RequestRules.Fault(Whole(kind)));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_amount_that_is_needed_and_missing_is_named(RequestKind kind)
    {
        var fault = RequestRules.Fault(Whole(kind) with { Amount = null });

        if (AmountKinds.Contains(kind)) AssertFault("amount", $"{kind} needs an amount", fault);
        else Assert.Null(fault);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_original_that_is_needed_and_missing_is_named(RequestKind kind)
    {
        var without = RequestRules.Fault(Whole(kind) with { Original = null });
        var nameless = RequestRules.Fault(Whole(kind) with { Original = new(Rrn: "1") });
        if (!OriginalKinds.Contains(kind))
        {
            Assert.Null(without);
            return;
        }

        AssertFault("original", $"{kind} needs the original", without);
        AssertFault("original", $"{kind} needs the original", nameless);
        Assert.Null(RequestRules.Fault(Whole(kind) with { Original = new(Approval: "2") }));
        Assert.Null(RequestRules.Fault(Whole(kind) with { Original = new(Session: new SessionId(new string('a', 32))) }));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_begins_a_booking_refers_to_no_earlier_one(RequestKind kind)
    {
        var fault = RequestRules.Fault(Whole(kind) with { Original = new(Receipt: "17") });

        if (kind is RequestKind.Sale or RequestKind.SaleWithCashback or RequestKind.PreAuthorization)
            AssertFault("original", $"{kind} refers to no earlier booking", fault);
        else Assert.Null(fault);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Only_what_books_can_be_held_back_for_a_confirmation(RequestKind kind)
    {
        var fault = RequestRules.Fault(Whole(kind) with { Confirm = true });

        if (MoneyKinds.Contains(kind)) Assert.Null(fault);
        else AssertFault("confirm", $"{kind} books nothing", fault);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    public void A_sale_with_cashback_needs_cash_above_zero(long cents)
    {
        var asked = Whole(RequestKind.SaleWithCashback);

        var fault = RequestRules.Fault(asked with { Cashback = Money.Euro(cents) });

        Assert.Equal("cashback", fault?.Field);
        AssertFault("cashback", "needs a cashback amount", RequestRules.Fault(asked with { Cashback = null }));
    }

    [Theory]
    [InlineData(RequestKind.Sale)]
    [InlineData(RequestKind.Refund)]
    [InlineData(RequestKind.Diagnosis)]
    public void Cash_goes_out_with_a_sale_with_cashback_only(RequestKind kind)
    {
        AssertFault("cashback", "Only saleWithCashback", RequestRules.Fault(Whole(kind) with { Cashback = Money.Euro(1) }));
        Assert.Null(RequestRules.Fault(Whole(kind) with { Cashback = Money.Euro(0) }));
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(Money.MostMinorUnits, null)]
    [InlineData(0, "above zero")]
    [InlineData(-1, "above zero")]
    [InlineData(Money.MostMinorUnits + 1, "over twelve digits")]
    public void An_amount_lies_above_zero_and_within_twelve_digits(long cents, string? text)
    {
        var fault = RequestRules.Fault(Whole(RequestKind.Sale) with { Amount = Money.Euro(cents) });

        if (text is null) Assert.Null(fault);
        else AssertFault("amount", text, fault);
    }

    [Fact]
    public void Each_further_amount_has_its_bounds_and_the_currency_of_the_amount()
    {
        var sale = Whole(RequestKind.Sale);
        (string Name, Func<Money, TerminalRequest> With)[] parts =
        [
            ("cashback", money => Whole(RequestKind.SaleWithCashback) with { Cashback = money }),
            ("tip", money => sale with { Tip = money }),
            ("discount", money => sale with { Discount = money }),
        ];

        foreach (var (name, with) in parts)
        {
            Assert.Null(RequestRules.Fault(with(Money.Euro(1))));
            AssertFault(name, $"The {name} must not be negative", RequestRules.Fault(with(Money.Euro(-1))));
            AssertFault(name, $"The {name} is over", RequestRules.Fault(with(Money.Euro(Money.MostMinorUnits + 1))));
            AssertFault(name, "in the currency of the amount", RequestRules.Fault(with(new(1, Currency.Of("CZK")))));
            // Within its own bounds; with the amount it is too much or too little in all.
            Assert.Equal("amount", RequestRules.Fault(with(Money.Euro(Money.MostMinorUnits)))?.Field);
        }

        Assert.Null(RequestRules.Fault(sale with { Tip = Money.Euro(0), Discount = Money.Euro(0) }));
    }

    [Theory]
    [InlineData(1249, 0, true)]
    [InlineData(1250, 0, false)]
    [InlineData(1251, 0, false)]
    [InlineData(0, Money.MostMinorUnits - 1250, true)]
    [InlineData(0, Money.MostMinorUnits - 1249, false)]
    public void The_sum_of_all_amounts_lies_above_zero_and_within_twelve_digits(long discount, long tip, bool isFine)
    {
        var asked = Whole(RequestKind.Sale) with { Discount = Money.Euro(discount), Tip = Money.Euro(tip) };

        var fault = RequestRules.Fault(asked);

        if (isFine) Assert.Null(fault);
        else AssertFault("amount", "must be above zero and within twelve digits", fault);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("R-1", true)]
    [InlineData("Objednávka 7", true)]
    [InlineData("line\nfeed", false)]
    [InlineData("turned\u202Eround", false)]
    [InlineData("line\u2028separator", false)]
    [InlineData("paragraph\u2029separator", false)]
    public void A_reference_is_printable(string reference, bool isFine)
    {
        var fault = RequestRules.Fault(Whole(RequestKind.Sale) with { Reference = reference });

        if (isFine) Assert.Null(fault);
        else AssertFault("reference", "printable", fault);
    }

    [Fact]
    public void A_reference_has_at_most_sixty_four_characters()
    {
        Assert.Null(RequestRules.Fault(Whole(RequestKind.Sale) with { Reference = new('x', 64) }));
        AssertFault("reference", "1 to 64", RequestRules.Fault(Whole(RequestKind.Sale) with { Reference = new('x', 65) }));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(99, true)]
    [InlineData(100, false)]
    public void A_merchant_index_is_one_to_ninety_nine(int merchant, bool isFine)
    {
        var fault = RequestRules.Fault(Whole(RequestKind.Sale) with { Merchant = merchant });

        if (isFine) Assert.Null(fault);
        else AssertFault("merchant", "1 to 99", fault);
    }

    [Fact]
    public void No_request_and_no_text_are_errors_of_the_caller()
    {
        Assert.Throws<ArgumentNullException>(() => RequestRules.Fault(null!));
        Assert.Throws<ArgumentNullException>(() => RequestRules.IsPrintable(null!, 1));
    }

    private static void AssertFault(string field, string text, (string Field, string Text)? fault)
    {
        Assert.Equal(field, fault?.Field);
        Assert.Contains(text, fault!.Value.Text, StringComparison.Ordinal);
    }

    private static TerminalRequest Whole(RequestKind kind) => new(kind)
    {
        Amount = AmountKinds.Contains(kind) ? Money.Euro(1250) : null,
        Cashback = kind is RequestKind.SaleWithCashback ? Money.Euro(5000) : null,
        Original = OriginalKinds.Contains(kind) ? new(Receipt: "17") : null,
    };
}
