using Tillbridge.Domain;
using Tillbridge.Facades.Rows;

namespace Tillbridge.Tests.Facades.Rows;

/// <summary>Amounts as platforms and people write them (integray-rows.md §5): read by their digits, never guessed.</summary>
public sealed class RowAmountTests
{
    private static readonly RowRules Minor = new() { WireExponents = new Dictionary<string, int> { ["HUF"] = 0 } };

    [Theory]
    [InlineData("2000", "2000 CZK")]
    [InlineData("2000.0", "2000 CZK")]
    [InlineData("2000.00", "2000 CZK")]
    [InlineData("1.000 KWD", "1000 KWD")]
    [InlineData("HUF 100.0", "10000 HUF")]
    [InlineData("CZK 100", "10000 CZK")]
    [InlineData("100 CZK", "10000 CZK")]
    [InlineData("100,50 CZK", "10050 CZK")]
    [InlineData("1 234,50 CZK", "123450 CZK")]
    [InlineData("1\u00A0234\u00A0567.50 CZK", "123456750 CZK")]
    [InlineData("czk 0,05", "5 CZK")]
    [InlineData("HUF 100", "10000 HUF")]
    [InlineData("JPY 100", "100 JPY")]
    [InlineData("999999999999", "999999999999 CZK")]
    [InlineData("0", "0 CZK")]
    public void A_number_counts_minor_units_and_a_number_with_a_currency_major_ones(string text, string expected) =>
        Assert.Equal(expected, Read(text, Minor));

    [Theory]
    [InlineData("2000.5", "whole number")]
    [InlineData("1,234.50", "no amount")]
    [InlineData("1.234,50 CZK", "no amount")]
    [InlineData("12 34 CZK", "no amount")]
    [InlineData("HUF 100.50", "0 decimals")]
    [InlineData("100.505 CZK", "2 decimals")]
    [InlineData("1.000 CZK", "2 decimals")]
    [InlineData("CZK 1,000", "2 decimals")]
    [InlineData("1 000,000 CZK", "2 decimals")]
    [InlineData("HUF 100.00", "0 decimals")]
    [InlineData("2.000", "may group")]
    [InlineData("2,000", "may group")]
    [InlineData("2000,0", "may group")]
    [InlineData("JPY 100.5", "0 decimals")]
    [InlineData("1000000000000", "twelve digits")]
    [InlineData("10000000000 CZK", "twelve digits")]
    [InlineData("-1", "negative")]
    [InlineData("-5 CZK", "negative")]
    [InlineData("100 Kč", "no amount")]
    [InlineData("€ 5", "no amount")]
    [InlineData("100 XYZ", "no currency")]
    [InlineData("1.23E+05", "exponent")]
    [InlineData("1,23E+05", "write all of them")]
    [InlineData("1e3", "exponent")]
    [InlineData("2.5e3", "format of text")]
    [InlineData("1E-2", "exponent")]
    [InlineData("CZK 1.23E+05", "exponent")]
    [InlineData("1.23E+05 CZK", "exponent")]
    [InlineData("1e999", "exponent")]
    [InlineData("0.00000000000000000000000000000001 CZK", "no amount")]
    [InlineData("NaN", "no amount")]
    [InlineData("", "no amount")]
    public void What_could_lose_a_digit_or_be_guessed_is_refused_with_its_rule(string text, string why)
    {
        Assert.Null(RowAmount.TryRead(text, null, Minor, out var said));
        Assert.Contains(why, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.1", "10 CZK")]
    [InlineData("100", "10000 CZK")]
    [InlineData("100,5", "10050 CZK")]
    [InlineData("1 234,50", "123450 CZK")]
    public void In_a_run_of_major_units_plain_numbers_are_major(string text, string expected) =>
        Assert.Equal(expected, Read(text, Minor with { MajorUnits = true }));

    [Theory]
    [InlineData("1.000")]
    [InlineData("2,000")]
    [InlineData("1.2E+3")]
    public void Nor_may_a_point_or_comma_group_the_digits_of_major_units(string text) =>
        Assert.Null(Read(text, Minor with { MajorUnits = true }));

    [Fact]
    public void The_column_currency_decides_what_a_plain_number_counts_and_must_not_contradict()
    {
        var forint = Currency.Of("HUF");
        Assert.Equal(new Money(200_000, forint), RowAmount.TryRead("2000", forint, Minor, out _)); // 2000 forints; Money has ISO's fillér.
        Assert.Equal(2000, Minor.ToWire(new Money(200_000, forint)));
        Assert.Null(RowAmount.TryRead("CZK 100", Currency.Of("EUR"), Minor, out var why));
        Assert.Contains("the column Currency says EUR", why, StringComparison.Ordinal);
    }

    private static string? Read(string text, RowRules rules) => RowAmount.TryRead(text, null, rules, out _) is { } money
        ? $"{money.MinorUnits} {money.Currency.Code}"
        : null;
}
