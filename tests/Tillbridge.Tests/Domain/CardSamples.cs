using System.Globalization;

namespace Tillbridge.Tests.Domain;

/// <summary>Card numbers in the forms in which they are met, made when a test runs: none may stand in this repository.</summary>
internal static class CardSamples
{
    /// <summary>Digits behind the prefix that all differ from their neighbours, and a check digit.</summary>
    public static string Number(string prefix, int length, int seed = 0)
    {
        var digits = prefix;
        for (var index = 0; digits.Length < length - 1; index++)
            digits += ((index * 7 + seed * 3 + 3) % 10).ToString(CultureInfo.InvariantCulture);
        for (var check = 0; check < 10; check++)
        {
            var number = digits + check.ToString(CultureInfo.InvariantCulture);
            if (HasCheckDigit(number)) return number;
        }

        throw new InvalidOperationException("Some digit checks the others.");
    }

    /// <summary>A name and the text; each must lose its number.</summary>
    public static IEnumerable<(string Form, string Text)> Forms(string number)
    {
        string Grouped(int size, string mark) => string.Join(mark, number.Chunk(size).Select(part => new string(part)));
        yield return ("plain", number);
        yield return ("in words", $"Karte {number} ok");
        yield return ("behind a letter", $"PAN{number}X");
        foreach (var mark in new[] { " ", "-", "  ", "_", ":", ",", ".", "/", " - ", "\u00A0", "\t", "\n", "\r\n   " })
            yield return ($"fours '{mark}'", Grouped(4, mark));
        foreach (var mark in new[] { " ", "-", "  ", "_", ":", "," }) yield return ($"eights '{mark}'", Grouped(8, mark));
        yield return ("one by one", Grouped(1, " "));
        yield return ("one by one with dashes", Grouped(1, "-"));
        foreach (var control in new[] { "\0", "\x07", "\x1B", "\u200B" })
            yield return ($"control {(int)control[0]:X2}", Grouped(4, control));
        yield return ("behind zeros", "000" + number);
        yield return ("behind many zeros", new string('0', 12) + number);
        yield return ("with its expiry", number + "2812");
        yield return ("with its expiry, month first", number + "1228");
        yield return ("zeros and expiry", "0000" + number + "2812");
        yield return ("expiry behind a blank", $"{Grouped(4, " ")} 12/28");
        yield return ("track 2", number + "=2812201999");
        yield return ("track 1", $"%B{number}^DOE/JOHN^2812201999?");
        for (var cut = 1; cut < number.Length; cut++) yield return ($"over a line end after {cut}", $"Nr {number[..cut]}\n{number[cut..]}");
        yield return ("groups over a line end", $"{Grouped(4, " ")[..11]}\n{Grouped(4, " ")[11..]}");
    }

    /// <summary>Whether the number can be read out of the output, whatever stands between its digits.</summary>
    public static bool Shows(string output, string number) => Digits(output).Contains(number, StringComparison.Ordinal);

    /// <summary>The digits of an output, and what stands in place of hidden ones.</summary>
    public static string Digits(string output) => new([.. output.Where(letter => char.IsAsciiDigit(letter) || letter == '*')]);

    private static bool HasCheckDigit(string number)
    {
        var sum = 0;
        for (var index = 0; index < number.Length; index++)
        {
            var digit = number[^(index + 1)] - '0';
            if (index % 2 == 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
            sum += digit;
        }

        return sum % 10 == 0;
    }
}
