namespace Tillbridge.Domain.Books;

/// <summary>
/// What bookings add up to. Terminals count a booking that was undone in one direction, in both or in none, so that counts and gross
/// sums are bounds and only the net is a number.
/// </summary>
/// <param name="Net">The sum in minor units, what was given back taken off.</param>
/// <param name="Taken">The most that can have been taken, in minor units.</param>
/// <param name="Given">The most that can have been given back, in minor units.</param>
/// <param name="Least">The least number of bookings that a terminal may name.</param>
/// <param name="Most">The most of them.</param>
public readonly record struct BookSum(long Net, long Taken, long Given, long Least, long Most)
{
    /// <summary>Both together.</summary>
    public static BookSum operator +(BookSum one, BookSum other) => new(
        one.Net + other.Net, one.Taken + other.Taken, one.Given + other.Given, one.Least + other.Least, one.Most + other.Most);

    /// <summary>The first without the second.</summary>
    public static BookSum operator -(BookSum one, BookSum other) => new(
        one.Net - other.Net, one.Taken - other.Taken, one.Given - other.Given, one.Least - other.Least, one.Most - other.Most);

    /// <summary>Both together.</summary>
    public static BookSum Add(BookSum left, BookSum right) => left + right;

    /// <summary>The first without the second.</summary>
    public static BookSum Subtract(BookSum left, BookSum right) => left - right;
}

/// <summary>Which sums of a first part of the bookings are looked for.</summary>
/// <param name="Net">Exactly this net sum.</param>
/// <param name="Least">At least this <see cref="BookSum.Least"/>.</param>
/// <param name="Most">At most this <see cref="BookSum.Most"/>.</param>
/// <param name="Taken">At most this <see cref="BookSum.Taken"/>.</param>
/// <param name="Given">At most this <see cref="BookSum.Given"/>.</param>
public readonly record struct BookBounds(long Net, long Least, long Most, long Taken, long Given)
{
    /// <summary>True for a sum that is looked for.</summary>
    public bool Fit(BookSum sum) =>
        sum.Net == Net && sum.Least >= Least && sum.Most <= Most && sum.Taken <= Taken && sum.Given <= Given;
}
