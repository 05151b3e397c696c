using System.Globalization;

namespace Tillbridge.Domain.Books;

/// <summary>
/// What our journal says that a terminal's open period holds without the session in question, judged from sums: nothing here walks
/// through all of its bookings.
/// </summary>
internal sealed class PeriodBooks(IBookLines lines, Currency currency, BookEntry? more = null)
{
    /// <summary>The sums of all of it.</summary>
    public BookSum Sum => lines.Sum + (more?.Sum ?? default);

    /// <summary>The books of all of it.</summary>
    public BookTotals Whole => new(Sum, currency);

    /// <summary>The net sum.</summary>
    public Money Net => Whole.Net;

    /// <summary>The same with one booking more.</summary>
    public PeriodBooks With(BookEntry entry)
    {
        Invariant.Holds(more is null, "one booking is tried at a time");
        return new(lines, currency, entry);
    }

    /// <summary>True when totals say what these books, or some last part of them, say; an empty period is the last part.</summary>
    public bool HasTail(Totals told)
    {
        if (told.Net.Currency != currency) return false;
        if (Whole.Allow(told) || new BookTotals(default, currency).Allow(told)) return true;
        var (taken, given) = BookTotals.Shown(told);
        return lines.AnyFirstPart(Rest(told, Sum) with { Taken = Sum.Taken - taken, Given = Sum.Given - given });
    }

    /// <summary>
    /// True when a terminal that closed its day by itself would say the same of one booking more behind the close: then its totals prove
    /// nothing, though these books hold them.
    /// </summary>
    public bool CouldHide(BookEntry entry, Totals told) =>
        told.Net.Currency == currency && (lines.AnyFirstPart(Rest(told, Sum + entry.Sum)) || (more is not null && IsOnly(entry, told)));

    /// <summary>
    /// The part of the books that totals from one receipt number to another speak of: a terminal that closed its day by itself counts
    /// from the first receipt behind it. The whole where the first number is none of ours.
    /// </summary>
    public BookTotals Within(string? first)
    {
        if (Number(first) is not { } from) return Whole;
        if (more is not null && Number(more.Receipt) == from) return new(more.Sum, currency);
        return lines.SumBefore(from.ToString(CultureInfo.InvariantCulture)) is { } before ? new(Sum - before, currency) : Whole;
    }

    // Which first parts of the bookings leave what was told.
    private static BookBounds Rest(Totals told, BookSum sum) => new(
        sum.Net - told.Net.MinorUnits,
        told.Count is { } least ? sum.Least - least : long.MinValue,
        told.Count is { } most ? sum.Most - most : long.MaxValue,
        long.MaxValue,
        long.MaxValue);

    private bool IsOnly(BookEntry entry, Totals told)
    {
        var alone = new BookTotals(entry.Sum, currency);
        return alone.Net == told.Net && alone.CanCount(told.Count);
    }

    private static int? Number(string? receipt) =>
        int.TryParse(receipt, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
}
