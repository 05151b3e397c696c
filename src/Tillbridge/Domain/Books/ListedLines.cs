namespace Tillbridge.Domain.Books;

/// <summary>Lines out of a list of bookings, oldest first.</summary>
internal sealed class ListedLines : IBookLines
{
    private readonly List<(string? Receipt, BookSum UpTo)> lines = [];

    public ListedLines(IEnumerable<BookEntry> entries)
    {
        foreach (var entry in entries)
        {
            Sum += entry.Sum;
            lines.Add((BookKeys.Receipt(entry.Receipt), Sum));
        }
    }

    public BookSum Sum { get; }

    public BookSum? SumBefore(string receipt)
    {
        var index = lines.FindLastIndex(line => line.Receipt == receipt);
        return index < 0 ? null : index == 0 ? default(BookSum) : lines[index - 1].UpTo;
    }

    public bool AnyFirstPart(BookBounds wanted) => lines.Exists(line => wanted.Fit(line.UpTo));
}
