namespace Tillbridge.Domain.Books;

/// <summary>What a period, or its last part, adds up to in our books, held against what a terminal says.</summary>
internal sealed class BookTotals(BookSum sum, Currency currency)
{
    /// <summary>The net sum.</summary>
    public Money Net { get; } = new(sum.Net, currency);

    /// <summary>
    /// True when a terminal may name that many bookings; counts that disagree never prove anything (protocols README §5.1). One that
    /// names no count says nothing against it.
    /// </summary>
    public bool CanCount(int? count) => count is not { } told || (told >= sum.Least && told <= sum.Most);

    /// <summary>
    /// True when a terminal that names that many bookings cannot have one more than these: a count in which some of ours may or may not
    /// stand would hide it.
    /// </summary>
    public bool IsLeast(int? count) => count is not { } told || told == sum.Least;

    /// <summary>
    /// True when totals say what these books say: net and count, and no more in either direction than they allow. A payment and a refund
    /// by hand behind it leave the net as it was, and not the sums of each direction.
    /// </summary>
    public bool Holds(Totals told) => told.Net == Net && IsLeast(told.Count) && !ShowsMore(told);

    /// <summary>True when these books allow the totals: the same net, a count that may be, no more in either direction.</summary>
    public bool Allow(Totals told) => told.Net == Net && CanCount(told.Count) && !ShowsMore(told);

    /// <summary>What totals show as taken and as given back, by their groups.</summary>
    public static (long Taken, long Given) Shown(Totals told)
    {
        long Sum(Func<string, bool> isMeant) => told.ByBrand.Where(group => isMeant(group.Brand)).Sum(group => group.Sum.MinorUnits);
        return (Sum(brand => brand != TotalsGroup.Credit), -Sum(brand => brand == TotalsGroup.Credit));
    }

    private bool ShowsMore(Totals told)
    {
        var (taken, given) = Shown(told);
        return taken > sum.Taken || given > sum.Given;
    }
}
