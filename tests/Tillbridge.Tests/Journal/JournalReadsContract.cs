using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Journal.Periods;
using static Tillbridge.Tests.Journal.JournalSamples;

namespace Tillbridge.Tests.Journal;

/// <summary>What every journal must answer: lists, periods and pages.</summary>
public abstract class JournalReadsContract : JournalContract
{
    [Fact]
    public async Task Unsettled_are_the_open_and_the_unknown_oldest_first()
    {
        var open = Intent(Clock);
        await Journal.Accept(open, "{}", Stop);
        await Journal.Whole(Clock);
        var unknown = await Journal.Whole(Clock, outcome: Outcome.Unknown);
        var other = Intent(Clock, terminal: "till-2");
        await Journal.Accept(other, "{}", Stop);

        Assert.Equal([open.Id, unknown.Id, other.Id], Ids(await Journal.Unsettled(null, Stop)));
        Assert.Equal([open.Id, unknown.Id], Ids(await Journal.Unsettled(Till, Stop)));
        Assert.Empty(await Journal.Unsettled("till-3", Stop));
    }

    [Fact]
    public async Task Sent_after_goes_by_the_order_of_sending_not_by_the_clock()
    {
        var first = await Journal.Whole(Clock);
        Clock.SetBack(TimeSpan.FromHours(1));
        var second = await Journal.Whole(Clock);
        var third = await Journal.Whole(Clock);
        await Journal.Whole(Clock, terminal: "till-2");
        await Journal.Accept(Intent(Clock), "{}", Stop);

        Assert.Equal([second.Id, third.Id], Ids(await Journal.SentAfter(first, Stop)));
        Assert.Equal([third.Id], Ids(await Journal.SentAfter(second, Stop)));
        Assert.Empty(await Journal.SentAfter(third, Stop));
    }

    [Fact]
    public async Task Sent_after_knows_who_was_accepted_first_and_sent_last()
    {
        var waits = Intent(Clock);
        await Journal.Accept(waits, "{}", Stop);
        var overtakes = await Journal.Whole(Clock);
        await Journal.Append(waits.Sent(Clock).State(), Stop);
        Assert.Equal([waits.Id], Ids(await Journal.SentAfter(overtakes, Stop)));
        Assert.Empty(await Journal.SentAfter(waits, Stop));
        await Assert.ThrowsAsync<InvariantException>(() => Journal.SentAfter(Intent(Clock), Stop));
    }

    [Fact]
    public async Task The_current_period_begins_after_the_last_approved_reconciliation()
    {
        await Journal.Whole(Clock);
        Assert.Single(await OfPeriod());
        await Journal.Whole(Clock, RequestKind.Reconciliation);
        Assert.Empty(await OfPeriod());
        var sale = await Journal.Whole(Clock);
        await Journal.Whole(Clock, RequestKind.Diagnosis);
        await Journal.Whole(Clock, RequestKind.Reconciliation, Outcome.Failed);
        await Journal.Whole(Clock, terminal: "till-2");
        await Journal.Whole(Clock, RequestKind.Refund, Outcome.Declined);
        var refund = await Journal.Whole(Clock, RequestKind.Refund);
        Assert.Equal([sale.Id, refund.Id], Ids(await OfPeriod()));
    }

    [Theory]
    [InlineData(Outcome.Declined, true, true)]
    [InlineData(Outcome.Declined, false, false)]
    [InlineData(Outcome.Declined, null, false)]
    [InlineData(Outcome.Approved, false, false)]
    [InlineData(Outcome.Approved, null, true)]
    public async Task A_close_that_says_whether_it_closed_is_believed_whatever_its_outcome(Outcome outcome, bool? closed, bool ends)
    {
        await Journal.Whole(Clock);
        var intent = Intent(Clock, kind: RequestKind.Reconciliation);
        await Journal.Accept(intent, "{}", Stop);
        var sent = intent.Sent(Clock);
        await Journal.Append(sent.State(), Stop);
        var end = sent.Closed(Clock, outcome);
        await Journal.Append((end with { Conclusion = end.Conclusion! with { PeriodClosed = closed } }).State(RecordKind.Concluded), Stop);

        Assert.Equal(ends ? 0 : 1, (await OfPeriod()).Count);
        Assert.Equal(ends, await Journal.LastOfPeriod(Till, Stop) is null);
    }

    [Fact]
    public async Task The_last_of_the_period_is_the_newest_closed_money_session_since_the_reconciliation()
    {
        await Journal.Whole(Clock);
        await Journal.Whole(Clock, RequestKind.Reconciliation);
        Assert.Null(await Journal.LastOfPeriod(Till, Stop));
        await Journal.Whole(Clock);
        var refund = await Journal.Whole(Clock, RequestKind.Refund, Outcome.Declined);
        await Journal.Whole(Clock, RequestKind.Diagnosis);
        await Journal.Whole(Clock, terminal: "till-2");
        await Journal.Accept(Intent(Clock), "{}", Stop);
        Assert.Equal(refund.Id, (await Journal.LastOfPeriod(Till, Stop))?.Id);
    }

    [Fact]
    public async Task A_session_that_recovers_after_the_reconciliation_stays_in_its_period()
    {
        var sent = Intent(Clock).Sent(Clock);
        await Journal.Accept(sent with { Phase = SessionPhase.Prepared, SentAt = null }, "{}", Stop);
        await Journal.Append(sent.State(), Stop);
        await Journal.Whole(Clock, RequestKind.Reconciliation);
        await Journal.Append(sent.Closed(Clock).State(RecordKind.Concluded), Stop);
        Assert.Empty(await OfPeriod());
    }

    [Fact]
    public async Task Pages_go_from_newest_to_oldest_without_gap_or_repetition()
    {
        var ids = new List<SessionId>();
        for (var number = 0; number < 7; number++)
        {
            ids.Add((await Journal.Whole(Clock)).Id);
            if (number % 2 == 0) Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var seen = new List<SessionId>();
        string? cursor = null;
        var sizes = new List<int>();
        do
        {
            var page = await Journal.Query(new SessionQuery { Limit = 3, Cursor = cursor }, Stop);
            seen.AddRange(Ids(page.Sessions));
            sizes.Add(page.Sessions.Count);
            cursor = page.Cursor;

            // A new session between two pages must not shift what follows.
            await Journal.Accept(Intent(Clock, terminal: "later"), "{}", Stop);
        }
        while (cursor is not null);

        Assert.Equal([3, 3, 1], sizes);
        Assert.Equal(7, seen.Distinct().Count());
        Assert.Equal(ids.ToHashSet(), seen.ToHashSet());
        var times = await Task.WhenAll(seen.Select(async id => (await Journal.Find(id, Stop))!.CreatedAt));
        Assert.Equal(times.OrderDescending(), times);
    }

    [Fact]
    public async Task A_query_restricts_by_every_field()
    {
        var start = Clock.GetUtcNow();
        var sale = await Journal.Whole(Clock);
        Clock.Advance(TimeSpan.FromMinutes(1));
        var refund = await Journal.Whole(Clock, RequestKind.Refund, Outcome.Declined, "till-2");
        Clock.Advance(TimeSpan.FromMinutes(1));
        var open = Intent(Clock, reference: "order-7");
        await Journal.Accept(open, "{}", Stop);

        Assert.Equal([refund.Id], await Found(new SessionQuery { Terminal = "till-2" }));
        Assert.Equal([sale.Id], await Found(new SessionQuery { Outcome = Outcome.Approved }));
        Assert.Equal([open.Id], await Found(new SessionQuery { Phase = SessionPhase.Prepared }));
        Assert.Equal([open.Id], await Found(new SessionQuery { Reference = "order-7" }));
        Assert.Equal([refund.Id], await Found(new SessionQuery { Kind = RequestKind.Refund }));
        Assert.Equal([open.Id, refund.Id], await Found(new SessionQuery { From = start.AddMinutes(1) }));
        Assert.Equal([sale.Id], await Found(new SessionQuery { To = start.AddMinutes(1) }));
        Assert.Equal([refund.Id], await Found(new SessionQuery
        {
            Terminal = "till-2", Outcome = Outcome.Declined, Phase = SessionPhase.Closed, Kind = RequestKind.Refund,
            From = start, To = start.AddDays(1), Limit = 1,
        }));
        Assert.Empty(await Found(new SessionQuery { Reference = "nobody" }));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("!!!")]
    [InlineData("")]
    [InlineData("bm90IGEgdGltZSBhdCBhbGw")]
    public async Task A_foreign_cursor_is_an_argument_error(string cursor) =>
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Journal.Query(new SessionQuery { Cursor = cursor }, Stop));

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task A_page_has_1_to_1000_sessions(int limit) =>
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Journal.Query(new SessionQuery { Limit = limit }, Stop));

    [Fact]
    public async Task Records_come_in_pages_too()
    {
        var first = await Journal.Whole(Clock);
        var second = await Journal.Whole(Clock);
        Assert.Equal([3L, 4], (await Journal.RecordsAfter(2, null, 2, true, Stop)).Select(record => record.Sequence));
        Assert.Equal([2L, 3], (await Journal.RecordsAfter(1, first.Id, 9, true, Stop)).Select(record => record.Sequence));
        Assert.Equal([4L, 5, 6], (await Journal.RecordsAfter(1, second.Id, 9, true, Stop)).Select(record => record.Sequence));
        Assert.Empty(await Journal.RecordsAfter(6, null, 9, true, Stop));
    }

    // Every session of the samples has the same receipt number.
    private Task<List<Session>> OfPeriod() => Journal.Look(
        Till, period => period.Approved(oldestFirst: true, new BookingMark(BookingKey.Receipt, "42")).ToList(), Stop);

    private static IEnumerable<SessionId> Ids(IEnumerable<Session> sessions) => sessions.Select(session => session.Id);

    private async Task<IEnumerable<SessionId>> Found(SessionQuery query) => Ids((await Journal.Query(query, Stop)).Sessions);
}
