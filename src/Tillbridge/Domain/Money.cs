using System.Globalization;

namespace Tillbridge.Domain;

/// <summary>An amount in minor units (cents) of one currency; conversion never loses a digit.</summary>
/// <param name="MinorUnits">Whole minor units; may be negative in totals, never in a request.</param>
/// <param name="Currency">The currency that the minor units belong to.</param>
public readonly record struct Money(long MinorUnits, Currency Currency)
{
    /// <summary>The most minor units that any request may carry: 12 decimal digits, the widest field of the protocols.</summary>
    public const long MostMinorUnits = 999_999_999_999;

    /// <summary>An amount of euro cents.</summary>
    public static Money Euro(long cents) => new(cents, Currency.Euro);

    /// <summary>Reads an amount in major units with a point, for example <c>12.50</c>.</summary>
    /// <returns>The amount, or null with the reason in <paramref name="why"/>.</returns>
    public static Money? TryParse(string text, Currency currency, out string why)
    {
        why = "";
        const NumberStyles Plain = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
        if (!decimal.TryParse(text, Plain, CultureInfo.InvariantCulture, out var major))
        {
            why = $"'{text}' is no amount; write major units with a point, such as 12.50.";
            return null;
        }

        var point = text.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : text.Length - point - 1;
        if (decimals > currency.Exponent)
        {
            why = $"'{text}' has {decimals} decimals, {currency.Code} has {currency.Exponent}; no digit may be lost.";
            return null;
        }

        // The bound is one of minor units: what is read here, a request may carry.
        if (Math.Abs(major) > (decimal)MostMinorUnits / currency.MinorPerMajor)
        {
            why = $"'{text}' is over the largest amount that a terminal can take.";
            return null;
        }

        return new Money((long)(major * currency.MinorPerMajor), currency);
    }

    /// <summary>The sum of two amounts of the same currency.</summary>
    /// <exception cref="InvariantException">The currencies differ.</exception>
    public static Money operator +(Money left, Money right)
    {
        Invariant.Holds(left.Currency == right.Currency, "amounts of two currencies are never added");
        return left with { MinorUnits = checked(left.MinorUnits + right.MinorUnits) };
    }

    /// <summary>The sum of two amounts of the same currency.</summary>
    public Money Add(Money other) => this + other;

    /// <summary>Major units as a number, exactly.</summary>
    internal decimal ToMajor() => (decimal)MinorUnits / Currency.MinorPerMajor;

    /// <summary>Major units as text with a point and all decimals of the currency, for example <c>12.50</c>.</summary>
    public string ToMajorText()
    {
        var sign = MinorUnits < 0 ? "-" : "";
        // The least amount has no positive twin of its own width, and a text that throws could hide what it should tell.
        var whole = Int128.Abs(MinorUnits);
        if (Currency.Exponent == 0) return $"{sign}{whole}";
        var (major, minor) = Int128.DivRem(whole, Currency.MinorPerMajor);
        return $"{sign}{major}.{minor.ToString(CultureInfo.InvariantCulture).PadLeft(Currency.Exponent, '0')}";
    }

    /// <summary>For example <c>12.50 EUR</c>.</summary>
    public override string ToString() => $"{ToMajorText()} {Currency.Code}";
}
