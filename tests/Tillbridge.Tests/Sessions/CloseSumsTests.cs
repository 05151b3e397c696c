using Tillbridge.Domain;
using Tillbridge.Domain.Messages;
using Tillbridge.Journal;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Sessions;

/// <summary>A close over other sums than those of our books is done and says so.</summary>
public sealed class CloseSumsTests
{
    private static readonly TerminalRequest Close = new(RequestKind.Reconciliation) { Language = "de" };

    private readonly ManualClock clock = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_close_whose_sum_differs_tells_both_sums_and_the_difference_and_says_so_in_its_message()
    {
        var journal = new MemoryJournal(clock);
        await using var bench = await TestBench.Start(journal: journal);
        await bench.Run(TestBench.Sale(1200));
        await BookUnseen(journal, 300);

        var close = await bench.Run(Close);

        Assert.Equal(Outcome.Approved, close.Outcome);
        var incident = Assert.Single(close.Incidents);
        Assert.Equal(Reason.TotalsDiffer, incident.Code);
        Assert.Equal("The terminal's sum is 12.00 EUR, the journal's 15.00 EUR, a difference of -3.00 EUR.", incident.Text);
        Assert.Equal(
            "Abgeschlossen; die Summen weichen ab. Mit dem Bericht des Terminals vergleichen.", Messages.ForSession(close, "de"));
    }

    [Fact]
    public async Task A_sign_that_the_terminal_did_not_name_is_not_filled_in_from_our_books()
    {
        var journal = new MemoryJournal(clock);
        await using var bench = await TestBench.Start(journal: journal);
        await bench.Run(TestBench.Sale(1200));
        await BookUnseen(journal, 1500, RequestKind.Refund);

        var incident = Assert.Single((await bench.Run(Close)).Incidents);

        Assert.Equal(
            "The terminal's sum is 12.00 EUR without a sign, the journal's -3.00 EUR, a difference of 9.00 EUR.", incident.Text);
    }

    [Fact]
    public async Task A_close_whose_sum_is_that_of_our_books_has_no_incident()
    {
        await using var bench = await TestBench.Start(journal: new MemoryJournal(clock));
        await bench.Run(TestBench.Sale(1200));
        var close = await bench.Run(Close);
        Assert.Empty(close.Incidents);
        Assert.Equal("Erledigt.", Messages.ForSession(close, "de"));
    }

    private async Task BookUnseen(MemoryJournal journal, long cents, RequestKind kind = RequestKind.Sale)
    {
        var at = clock.GetUtcNow();
        var sale = new Session(IdSource.Of(clock).NewSession(), "till-1", new(kind) { Amount = Money.Euro(cents) }, at);
        await journal.Accept(sale, "{}", Stop);
        var closed = sale with
        {
            Phase = SessionPhase.Closed, ClosedAt = at, SentAt = at,
            Conclusion = new(Outcome.Approved, Reason.Approved) { ApprovedAmount = Money.Euro(cents), References = new("0099") },
        };
        await journal.Append(new(sale.Id, "till-1", RecordKind.Concluded, "{}", closed), Stop);
    }
}
