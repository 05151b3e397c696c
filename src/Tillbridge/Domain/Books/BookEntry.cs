namespace Tillbridge.Domain.Books;

/// <summary>One booking of our journal as it may stand in a terminal's totals.</summary>
/// <param name="Receipt">Its receipt number; null when the terminal gave none.</param>
/// <param name="Net">What it adds to the sum, in minor units with its sign.</param>
/// <param name="Taken">The most that it can add to what was taken.</param>
/// <param name="Given">The most that it can add to what was given back.</param>
/// <param name="LeastCount">The least that it can add to the number of bookings; a reversal may take one off.</param>
/// <param name="MostCount">The most that it can add to the number of bookings.</param>
internal sealed record BookEntry(string? Receipt, long Net, long Taken, long Given, int LeastCount, int MostCount)
{
    public BookSum Sum => new(Net, Taken, Given, LeastCount, MostCount);
}
