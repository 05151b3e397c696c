using Tillbridge.Domain;

namespace Tillbridge.Tests.Domain;

/// <summary>Amounts are read, added and written without a digit lost.</summary>
public sealed class MoneyTests
{
    [Theory]
    [InlineData("12.50", "EUR", 1250)]
    [InlineData("12.5", "EUR", 1250)]
    [InlineData("12", "EUR", 1200)]
    [InlineData("12.", "EUR", 1200)]
    [InlineData(".5", "EUR", 50)]
    [InlineData("0", "EUR", 0)]
    [InlineData("0.01", "EUR", 1)]
    [InlineData("-3.07", "EUR", -307)]
    [InlineData("+3.07", "EUR", 307)]
    [InlineData("1250", "JPY", 1250)]
    [InlineData("1.234", "KWD", 1234)]
    [InlineData("1.2", "KWD", 1200)]
    [InlineData("9999999999.99", "EUR", Money.MostMinorUnits)]
    [InlineData("-9999999999.99", "EUR", -Money.MostMinorUnits)]
    [InlineData("999999999999", "JPY", Money.MostMinorUnits)]
    [InlineData("999999999.999", "KWD", Money.MostMinorUnits)]
    public void An_amount_is_read_in_the_minor_units_of_its_currency(string text, string code, long minorUnits)
    {
        var money = Money.TryParse(text, Currency.Of(code), out var why);

        Assert.Equal(new Money(minorUnits, Currency.Of(code)), money);
        Assert.Equal("", why);
    }

    [Theory]
    [InlineData("12.505", "EUR")]
    [InlineData("12.500", "EUR")]
    [InlineData("1.0", "JPY")]
    [InlineData("0.0001", "KWD")]
    [InlineData(".505", "EUR")]
    public void More_decimals_than_the_currency_has_are_refused_and_not_rounded(string text, string code)
    {
        Assert.Null(Money.TryParse(text, Currency.Of(code), out var why));
        Assert.Contains($"'{text}'", why, StringComparison.Ordinal);
        Assert.Contains($"{code} has {Currency.Of(code).Exponent}", why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10000000000.00", "EUR")]
    [InlineData("-10000000000.00", "EUR")]
    [InlineData("1000000000000", "JPY")]
    [InlineData("1000000000.000", "KWD")]
    [InlineData("79228162514264337593543950335", "EUR")]
    public void More_than_twelve_digits_of_minor_units_are_refused_where_they_are_read(string text, string code)
    {
        Assert.Null(Money.TryParse(text, Currency.Of(code), out var why));
        Assert.Contains("largest amount", why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("twelve")]
    [InlineData("12,50")]
    [InlineData("1 250")]
    [InlineData("1e3")]
    [InlineData("12.50 EUR")]
    [InlineData("1.2.3")]
    [InlineData("99999999999999999999999999999999")]
    public void What_is_no_plain_number_is_refused_with_a_reason(string text)
    {
        Assert.Null(Money.TryParse(text, Currency.Euro, out var why));
        Assert.Contains($"'{text}' is no amount", why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "EUR", "0.00")]
    [InlineData(7, "EUR", "0.07")]
    [InlineData(1250, "EUR", "12.50")]
    [InlineData(-7, "EUR", "-0.07")]
    [InlineData(-1250, "EUR", "-12.50")]
    [InlineData(1250, "JPY", "1250")]
    [InlineData(-1250, "JPY", "-1250")]
    [InlineData(1005, "KWD", "1.005")]
    [InlineData(-5, "KWD", "-0.005")]
    [InlineData(long.MaxValue, "EUR", "92233720368547758.07")]
    [InlineData(long.MinValue, "EUR", "-92233720368547758.08")]
    [InlineData(long.MinValue, "JPY", "-9223372036854775808")]
    public void An_amount_is_written_with_all_decimals_of_its_currency(long minorUnits, string code, string text)
    {
        var money = new Money(minorUnits, Currency.Of(code));

        Assert.Equal(text, money.ToMajorText());
        Assert.Equal($"{text} {code}", money.ToString());
    }

    [Fact]
    public void Amounts_of_one_currency_add_up()
    {
        Assert.Equal(Money.Euro(1257), Money.Euro(1250) + Money.Euro(7));
        Assert.Equal(Money.Euro(-3), Money.Euro(4).Add(Money.Euro(-7)));
    }

    [Fact]
    public void Amounts_of_two_currencies_are_never_added()
    {
        var error = Assert.Throws<InvariantException>(() => Money.Euro(1) + new Money(1, Currency.Of("CZK")));

        Assert.Contains("two currencies", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sum_that_does_not_fit_is_an_error_and_no_other_amount()
    {
        Assert.Throws<OverflowException>(() => Money.Euro(long.MaxValue) + Money.Euro(1));
        Assert.Throws<OverflowException>(() => Money.Euro(long.MinValue) + Money.Euro(-1));
    }
}
