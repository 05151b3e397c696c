using System.Collections.Frozen;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
using Tillbridge.Sessions.Books;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Journal.Periods;

/// <summary>
/// A payment, a reversal and a recovery ask a period of a year no more than one of a day: counted in steps of SQLite's machine, which are
/// the same on every computer.
/// </summary>
public sealed class PeriodWorkTests : IDisposable
{
    private const string Till = "till-1";
    private const int Short = 100;
    private const int Long = 3000;
    private readonly JournalFolder folder = new();
    private readonly ManualClock clock = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_that_a_session_asks_of_its_period_grows_with_it()
    {
        await using var journal = await SqliteJournal.Open(folder.Data, clock, null, Stop);
        await Book(journal, 0, Short);
        await Measure(journal); // Statements are prepared.
        var inShort = await Measure(journal);
        await Book(journal, Short, Long);
        var inLong = await Measure(journal);
        Assert.All(inShort, work => Assert.True(work.Value > 0, $"{work.Key} did nothing."));
        foreach (var (what, work) in inShort)
            Assert.True(inLong[what] <= (work * 1.2) + 20, $"{what}: {work} steps in a short period, {inLong[what]} in a long one.");
    }

    [Fact]
    public async Task A_start_asks_no_more_of_a_long_period()
    {
        var inShort = await WorkOfStart(0, Short);
        var inLong = await WorkOfStart(Short, Long);
        Assert.True(inLong <= (inShort * 1.2) + 20, $"A start takes {inShort} steps after a short period, {inLong} after a long one.");
    }

    public void Dispose() => folder.Dispose();

    private async Task<long> WorkOfStart(int from, int count)
    {
        await using (var journal = await SqliteJournal.Open(folder.Data, clock, null, Stop)) await Book(journal, from, count);
        await using var again = await SqliteJournal.Open(folder.Data, clock, null, Stop);
        var before = again.Work;
        Assert.Empty(await again.Unsettled(Till, Stop));
        await new OwnBookings(Till, again, Stop).ToldAgain(Sale(1, null), new(Outcome.Approved, Reason.Approved));
        Assert.NotNull(await new Originals(again, Stop).LastBooking(Till));
        return again.Work - before;
    }

    private async Task<Dictionary<string, long>> Measure(SqliteJournal journal)
    {
        var work = new Dictionary<string, long>();
        var capabilities = new Capabilities(FrozenSet<RequestKind>.Empty, FrozenSet<string>.Empty)
        {
            NeedsUniqueReferences = true, ReversesOnlyLast = true,
        };
        var (originals, references) = (new Originals(journal, Stop), new BookingReferences(journal, Stop));
        var newest = (await journal.Look(Till, period => period.NewestBooking(), Stop))!;
        var named = new Original(Receipt: newest.Conclusion!.References.Receipt);
        var otherBatch = newest.Conclusion.References.Batch == "b0" ? "b1" : "b0";

        async Task Count(string what, Func<Task> act)
        {
            var before = journal.Work;
            await act();
            work[what] = journal.Work - before;
        }

        var sale = Sale(12345, "again");
        var reversal = Sale(12346, null) with { Request = new(RequestKind.Reversal) { Original = named } };
        await Count("the last booking", () => originals.LastBooking(Till));
        await Count("what is reversed", () => originals.Fill(new Order(Till, reversal.Request)));
        await Count("currency of totals", () => originals.CountIn(Till, new(RequestKind.Subtotals)));
        await Count("a reference again", () => references.Duplicate(Till, sale.Request, capabilities));
        await Count("whether it is the last", () => references.NotTheLast(Till, reversal.Request, capabilities));
        await Count("whether another was reversed", () => new OwnBookings(Till, journal, Stop).Another(
            reversal, new(Outcome.Approved, Reason.Approved) { References = new(Approval: "A7", Batch: otherBatch) }));
        var entries = new RecoveryEntries(journal, new(Till, TerminalAddress.TryParse("zvt+tcp://127.0.0.1:20007", out _)!), clock, Stop);
        await journal.Accept(sale, "{}", Stop);
        await Count("what recovery knows", () => entries.Make(sale));
        var books = (await entries.Make(sale)).Books!;
        var told = new Totals(books.Net, null, "7", null, []);
        await Count("totals of the whole", () => books.Show(
            ours => ours.Whole.Holds(told) && !ours.CouldHide(new(null, 1, 0, 0, 1, 1), told)));
        await Count("totals of a part", () => books.Show(ours => ours.Within("7").Holds(told)));
        await Count("totals of any last part", () => books.Show(ours => ours.HasTail(told with { Net = Money.Euro(-1) })));
        await Count("a booking's records", () => Conclude(journal, sale, 77));
        return work;
    }

    private async Task Book(SqliteJournal journal, int from, int count)
    {
        var sales = Enumerable.Range(from, count)
            .Select(number => (Number: number, Session: Sale(100 + (number % 7), "r" + number))).ToList();
        await Task.WhenAll(sales.Select(sale => journal.Accept(sale.Session, "{}", Stop)));
        await Task.WhenAll(sales.Select(sale => Conclude(journal, sale.Session, sale.Number + 1)));
    }

    private async Task Conclude(SqliteJournal journal, Session sale, int number)
    {
        var sent = sale with { Phase = SessionPhase.InFlight, SentAt = clock.GetUtcNow() };
        await journal.Append(new(sale.Id, Till, RecordKind.State, "{}", sent), Stop);
        var closed = sent with
        {
            Phase = SessionPhase.Closed,
            ClosedAt = clock.GetUtcNow(),
            Conclusion = new(Outcome.Approved, Reason.Approved)
            {
                ApprovedAmount = sale.Request.Amount,
                References = new(Receipt: number.ToString("D4", null), Approval: "A" + number, Batch: "b" + (number % 2)),
            },
        };
        await journal.Append(new(sale.Id, Till, RecordKind.Concluded, "{}", closed), Stop);
    }

    private Session Sale(long minorUnits, string? reference) => new(
        IdSource.Of(clock).NewSession(), Till, new(RequestKind.Sale) { Amount = Money.Euro(minorUnits), Reference = reference },
        clock.GetUtcNow());
}
