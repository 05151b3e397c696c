using CsCheck;
using Tillbridge.Domain;

namespace Tillbridge.Tests.Properties;

/// <summary>What holds for every amount. A failure prints the least amount and the seed that found it (CsCheck_Seed).</summary>
public sealed class MoneyPropertyTests
{
    private static readonly Gen<Currency> Currencies = Gen.OneOf("EUR", "CZK", "JPY", "KWD", "CHF").Select(Currency.Of);

    private static readonly Gen<long> Units = Gen.Long[-Money.MostMinorUnits, Money.MostMinorUnits];

    private static readonly Gen<Money> Amounts = Gen.Select(Units, Currencies, static (units, currency) => new Money(units, currency));

    [Fact]
    public void What_is_written_is_read_again() => Amounts.Sample(static amount =>
        Money.TryParse(amount.ToMajorText(), amount.Currency, out var why) == amount && why.Length == 0);

    [Fact]
    public void A_digit_more_than_the_currency_has_is_refused_never_cut() =>
        Gen.Select(Amounts, Gen.Char['0', '9']).Sample(static (amount, digit) =>
        {
            var point = amount.Currency.Exponent == 0 ? "." : "";
            return Money.TryParse($"{amount.ToMajorText()}{point}{digit}", amount.Currency, out var why) is null && why.Length > 0;
        });

    [Fact]
    public void Sums_do_not_depend_on_the_order() =>
        Gen.Select(Amounts, Units, Units).Sample(static (one, more, most) =>
        {
            var (second, third) = (one with { MinorUnits = more }, one with { MinorUnits = most });
            return one + second == second + one && one + second + third == one + (second + third);
        });

    [Fact]
    public void Any_text_is_an_amount_within_bounds_or_a_reason() =>
        Gen.Select(Gen.Char["0123456789.-+eE, x٣"].Array[0, 20], Currencies).Sample(static (letters, currency) =>
            Money.TryParse(new string(letters), currency, out var why) is { } amount
                ? Math.Abs(amount.MinorUnits) <= Money.MostMinorUnits && why.Length == 0
                : why.Length > 0);
}
