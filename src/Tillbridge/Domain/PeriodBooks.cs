using System.Globalization;

namespace Tillbridge.Domain;

/// <summary>One booking of our journal as it may stand in a terminal's totals.</summary>
/// <param name="Receipt">Its receipt number; null when the terminal gave none.</param>
/// <param name="Net">What it adds to the sum, in minor units with its sign.</param>
/// <param name="Taken">The most that it can add to what was taken.</param>
/// <param name="Given">The most that it can add to what was given back.</param>
/// <param name="LeastCount">The least that it can add to the number of bookings; a reversal may take one off.</param>
/// <param name="MostCount">The most that it can add to the number of bookings.</param>
internal sealed record BookEntry(string? Receipt, long Net, long Taken, long Given, int LeastCount, int MostCount);

/// <summary>
/// What our journal says that a terminal's open period holds without the session in question. Terminals count a booking that was
/// undone in one direction, in both or in none, so that counts and gross sums are bounds and only the net is a number.
/// </summary>
internal sealed class PeriodBooks(IReadOnlyList<BookEntry> entries, Currency currency)
{
    private const int MostHidden = 1000;

    /// <summary>The net sum.</summary>
    public Money Net { get; } = new(entries.Sum(entry => entry.Net), currency);

    /// <summary>The most that can have been taken.</summary>
    public Money Taken { get; } = new(entries.Sum(entry => entry.Taken), currency);

    /// <summary>The most that can have been given back.</summary>
    public Money Given { get; } = new(entries.Sum(entry => entry.Given), currency);

    /// <summary>The same with one booking more.</summary>
    public PeriodBooks With(BookEntry entry) => new([.. entries, entry], currency);

    /// <summary>
    /// True when a terminal may name that many bookings; counts that disagree never prove anything (protocols README §5.1). One that
    /// names no count says nothing against it.
    /// </summary>
    public bool CanCount(int? count) => count is not { } told
        || (told >= entries.Sum(entry => entry.LeastCount) && told <= entries.Sum(entry => entry.MostCount));

    /// <summary>
    /// True when a terminal that names that many bookings cannot have one more than these: a count in which some of ours may or may not
    /// stand would hide it.
    /// </summary>
    public bool IsLeast(int? count) => count is not { } told || told == entries.Sum(entry => entry.LeastCount);

    /// <summary>
    /// True when totals say what these books say: net and count, and no more in either direction than they allow. A payment and a refund
    /// by hand behind it leave the net as it was, and not the sums of each direction.
    /// </summary>
    public bool Holds(Totals told) => told.Net == Net && IsLeast(told.Count) && !ShowsMore(told, Taken.MinorUnits, Given.MinorUnits);

    /// <summary>True when totals say what these books, or some last part of them, say; an empty period is the last part.</summary>
    public bool HasTail(Totals told)
    {
        if (told.Net.Currency != currency) return false;
        long net = 0, taken = 0, given = 0;
        var (least, most) = (0, 0);
        for (var index = entries.Count; ; index--)
        {
            var fits = told.Net.MinorUnits == net && (told.Count is not { } count || (count >= least && count <= most));
            if (fits && !ShowsMore(told, taken, given)) return true;
            if (index == 0) return false;
            var entry = entries[index - 1];
            (net, taken, given) = (net + entry.Net, taken + entry.Taken, given + entry.Given);
            (least, most) = (least + entry.LeastCount, most + entry.MostCount);
        }
    }

    /// <summary>
    /// True when a terminal that closed its day by itself would say the same of one booking more behind the close: then its totals prove
    /// nothing, though these books hold them.
    /// </summary>
    public bool CouldHide(BookEntry entry, Totals told)
    {
        for (var skipped = 1; skipped <= entries.Count; skipped++)
        {
            var tail = new PeriodBooks([.. entries.Skip(skipped), entry], currency);
            if (tail.Net == told.Net && tail.CanCount(told.Count)) return true;
            if (skipped == MostHidden) return false;
        }

        return false;
    }

    private static bool ShowsMore(Totals told, long taken, long given)
    {
        long Sum(Func<string, bool> isMeant) => told.ByBrand.Where(group => isMeant(group.Brand)).Sum(group => group.Sum.MinorUnits);
        return Sum(brand => brand != TotalsGroup.Credit) > taken || -Sum(brand => brand == TotalsGroup.Credit) > given;
    }

    /// <summary>
    /// The part of the books that totals from one receipt number to another speak of: a terminal that closed its day by itself counts
    /// from the first receipt behind it. The whole where the first number is none of ours.
    /// </summary>
    public PeriodBooks Within(string? first)
    {
        if (Number(first) is not { } from) return this;
        for (var index = entries.Count - 1; index > 0; index--)
        {
            if (Number(entries[index].Receipt) == from) return new([.. entries.Skip(index)], currency);
        }

        return this;
    }

    private static int? Number(string? receipt) =>
        int.TryParse(receipt, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
}
