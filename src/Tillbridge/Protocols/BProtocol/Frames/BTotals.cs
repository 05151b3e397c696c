using System.Globalization;
using System.Text;
using Tillbridge.Domain;
using Tillbridge.Protocols.BProtocol.Dialects;

namespace Tillbridge.Protocols.BProtocol.Frames;

/// <summary>
/// FID L (gpe.md §7): for each group a count, a sign and a sum. The groups do not overlap: debit is goods, cash-back the cash beside it.
/// </summary>
internal static class BTotals
{
    /// <summary>Its reading; null when it does not fit the layout, which is no failure of what it came with.</summary>
    public static Totals? Read(string? text, Currency currency, BDialect dialect)
    {
        var rule = dialect.Totals;
        var width = rule.CountDigits + rule.SumDigits + (rule.Signed ? 1 : 0);
        if (text is null || rule.Groups.Count == 0 || text.Length != width * rule.Groups.Count) return null;
        var groups = new List<BrandTotal>();
        for (var index = 0; index < rule.Groups.Count; index++)
        {
            var part = text.AsSpan(index * width, width);
            var sign = rule.Signed ? part[rule.CountDigits] : SignOf(rule.Groups[index]);
            var sum = part[^rule.SumDigits..];
            if (sign is not ('+' or '-') || !int.TryParse(part[..rule.CountDigits], NumberStyles.None, null, out var count)
                || !long.TryParse(sum, NumberStyles.None, null, out var units)
                || BAmounts.Scale(sign == '-' ? -units : units, currency, dialect) is not { } money)
            {
                return null;
            }

            groups.Add(new(rule.Groups[index], count, money));
        }

        // Cash goes out with payments that are counted already.
        var bookings = groups.Where(group => group.Brand != TotalsGroup.Cashback).Sum(group => group.Count);
        return new Totals(new Money(groups.Sum(group => group.Sum.MinorUnits), currency), bookings, null, null, groups);
    }

    /// <summary>The text of counts and sums; groups that are not given count as 0. Null when one does not fit.</summary>
    public static string? Write(IReadOnlyList<BrandTotal> given, BDialect dialect)
    {
        var rule = dialect.Totals;
        var text = new StringBuilder();
        foreach (var name in rule.Groups)
        {
            var group = given.FirstOrDefault(one => one.Brand == name);
            var units = group is null ? 0 : BAmounts.Unscale(group.Sum, dialect);
            if (units is not { } sum || group is { Count: < 0 }) return null;
            var count = (group?.Count ?? 0).ToString(CultureInfo.InvariantCulture).PadLeft(rule.CountDigits, '0');
            var digits = Math.Abs(sum).ToString(CultureInfo.InvariantCulture).PadLeft(rule.SumDigits, '0');
            if (count.Length > rule.CountDigits || digits.Length > rule.SumDigits) return null;
            text.Append(count);
            if (rule.Signed) text.Append(sum < 0 ? '-' : '+');
            text.Append(digits);
        }

        return text.ToString();
    }

    private static char SignOf(string group) => group == TotalsGroup.Credit ? '-' : '+';
}
