using Tillbridge.Domain;
using Tillbridge.Domain.Books;
using Tillbridge.Journal.Periods;
using Tillbridge.Sessions;

namespace Tillbridge.Tests.Sessions;

/// <summary>How recovery waits, and what sum it may hold a terminal to.</summary>
public sealed class RecoveryTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
    private static readonly Session Settled = Booked("f", RequestKind.Sale, 700, receipt: null);
    private static readonly Session Asked = Settled with { Phase = SessionPhase.Recovering, Conclusion = null };

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 250)]
    [InlineData(2, 500)]
    [InlineData(3, 1000)]
    [InlineData(6, 8000)]
    [InlineData(7, 15000)]
    [InlineData(1000, 15000)]
    public void The_first_question_goes_at_once_and_the_pauses_double_up_to_fifteen_seconds(int attempt, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Recovery.DelayBefore(attempt));

    [Fact]
    public void Attempts_are_counted_from_zero()
    {
        var error = Assert.Throws<InvariantException>(() => Recovery.DelayBefore(-1));

        Assert.Contains("from zero", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sales_add_refunds_take_off_and_the_session_itself_does_not_count()
    {
        Session[] period =
        [
            Booked("1", RequestKind.Sale, 1000, "0001"), Booked("2", RequestKind.Refund, 300, "0002"),
            Booked("3", RequestKind.PreAuthorization, 5000, "0003"), Booked("4", RequestKind.Capture, 40, receipt: null), Asked,
        ];

        Assert.Equal(Money.Euro(740), Books(period, Asked)?.Net);
        Assert.Equal(Money.Euro(0), Books([], Asked)?.Net);
    }

    [Fact]
    public void What_was_not_approved_does_not_count()
    {
        var declined = Settled with { Id = Id("1"), Conclusion = new(Outcome.Declined, Reason.DeclinedByIssuer) };
        var question = Settled with
        {
            Id = Id("2"), Request = new(RequestKind.CancelPreAuthorization), Conclusion = new(Outcome.Approved, Reason.Done),
        };

        Assert.Equal(
            Money.Euro(5), Books([declined, question, Booked("3", RequestKind.Sale, 5, "1")], Asked)?.Net);
    }

    [Theory]
    [InlineData(RequestKind.Sale)]
    [InlineData(RequestKind.Reversal)]
    public void Where_a_person_approved_without_an_amount_no_sum_can_be_told(RequestKind kind)
    {
        var before = Booked("1", RequestKind.Sale, 300, "0007");
        var resolved = Booked("2", kind, 300, receipt: null, original: "7");
        resolved = resolved with { Conclusion = new(Outcome.Approved, Reason.ResolvedByPerson) };

        Assert.Null(Books([before, resolved], Asked)?.Net);
    }

    [Theory]
    [InlineData(RequestKind.Sale, -300)]
    [InlineData(RequestKind.Refund, 300)]
    public void A_reversal_counts_against_what_it_undoes(RequestKind kind, long change)
    {
        var before = Booked("1", kind, 300, "0007");
        var undone = Booked("2", RequestKind.Reversal, 300, "0008", original: "7");

        var without = Books([before], Asked)!.Net.MinorUnits;

        Assert.Equal(-change, without);
        Assert.Equal(Money.Euro(0), Books([before, undone], Asked)?.Net);
    }

    [Fact]
    public void A_reversal_of_a_reversal_stands_again()
    {
        Session[] period =
        [
            Booked("1", RequestKind.Sale, 300, "0007"), Booked("2", RequestKind.Reversal, 300, "0008", original: "0007"),
            Booked("3", RequestKind.Reversal, 300, "0009", original: "08"),
        ];

        Assert.Equal(Money.Euro(300), Books(period, Asked)?.Net);
    }

    [Fact]
    public void Nothing_is_expected_while_another_session_is_not_settled_or_not_ours()
    {
        var sale = Booked("1", RequestKind.Sale, 300, "0007");
        Session[] untold =
        [
            sale with { Id = Id("2"), Phase = SessionPhase.InFlight, Conclusion = null },
            sale with { Id = Id("2"), Conclusion = new(Outcome.Unknown, Reason.CannotTell) },
            Booked("2", RequestKind.Sale, 300, "0008", currency: "CZK"),
            Booked("2", RequestKind.Reversal, 300, "0008", original: "0009"),
            Booked("2", RequestKind.Reversal, 300, "0008"),
        ];

        foreach (var other in untold) Assert.Null(Books([sale, other], Asked)?.Net);
        Assert.Equal(Money.Euro(300), Books([sale, untold[0] with { Id = Asked.Id }], Asked)?.Net);
    }

    [Fact]
    public void Nothing_is_expected_of_a_session_that_the_journal_has_in_its_books() =>
        Assert.Null(Books([Booked("1", RequestKind.Sale, 300, "0007"), Settled], Asked));

    [Fact]
    public void Each_direction_has_a_most_that_our_books_allow()
    {
        var takenBack = Booked("4", RequestKind.Sale, 70, "0010") with
        {
            Conclusion = new(Outcome.Declined, Reason.ReversedByTerminal), // The terminal may show it in both directions.
        };
        Session[] period =
        [
            Booked("1", RequestKind.Sale, 300, "0007"), Booked("2", RequestKind.Reversal, 300, "0008", original: "7"),
            Booked("3", RequestKind.Refund, 20, "0009"), takenBack, Asked,
            Booked("5", RequestKind.Reversal, 20, "0011", original: "9"),
        ];

        var books = Books(period, Asked)!;
        Assert.Equal((300 + 70 + 20L, 300 + 70 + 20L), (books.Sum.Taken, books.Sum.Given));
        var empty = Books([Asked], Asked)!;
        Assert.Equal((0L, 0L), (empty.Sum.Taken, empty.Sum.Given));
    }

    [Fact]
    public void A_reversal_of_what_is_not_in_our_books_leaves_nothing_to_expect()
    {
        var sale = Booked("1", RequestKind.Sale, 300, "0007");
        Session Undoing(string receipt) => Booked("9", RequestKind.Reversal, 300, receipt: null, original: receipt);

        Assert.Equal(Money.Euro(300), Books([sale], Undoing("7"))?.Net);
        Assert.Null(Books([sale], Undoing("8"))?.Net);
    }

    private static PeriodBooks? Books(IReadOnlyList<Session> period, Session without) =>
        Recovery.Books(new ListedPeriod(period), without, Currency.Euro);

    private static SessionId Id(string digit) => new(digit.PadLeft(32, '0'));

    private static Session Booked(
        string digit, RequestKind kind, long minorUnits, string? receipt, string? original = null, string currency = "EUR")
    {
        var amount = new Money(minorUnits, Currency.Of(currency));
        var request = new TerminalRequest(kind) { Amount = amount, Original = original is null ? null : new(Receipt: original) };
        return new(Id(digit), "till-1", request, Now)
        {
            Phase = SessionPhase.Closed,
            Conclusion = new(Outcome.Approved, Reason.Approved) { ApprovedAmount = amount, References = new(receipt) },
        };
    }
}
