namespace Tillbridge.Domain.Books;

/// <summary>The bookings of an open period in their order, with the sum up to each of them.</summary>
public interface IBookLines
{
    /// <summary>The sum of all.</summary>
    BookSum Sum { get; }

    /// <summary>The sum before the newest booking with that receipt number, without leading zeros; null when there is none.</summary>
    BookSum? SumBefore(string receipt);

    /// <summary>True when the first one, the first two, or so on up to all of them, add up to what is looked for.</summary>
    bool AnyFirstPart(BookBounds wanted);
}
