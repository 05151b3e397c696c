using Tillbridge.Domain;
using Tillbridge.Domain.Books;
using Tillbridge.Journal;
using Tillbridge.Journal.Periods;
using Tillbridge.Sessions;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Journal.Periods;

/// <summary>What is judged from sums and indexes is what the whole list of sessions says.</summary>
public sealed class PeriodJudgementTests : IDisposable
{
    private const string Till = "till-1";
    private const int Steps = 70;
    private readonly JournalFolder folder = new();
    private readonly ManualClock clock = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Sums_judge_as_the_whole_list_does_whatever_happened_in_the_period(int seed)
    {
        var judged = 0;
        RandomTill till;
        await using (var journal = await SqliteJournal.Open(folder.Data, clock, null, Stop))
        {
            till = new RandomTill(seed, journal, clock, Stop);
            for (var step = 0; step < Steps; step++)
            {
                await till.Step();
                judged += await Compare(journal, till);
            }

            var check = await journal.Verify(Stop);
            Assert.Null(check.BrokenAt);
            Assert.Empty(check.Sums);
        }

        folder.Tamper("INSERT INTO doubted_books (terminal) VALUES ('till-1')");
        await using var again = await SqliteJournal.Open(folder.Data, clock, null, Stop);
        Assert.Empty(again.Faults);
        for (var turn = 0; turn < 20; turn++) judged += await Compare(again, till);
        Assert.Empty((await again.Verify(Stop)).Sums);
        Assert.True(judged > 20 || seed % 4 == 0, $"Seed {seed}: only {judged} times there were books to judge.");
    }

    [Fact]
    public async Task The_journal_in_memory_answers_as_the_whole_list_does()
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            await using var journal = new MemoryJournal(clock);
            var till = new RandomTill(seed, journal, clock, Stop);
            var judged = 0;
            for (var step = 0; step < Steps; step++)
            {
                await till.Step();
                judged += await Compare(journal, till);
            }

            Assert.True(judged > 20, $"Seed {seed}: only {judged} times there were books to judge.");
        }
    }

    public void Dispose() => folder.Dispose();

    // How often there were books to judge.
    private static async Task<int> Compare(IJournal journal, RandomTill till)
    {
        var period = till.Period;
        var listed = new ListedPeriod(period);
        var asked = till.Asked();
        var number = till.Chance.Next();
        Assert.Equal(Answers(listed, till, asked, number), await journal.Look(Till, open => Answers(open, till, asked, number), Stop));
        var last = period.LastOrDefault(session => session.Phase is SessionPhase.Closed);
        Assert.Equal(last?.Id, (await journal.LastOfPeriod(Till, Stop))?.Id);

        var list = WholeListBooks.Of(period, asked, Currency.Euro);
        var told = Enumerable.Range(0, 8).Select(_ => TotalsOf(list, period, till)).ToList();
        var entry = new BookEntry(till.AnyReceipt(), till.Chance.Next(-3, 4), 0, 0, till.Chance.Next(-1, 2), 1);
        var sums = await journal.Look(
            Till,
            open => Recovery.Books(open, asked, Currency.Euro) is { } books ? told.Select(one => Said(books, one, entry)).ToList() : null,
            Stop);
        Assert.Equal(list is null, sums is null);
        if (list is null) return 0;
        Assert.Equal(told.Select(one => Said(list, one, entry)), sums!);
        return 1;
    }

    private static string Answers(IOpenPeriod period, RandomTill till, Session asked, int number)
    {
        var chance = new Random(number);
        string? Any(IEnumerable<Session> found) => string.Join(",", found.Select(session => session.Id.Value[^6..]));
        BookingMark Mark() => chance.Next(7) switch
        {
            0 => new(BookingKey.Receipt, till.AnyReceipt(chance)),
            1 => new(BookingKey.Approval, till.AnyCode(chance)),
            2 => new(BookingKey.Batch, "b" + chance.Next(4)),
            3 => new(BookingKey.UndoneReceipt, till.AnyReceipt(chance)),
            4 => new(BookingKey.UndoneApproval, till.AnyCode(chance)),
            5 => new(BookingKey.Session, till.AnySession(chance)),
            _ => new(BookingKey.UndoneSession, till.AnySession(chance)),
        };
        var marks = new List<string?>();
        for (var turn = 0; turn < 6; turn++) marks.Add(Any(period.Approved(oldestFirst: chance.Next(2) == 0, Mark(), Mark())));
        foreach (var reference in new[] { "r0", "r1", "r2" }) marks.Add(Any(period.WithReference(reference)));
        return $"{period.NewestBooking()?.Id} {period.NewestHeard()?.Id} {string.Join("", period.Currencies().Select(one => one.Code))} "
            + $"{period.IsSettledBut(asked.Id)} {period.Lines(Currency.Euro)?.Sum} {period.Lines(Currency.Of("CZK"))?.Sum} "
            + string.Join("|", marks);
    }

    // Near to what some last part of the period adds up to, so that the answer is not always no.
    private static Totals TotalsOf(WholeListBooks? list, IReadOnlyList<Session> period, RandomTill till)
    {
        var chance = till.Chance;
        var first = chance.Next(2) == 0 && period.Count > 0 ? till.Pick(period).Conclusion?.References.Receipt : till.AnyReceipt();
        var net = chance.Next(3) == 0 ? list?.Net ?? Money.Euro(1) : Money.Euro(chance.Next(-4, 12));
        if (chance.Next(20) == 0) net = net with { Currency = Currency.Of("CZK") };
        int? count = chance.Next(3) == 0 ? null : chance.Next(0, Math.Max(2, period.Count + 1));
        BrandTotal[] groups = chance.Next(2) == 0
            ? []
            :
            [
                new(TotalsGroup.Debit, 1, Money.Euro(chance.Next(0, 25))), new(TotalsGroup.Credit, 1, Money.Euro(-chance.Next(0, 12))),
            ];
        return new(net, count, first, null, groups);
    }

    private static string Said(PeriodBooks books, Totals told, BookEntry entry)
    {
        var (within, with) = (books.Within(told.FirstReceipt), books.With(entry).Within(told.FirstReceipt));
        return $"{books.Net} {books.Whole.Holds(told)} {books.Whole.CanCount(told.Count)} {books.HasTail(told)} "
            + $"{books.CouldHide(entry, told)} "
            + $"{within.Net} {within.CanCount(told.Count)} {within.IsLeast(told.Count)} {with.Net} {with.CanCount(told.Count)} "
            + $"{books.With(entry).HasTail(told)} {books.With(entry).CouldHide(entry, told)}";
    }

    private static string Said(WholeListBooks books, Totals told, BookEntry entry)
    {
        var (within, with) = (books.Within(told.FirstReceipt), books.With(entry).Within(told.FirstReceipt));
        return $"{books.Net} {books.Holds(told)} {books.CanCount(told.Count)} {books.HasTail(told)} {books.CouldHide(entry, told)} "
            + $"{within.Net} {within.CanCount(told.Count)} {within.IsLeast(told.Count)} {with.Net} {with.CanCount(told.Count)} "
            + $"{books.With(entry).HasTail(told)} {books.With(entry).CouldHide(entry, told)}";
    }
}
