using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Sessions.Books;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Sessions;

/// <summary>A period that the terminal closed by itself is noted as what it is.</summary>
public sealed class TerminalClosesTests
{
    private const string Till = "till-1";
    private readonly ManualClock clock = new();
    private readonly MemoryJournal journal;

    public TerminalClosesTests() => journal = new MemoryJournal(clock);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private TerminalCloses Closes => new(journal, Stop);

    [Fact]
    public async Task Totals_that_start_anew_at_a_later_booking_of_ours_are_noted_once()
    {
        await Book("0007", 300);
        await Book("0008", 200);
        await Book("0001", 50);
        var asked = Asked(RequestKind.Subtotals);
        var told = Told("0001", 50);

        var seen = await Closes.SeenIn(asked, told);

        Assert.Equal(Reason.ClosedByTerminal, seen?.Code);
        Assert.Contains("receipt 1: our bookings before it, together 5.00 EUR,", seen!.Text, StringComparison.Ordinal);
        await Keep(asked with { Incidents = [new(seen.Code, seen.Text, clock.GetUtcNow())] }, told);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await Closes.SeenIn(Asked(RequestKind.Subtotals), told));
    }

    [Theory]
    [InlineData("0007")]
    [InlineData("0000")]
    [InlineData("0099")]
    [InlineData(null)]
    public async Task Totals_of_all_of_ours_or_of_nothing_that_we_know_are_no_close(string? first)
    {
        await Book("0007", 300);
        await Book("0008", 200);
        Assert.Null(await Closes.SeenIn(Asked(RequestKind.Subtotals), Told(first, 500)));
    }

    [Fact]
    public async Task A_period_number_that_changed_without_a_reconciliation_of_ours_is_noted_at_its_first_booking()
    {
        await Book("0001", 100, "7");
        await Book("0002", 100, "7");
        var sale = Asked(RequestKind.Sale);

        var seen = await Closes.SeenIn(sale, Booked("0003", 100, "8"));

        Assert.Equal(Reason.ClosedByTerminal, seen?.Code);
        Assert.Contains("has number 8 and had 7", seen!.Text, StringComparison.Ordinal);
        await Keep(sale, Booked("0003", 100, "8"));
        Assert.Null(await Closes.SeenIn(Asked(RequestKind.Sale), Booked("0004", 100, "8")));
    }

    [Fact]
    public async Task A_number_that_each_booking_has_of_its_own_says_nothing_of_a_close()
    {
        await Book("0001", 100, "17");
        await Book("0002", 100, "18");
        Assert.Null(await Closes.SeenIn(Asked(RequestKind.Sale), Booked("0003", 100, "19")));
    }

    [Fact]
    public async Task After_a_reconciliation_of_ours_another_number_is_as_it_should_be()
    {
        await Book("0001", 100, "7");
        await Book("0002", 100, "7");
        await Keep(Asked(RequestKind.Reconciliation), new(Outcome.Approved, Reason.Done) { PeriodClosed = true });
        Assert.Null(await Closes.SeenIn(Asked(RequestKind.Sale), Booked("0003", 100, "8")));
    }

    [Fact]
    public async Task A_journal_that_cannot_be_read_costs_the_note_and_not_the_result()
    {
        await journal.DisposeAsync();
        Assert.Null(await Closes.SeenIn(Asked(RequestKind.Sale), Booked("0003", 100, "8")));
    }

    [Fact]
    public async Task The_note_stands_in_the_session_that_learned_of_it()
    {
        // Bookings of a period that the terminal has closed since: its own numbers begin at one.
        await Book("5001", 300, at: DateTimeOffset.UnixEpoch);
        await Book("5002", 200, at: DateTimeOffset.UnixEpoch);
        await using var bench = await TestBench.Start(journal: journal);
        await bench.Run(TestBench.Sale(1200));

        var subtotals = await bench.Run(new TerminalRequest(RequestKind.Subtotals));

        Assert.Equal(Outcome.Approved, subtotals.Outcome);
        var incident = Assert.Single(subtotals.Incidents);
        Assert.Equal(Reason.ClosedByTerminal, incident.Code);
        Assert.Contains("5.00 EUR", incident.Text, StringComparison.Ordinal);
        Assert.Empty((await bench.Run(new TerminalRequest(RequestKind.Subtotals))).Incidents);
    }

    private static Conclusion Told(string? first, long cents) => new(Outcome.Approved, Reason.Done)
    {
        Totals = new(Money.Euro(cents), 1, first, null, []),
    };

    private static Conclusion Booked(string receipt, long cents, string? batch) => new(Outcome.Approved, Reason.Approved)
    {
        ApprovedAmount = Money.Euro(cents), References = new(receipt, Batch: batch),
    };

    private Session Asked(RequestKind kind, DateTimeOffset? at = null) => new(
        IdSource.Of(clock).NewSession(), Till, new(kind) { Amount = kind.NeedsAmount() ? Money.Euro(100) : null }, at ?? clock.GetUtcNow());

    private Task Book(string receipt, long cents, string? batch = null, DateTimeOffset? at = null) =>
        Keep(Asked(RequestKind.Sale, at), Booked(receipt, cents, batch));

    private async Task Keep(Session session, Conclusion conclusion)
    {
        await journal.Accept(session, "{}", Stop);
        var closed = session with { Phase = SessionPhase.Closed, Conclusion = conclusion, ClosedAt = session.CreatedAt };
        await journal.Append(new(session.Id, Till, RecordKind.Concluded, "{}", closed with { SentAt = session.CreatedAt }), Stop);
    }
}
