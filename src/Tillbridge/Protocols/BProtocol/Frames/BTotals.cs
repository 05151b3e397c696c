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
    /// <summary>
    /// What an answer says of a period: the sums of the period where the dialect has them, else FID L, which may also be what is left to
    /// pay. Sums beside them that say something else than nothing or the same are of a second kind that nobody describes: then nothing is
    /// told.
    /// </summary>
    public static Totals? Of(BFrame answer, Currency currency, BDialect dialect)
    {
        if (answer.Get(dialect, BFields.PeriodTotals) is not { } text) return Read(answer.Get(dialect, BFields.Totals), currency, dialect);
        var totals = ReadPeriod(text, currency, dialect);
        if (answer.Get(dialect, BFields.PeriodTotalsBeside) is not { Length: > 0 } beside || beside == text) return totals;
        return ReadPeriod(beside, currency, dialect) is { Count: 0, Net.MinorUnits: 0 } ? totals : null;
    }

    /// <summary>The text of the same; null where there is none.</summary>
    public static string? TextOf(BFrame answer, BDialect dialect)
    {
        var own = answer.Get(dialect, BFields.Totals);
        if (answer.Get(dialect, BFields.PeriodTotals) is { } text)
            return answer.Get(dialect, BFields.PeriodTotalsBeside) is { Length: > 0 } beside ? $"{text} {beside}" : text;
        var isTotal = dialect.Totals.Period is null || Read(own, Currency.Euro, dialect) is not null;
        return isTotal ? own : null;
    }

    /// <summary>Sums with the numbers of shift and batch before them (csob-b.md, the maker's client); null when they do not fit.</summary>
    public static Totals? ReadPeriod(string? text, Currency currency, BDialect dialect)
    {
        if (dialect.Totals.Period is not { } rule || text is null || rule.Groups.Count == 0) return null;
        var (at, width) = (rule.ShiftDigits + rule.BatchDigits, rule.CountDigits + rule.AmountDigits);
        if (text.Length != at + (width * rule.Groups.Count) || !text[..at].All(char.IsAsciiDigit)) return null;
        var groups = new List<BrandTotal>();
        foreach (var name in rule.Groups)
        {
            var part = text.AsSpan(at, width);
            at += width;
            var amount = part[rule.CountDigits..];
            var isSigned = amount[0] is '+' or '-';
            if (!int.TryParse(part[..rule.CountDigits], NumberStyles.None, null, out var count)
                || !long.TryParse(isSigned ? amount[1..] : amount, NumberStyles.None, null, out var units))
            {
                return null;
            }

            // What was given back is a credit, whether its amount is told with a minus or as a size [inferred].
            var isNegative = amount[0] == '-' || name == TotalsGroup.Credit;
            if (BAmounts.Scale(isNegative ? -units : units, currency, dialect) is not { } money) return null;
            groups.Add(new(name, count, money));
        }

        return Told(groups, groups, currency);
    }

    /// <summary>
    /// The text of such sums: cash is part of what was taken where it has no group of its own. Null when one does not fit.
    /// </summary>
    public static string? WritePeriod(int shift, int batch, IReadOnlyList<BrandTotal> given, BDialect dialect)
    {
        if (dialect.Totals.Period is not { } rule) return null;
        var text = new StringBuilder();
        text.Append(Digits(shift, rule.ShiftDigits)).Append(Digits(batch, rule.BatchDigits));
        foreach (var name in rule.Groups)
        {
            var isWithCash = name == TotalsGroup.Debit && !rule.Groups.Contains(TotalsGroup.Cashback);
            var sums = given.Where(group => group.Brand == name || (isWithCash && group.Brand == TotalsGroup.Cashback)).ToList();
            var units = sums.Select(group => BAmounts.Unscale(group.Sum, dialect)).ToList();
            var count = Digits(sums.Where(group => group.Brand == name).Sum(group => group.Count), rule.CountDigits);
            var sum = units.Sum() ?? 0;
            var amount = Digits(Math.Abs(sum), rule.AmountDigits - 1);
            if (units.Any(one => one is null) || count.Length > rule.CountDigits || amount.Length >= rule.AmountDigits) return null;
            text.Append(count).Append(sum < 0 ? '-' : '+').Append(amount);
        }

        return text.ToString();
    }

    private static string Digits(long value, int width) => value.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0');

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
        return Told(groups, groups.Where(group => group.Brand != TotalsGroup.Cashback), currency);
    }

    // Each sum fits, and all of them together may not: then they are no totals, as every text that does not fit.
    private static Totals? Told(List<BrandTotal> groups, IEnumerable<BrandTotal> counted, Currency currency)
    {
        var (net, count) = (Int128.Zero, 0L);
        foreach (var group in groups) net += group.Sum.MinorUnits;
        foreach (var group in counted) count += group.Count;
        return Int128.Abs(net) > long.MaxValue || count > int.MaxValue
            ? null
            : new Totals(new Money((long)net, currency), (int)count, null, null, groups);
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
