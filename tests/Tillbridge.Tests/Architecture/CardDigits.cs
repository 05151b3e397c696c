using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tillbridge.Tests.Architecture;

/// <summary>Finds full card numbers in text.</summary>
internal static partial class CardDigits
{
    // Numbers that card schemes and acquirers print in their own documents for tests.
    private static readonly HashSet<string> TestCards =
    [
        "4111111111111111", "4012888888881881", "4242424242424242", "4000000000000002", "4222222222222",
        "5555555555554444", "5105105105105100", "5454545454545454", "2223003122003222",
        "378282246310005", "371449635398431", "6011111111111117", "6011000990139424",
        // A bonus card in the examples of PrivatBank's own document; and a company number of HiPay, which has the same check digit.
        "6769659308590307", "39033422500096",
        "30569309025904", "38520000023237", "3530111333300000", "3566002020360505",
    ];

    /// <summary>Places in a text file, with the number cut to its ends.</summary>
    public static IEnumerable<Violation> In(string file, string text)
    {
        var isVectors = file.EndsWith(".jsonl", StringComparison.Ordinal);
        var line = 0;
        foreach (var row in text.Split('\n'))
        {
            line++;
            var texts = isVectors ? Strings(row) : [row];
            foreach (var digits in texts.SelectMany(Find)) yield return new(file, line, $"card number {digits[..4]}..{digits[^2..]}");
        }
    }

    private static IEnumerable<string> Find(string text) => Candidate.Matches(text)
        .Select(match => match.Value.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal))
        .Where(digits => digits.Length is >= 13 and <= 19 && IsCard(digits) && !TestCards.Contains(digits));

    private static bool IsCard(string digits)
    {
        // No card number begins with 0, a row of one digit is filling, and fourteen digits that begin with a year are a time.
        if (digits[0] == '0' || digits.Distinct().Count() == 1 || Time.IsMatch(digits)) return false;
        var sum = 0;
        for (var at = 0; at < digits.Length; at++)
        {
            var digit = digits[^(at + 1)] - '0';
            if (at % 2 == 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
            sum += digit;
        }

        return sum % 10 == 0;
    }

    // The texts of a vector; hex is read as the characters that it carries.
    private static IEnumerable<string> Strings(string row)
    {
        if (string.IsNullOrWhiteSpace(row)) return [];
        using var json = JsonDocument.Parse(row);
        return [.. Strings(json.RootElement.Clone())];
    }

    private static IEnumerable<string> Strings(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [Decode(value.GetString()!)],
        JsonValueKind.Object => value.EnumerateObject().Where(member => member.Name != "source")
            .SelectMany(member => Strings(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Strings),
        JsonValueKind.Number => [value.GetRawText()],
        _ => [],
    };

    private static string Decode(string text)
    {
        var isHex = text.Length > 20 && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit);
        return isHex ? Encoding.Latin1.GetString(Convert.FromHexString(text)) : text;
    }

    // One run, or groups of four to six; not inside of hex, of a longer number, of an id with dashes or behind a decimal point.
    [GeneratedRegex(@"(?<![0-9A-Fa-fx_.\-])(?:\d{13,19}|\d{4,6}(?:[ -]\d{4,6}){1,3}(?:[ -]\d{1,6})?)(?![0-9A-Fa-f_]|[-.]\w)")]
    private static partial Regex Candidate { get; }

    [GeneratedRegex(@"^20[0-9]{2}(0[1-9]|1[0-2])([0-2][0-9]|3[01])[0-2][0-9][0-5][0-9][0-5][0-9]$")]
    private static partial Regex Time { get; }
}
