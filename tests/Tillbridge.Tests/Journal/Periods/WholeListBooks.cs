using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Domain.Books;

namespace Tillbridge.Tests.Journal.Periods;

/// <summary>
/// The judgement as it was made before there were sums: out of the list of all sessions of the period, each time anew. Slow and plain,
/// and for that the measure of the other.
/// </summary>
internal sealed class WholeListBooks(IReadOnlyList<BookEntry> entries, Currency currency)
{
    public Money Net { get; } = new(entries.Sum(entry => entry.Net), currency);

    private long Taken { get; } = entries.Sum(entry => entry.Taken);

    private long Given { get; } = entries.Sum(entry => entry.Given);

    public static WholeListBooks? Of(IReadOnlyList<Session> period, Session without, Currency currency)
    {
        var entries = new List<BookEntry>();
        var byReceipt = new Dictionary<string, BookEntry>(StringComparer.Ordinal);
        foreach (var session in period.Where(session => session.Id != without.Id))
        {
            if (session.Phase is not SessionPhase.Closed || session.IsUnresolved) return null;
            if (!Counts(session)) continue;
            if (EntryOf(session, byReceipt, currency) is not { } entry) return null;
            if (entry.Receipt is { } receipt) byReceipt[receipt.TrimStart('0')] = entry;
            entries.Add(entry);
        }

        var isStrange = without.Request is { Kind: RequestKind.Reversal, Original: var named } && !period.Any(session =>
            session.Outcome is Outcome.Approved && (session.Id == named?.Session
                || Original.SameReceipt(named?.Receipt, session.Conclusion?.References.Receipt)
                || Original.SameApproval(named?.Approval, session.Conclusion?.References.Approval)));
        return isStrange ? null : new WholeListBooks(entries, currency);
    }

    public WholeListBooks With(BookEntry entry) => new([.. entries, entry], currency);

    public bool CanCount(int? count) => count is not { } told
        || (told >= entries.Sum(entry => entry.LeastCount) && told <= entries.Sum(entry => entry.MostCount));

    public bool IsLeast(int? count) => count is not { } told || told == entries.Sum(entry => entry.LeastCount);

    public bool Holds(Totals told) => told.Net == Net && IsLeast(told.Count) && !ShowsMore(told, Taken, Given);

    public bool HasTail(Totals told)
    {
        if (told.Net.Currency != currency) return false;
        for (var skipped = 0; skipped <= entries.Count; skipped++)
        {
            var tail = new WholeListBooks([.. entries.Skip(skipped)], currency);
            if (tail.Net == told.Net && tail.CanCount(told.Count) && !ShowsMore(told, tail.Taken, tail.Given)) return true;
        }

        return false;
    }

    public bool CouldHide(BookEntry entry, Totals told)
    {
        for (var skipped = 1; skipped <= entries.Count; skipped++)
        {
            var tail = new WholeListBooks([.. entries.Skip(skipped), entry], currency);
            if (tail.Net == told.Net && tail.CanCount(told.Count)) return true;
        }

        return false;
    }

    public WholeListBooks Within(string? first)
    {
        if (Number(first) is not { } from) return this;
        for (var index = entries.Count - 1; index > 0; index--)
        {
            if (Number(entries[index].Receipt) == from) return new([.. entries.Skip(index)], currency);
        }

        return this;
    }

    private static bool ShowsMore(Totals told, long taken, long given)
    {
        long Sum(Func<string, bool> isMeant) => told.ByBrand.Where(group => isMeant(group.Brand)).Sum(group => group.Sum.MinorUnits);
        return Sum(brand => brand != TotalsGroup.Credit) > taken || -Sum(brand => brand == TotalsGroup.Credit) > given;
    }

    private static int? Number(string? receipt) =>
        int.TryParse(receipt, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    private static bool Counts(Session session) => session.Outcome is Outcome.Approved
        ? session.Request.Kind.MovesMoney()
        : session.Conclusion is { Reason: Reason.ReversedByTerminal or Reason.Withdrawn } or { CheckReconciliation: true };

    private static BookEntry? EntryOf(Session session, Dictionary<string, BookEntry> byReceipt, Currency currency)
    {
        var (request, conclusion) = (session.Request, session.Conclusion!);
        var receipt = conclusion.References.Receipt;
        var sign = request.Kind.SignInTotals();
        if (session.Outcome is not Outcome.Approved)
        {
            var undone = (conclusion.ApprovedAmount ?? request.Total)?.MinorUnits ?? 0;
            return new(receipt, 0, undone, undone, 0, 2);
        }

        if ((sign != 0 || request.Kind is RequestKind.Reversal) && conclusion.ApprovedAmount?.Currency != currency) return null;
        var units = conclusion.ApprovedAmount?.MinorUnits ?? 0;
        if (request.Kind is not RequestKind.Reversal)
            return new(receipt, sign * units, sign > 0 ? units : 0, sign < 0 ? units : 0, Math.Abs(sign), 1);

        if (request.Original?.Receipt is not { } named || !byReceipt.TryGetValue(named.TrimStart('0'), out var before)) return null;
        return new(receipt, -before.Net, before.Net < 0 ? units : 0, before.Net < 0 ? 0 : units, -1, 1);
    }
}
