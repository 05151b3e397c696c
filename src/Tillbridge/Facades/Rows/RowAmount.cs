using System.Globalization;
using System.Text.RegularExpressions;
using Tillbridge.Domain;

namespace Tillbridge.Facades.Rows;

/// <summary>
/// Amounts as people and platforms write them (integray-rows.md §5): plain numbers by the run's unit, numbers with a currency always in
/// major units. Read by their digits; nothing is rounded and nothing is guessed.
/// </summary>
internal static partial class RowAmount
{
    private const int MostCharacters = 40;
    private const int MostZeros = 2;

    /// <summary>A program that wrote an exponent may have dropped digits: 123456 becomes 1.23E+05 in a narrow column.</summary>
    public const string ExponentRule = "is written with an exponent, which may have lost digits; write all of them, such as 123000 "
        + "(in a spreadsheet: give the column the format of text, then export anew)";

    /// <summary>Reads an amount.</summary>
    /// <param name="text">As it stands in the row.</param>
    /// <param name="named">The row's currency; null when it names none.</param>
    /// <param name="rules">The run's unit and currency.</param>
    /// <param name="why">What is wrong.</param>
    /// <returns>The amount, zero included; null when it cannot be read.</returns>
    public static Money? TryRead(string text, Currency? named, RowRules rules, out string why)
    {
        var written = text.Trim();
        if (written.Length is 0 or > MostCharacters) return Refuse(out why, "is no amount");
        if (HasExponent(written)) return Refuse(out why, ExponentRule);
        var match = WithCurrency().Match(written);
        if (!match.Success) return ReadPlain(written, named ?? rules.Currency, rules, out why);
        var code = match.Groups["before"].Success ? match.Groups["before"].Value : match.Groups["after"].Value;
        if (!Currency.TryFind(code.ToUpperInvariant(), out var currency)) return Refuse(out why, $"names no currency '{code}' of ISO 4217");
        if (named is not null && named != currency)
            return Refuse(out why, $"is in {currency.Code}, and the column Currency says {named.Code}");
        return ReadMajor(match.Groups["number"].Value, currency, rules, out why);
    }

    private static Money? ReadPlain(string written, Currency currency, RowRules rules, out string why)
    {
        if (rules.MajorUnits) return ReadMajor(written, currency, rules, out why);
        if (Digits(written, out why) is not { } number) return null;
        if (decimal.Truncate(number) != number) return Refuse(out why, "counts minor units and must be a whole number");
        // 2.000 may be two of somebody's thousands; 2000.0 is how platforms write a whole number.
        if (Decimals(written) > MostZeros || written.Contains(',', StringComparison.Ordinal))
            return Refuse(out why, "counts minor units; neither a point nor a comma may group its digits");
        return Of(number, currency, rules, out why);
    }

    private static Money? ReadMajor(string written, Currency currency, RowRules rules, out string why)
    {
        if (Digits(written, out why) is not { } number) return null;
        // What is far beyond every limit may not fit into the number that counts its minor units.
        if (Math.Abs(number) > Money.MostMinorUnits) return Refuse(out why, "is over twelve digits");
        var exponent = rules.WireExponent(currency);
        // Zeros count: 1.000 CZK is a thousand to whoever groups by points. One alone is how platforms write a whole number.
        return Decimals(written) <= exponent
            ? Of(number * (decimal)Math.Pow(10, exponent), currency, rules, out why)
            : Refuse(out why, $"has more than the {exponent} decimals that {currency.Code} has at this terminal; nothing is rounded");
    }

    // How many are written behind the mark.
    private static int Decimals(string written)
    {
        var mark = written.IndexOfAny(['.', ',']);
        return mark < 0 || written[(mark + 1)..] == "0" ? 0 : written.Length - mark - 1;
    }

    private static Money? Of(decimal wireMinor, Currency currency, RowRules rules, out string why)
    {
        if (wireMinor < 0) return Refuse(out why, "must not be negative");
        if (wireMinor > Money.MostMinorUnits) return Refuse(out why, "is over twelve digits");
        var minor = wireMinor * (decimal)Math.Pow(10, currency.Exponent - rules.WireExponent(currency));
        if (minor > Money.MostMinorUnits) return Refuse(out why, "is over what a request can carry");
        why = "";
        return new Money((long)minor, currency);
    }

    // Blanks may group thousands, a point or a comma is the one decimal mark.
    private static decimal? Digits(string written, out string why)
    {
        why = "";
        if (Plain().IsMatch(written) || Grouped().IsMatch(written))
        {
            var text = written.Replace(" ", "", StringComparison.Ordinal).Replace("\u00A0", "", StringComparison.Ordinal)
                .Replace("\u202F", "", StringComparison.Ordinal).Replace(',', '.');
            const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
            if (decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out var number) && IsExact(text, number)) return number;
        }

        why = "is no amount; write 2000, CZK 100 or 100,50 CZK";
        return null;
    }

    // What a decimal cannot hold is rounded by the parser; written back it then differs.
    private static bool IsExact(string text, decimal number) =>
        text.Count(char.IsAsciiDigit) <= 28 && (number != 0 || text.TrimStart('-').All(digit => digit is '0' or '.'));

    private static Money? Refuse(out string why, string text)
    {
        why = text;
        return null;
    }

    /// <summary>True for a number as 1.23E+05, with a currency or without.</summary>
    public static bool HasExponent(string written) => Exponent().IsMatch(written);

    [GeneratedRegex(@"[0-9.,][eE][+-]?[0-9]")]
    private static partial Regex Exponent();

    [GeneratedRegex(
        @"^(?:(?<before>[A-Za-z]{3})[ \u00A0\u202F]*(?<number>[-0-9].*)"
        + @"|(?<number>[-0-9][^A-Za-z]*?)[ \u00A0\u202F]*(?<after>[A-Za-z]{3}))$")]
    private static partial Regex WithCurrency();

    [GeneratedRegex(@"^-?[0-9]+(?:[.,][0-9]+)?$")]
    private static partial Regex Plain();

    [GeneratedRegex(@"^-?[0-9]{1,3}(?:[ \u00A0\u202F][0-9]{3})+(?:[.,][0-9]+)?$")]
    private static partial Regex Grouped();
}
