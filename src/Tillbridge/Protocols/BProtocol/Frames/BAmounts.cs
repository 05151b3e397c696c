using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Protocols.BProtocol.Dialects;

namespace Tillbridge.Protocols.BProtocol.Frames;

/// <summary>Amounts on the wire: minor units of the dialect's own exponents, without a point (gpe.md §3). No digit is ever lost.</summary>
internal static class BAmounts
{
    public const int MostDigits = 12;

    /// <summary>The digits; null when the amount cannot be said exactly.</summary>
    public static string? Write(Money money, BDialect dialect)
    {
        var units = money.MinorUnits;
        for (var left = money.Currency.Exponent - ExponentOf(money.Currency, dialect); left > 0; left--)
        {
            if (units % 10 != 0) return null;
            units /= 10;
        }

        for (var left = ExponentOf(money.Currency, dialect) - money.Currency.Exponent; left > 0; left--)
        {
            if (units > Money.MostMinorUnits / 10) return null;
            units *= 10;
        }

        var digits = units.ToString(CultureInfo.InvariantCulture).PadLeft(dialect.LeastAmountDigits, '0');
        return digits.Length <= MostDigits ? digits : null;
    }

    /// <summary>True for 1 to 12 digits.</summary>
    public static bool IsWritten([NotNullWhen(true)] string? digits) =>
        digits is { Length: > 0 and <= MostDigits } && digits.All(char.IsAsciiDigit);

    /// <summary>The amount of some digits; null when they are none, or say what our currency cannot hold.</summary>
    public static Money? Read(string? digits, Currency currency, BDialect dialect)
    {
        if (!IsWritten(digits)) return null;
        return Scale(long.Parse(digits, CultureInfo.InvariantCulture), currency, dialect);
    }

    /// <summary>Units of the wire as an amount.</summary>
    public static Money? Scale(long units, Currency currency, BDialect dialect)
    {
        var shift = currency.Exponent - ExponentOf(currency, dialect);
        for (; shift > 0; shift--)
        {
            if (Math.Abs(units) > long.MaxValue / 10) return null;
            units *= 10;
        }

        for (; shift < 0; shift++)
        {
            if (units % 10 != 0) return null;
            units /= 10;
        }

        return new Money(units, currency);
    }

    /// <summary>An amount as units of the wire, for sums; null when it cannot be said exactly.</summary>
    public static long? Unscale(Money money, BDialect dialect)
    {
        var text = Write(money with { MinorUnits = Math.Abs(money.MinorUnits) }, dialect);
        return text is null ? null : Math.Sign(money.MinorUnits) * long.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// The currency of FID E by number or letters, null where it is not there; false when it is there and is none that we know: what is
    /// not known is not the one that was asked.
    /// </summary>
    public static bool TryCurrency(string? numeric, out Currency? currency)
    {
        currency = null;
        return string.IsNullOrEmpty(numeric)
            || (numeric.Length == 3 && char.IsAsciiLetterUpper(numeric[0]) && Currency.TryFind(numeric, out currency))
            || (numeric.Length == 3 && int.TryParse(numeric, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && Currency.TryFind(number, out currency));
    }

    /// <summary>The same for who only reads or writes it; null where it is not there or not known.</summary>
    public static Currency? CurrencyOf(string? numeric) => TryCurrency(numeric, out var currency) ? currency : null;

    public static string Numeric(Currency currency) => currency.Numeric.ToString("D3", CultureInfo.InvariantCulture);

    private static int ExponentOf(Currency currency, BDialect dialect) =>
        dialect.Exponents.TryGetValue(currency.Code, out var exponent) ? exponent : currency.Exponent;
}
