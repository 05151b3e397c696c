using System.Collections.Frozen;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Sessions;
using Tillbridge.Sessions.Books;
using Tillbridge.Tests.Journal;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Sessions;

/// <summary>Where a terminal remembers only its last booking, the reference is what tells it from the one before.</summary>
public sealed class BookingReferencesTests : IAsyncDisposable
{
    private static readonly Capabilities Unique = new(FrozenSet<RequestKind>.Empty, FrozenSet<string>.Empty)
    {
        MintedReferenceDigits = 9, NeedsUniqueReferences = true,
    };

    private readonly ManualClock clock = new();
    private readonly MemoryJournal journal;

    public BookingReferencesTests() => journal = new MemoryJournal(clock);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => journal.DisposeAsync();

    [Fact]
    public void Every_session_gets_a_number_of_its_own_that_its_id_alone_decides()
    {
        var ids = Enumerable.Range(0, 2000).Select(_ => IdSource.Of(clock).NewSession()).ToList();

        var minted = ids.Select(id => BookingReferences.Mint(Sale(null), id, Unique).MintedReference!).ToList();

        Assert.All(minted, number => Assert.Matches("^[1-9][0-9]{8}$", number));
        Assert.Equal(2000, minted.Distinct().Count());
        Assert.Equal(minted[7], BookingReferences.Mint(Sale(null), ids[7], Unique).MintedReference);
        Assert.NotNull(BookingReferences.Mint(Sale("X"), ids[7], Unique with { NeedsUniqueReferences = false }).MintedReference);
        Assert.Null(BookingReferences.Mint(Sale("X"), ids[7], Unique).MintedReference); // The till's own number is the one that is sent.
        Assert.Null(BookingReferences.Mint(new(RequestKind.Subtotals), ids[0], Unique).MintedReference);
        Assert.Null(BookingReferences.Mint(Sale(null), ids[0], Unique with { MintedReferenceDigits = 0 }).MintedReference);
    }

    [Theory]
    [InlineData(Outcome.Approved, true)]
    [InlineData(Outcome.Unknown, true)]
    [InlineData(null, true)]
    [InlineData(Outcome.Declined, false)]
    [InlineData(Outcome.Cancelled, false)]
    [InlineData(Outcome.Failed, false)]
    public async Task A_reference_that_may_be_booked_is_refused_a_second_time(Outcome? first, bool refused)
    {
        var earlier = await Keep("2026001", first);

        var refusal = await Duplicate("2026001");

        Assert.Equal(refused, refusal is not null);
        if (refusal is null) return;
        Assert.Equal((RefusalCode.InvalidRequest, "reference"), (refusal.Code, refusal.Field));
        Assert.Contains(earlier.Id.Value, refusal.Text, StringComparison.Ordinal);
        Assert.Null(await Duplicate("2026002"));
        Assert.Null(await Duplicate("2026001", RequestKind.Refund));
        var whoever = new BookingReferences(journal, Stop);
        Assert.Null(await whoever.Duplicate(JournalSamples.Till, Sale("2026001"), Unique with { NeedsUniqueReferences = false }));
    }

    [Fact]
    public async Task After_a_reversal_or_a_close_a_reference_is_free_again()
    {
        var earlier = await Keep("2026001", Outcome.Approved);
        await Keep(null, Outcome.Declined, new(RequestKind.Reversal) { Original = new(earlier.Id) });
        Assert.NotNull(await Duplicate("2026001"));
        await Keep(null, Outcome.Approved, new(RequestKind.Reversal) { Original = new(earlier.Id) });
        Assert.Null(await Duplicate("2026001"));

        await Keep("2026001", Outcome.Approved);
        Assert.NotNull(await Duplicate("2026001"));
        await Keep(null, Outcome.Approved, new(RequestKind.Reconciliation));
        Assert.Null(await Duplicate("2026001"));
    }

    [Fact]
    public async Task Where_a_terminal_undoes_its_last_booking_whatever_is_named_only_that_one_may_be_named()
    {
        var capabilities = Unique with { ReversesOnlyLast = true };
        var references = new BookingReferences(journal, Stop);
        Task<Refusal?> Ask(Original named, long? cents = null) => references.NotTheLast(
            JournalSamples.Till,
            new(RequestKind.Reversal) { Original = named, Amount = cents is { } minor ? Money.Euro(minor) : null }, capabilities);

        Assert.Null(await Ask(new(Approval: "1"))); // Paid elsewhere: the terminal decides.
        var first = await Keep("1", Outcome.Approved);
        var last = await Keep("2", Outcome.Approved);
        await Keep("3", Outcome.Declined);

        Assert.Null(await Ask(new(last.Id), 1250));
        Assert.Null(await Ask(new(Receipt: "42")));
        var refusal = await Ask(new(first.Id));
        Assert.Equal((RefusalCode.NotTheLastBooking, last.Id), (refusal!.Code, refusal.Session));
        Assert.NotNull(await Ask(new(last.Id), 1251));
        Assert.NotNull(await Ask(new(Receipt: "43")));
        Assert.Null(await references.NotTheLast(JournalSamples.Till, new(RequestKind.Reversal) { Original = new(first.Id) }, Unique));

        await Keep(null, Outcome.Approved, new(RequestKind.Reversal) { Original = new(last.Id) });
        Assert.Contains("nothing more is owed", (await Ask(new(last.Id)))!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("refund", (await Ask(new(last.Id)))!.Text, StringComparison.Ordinal);
        Assert.Contains("refund", (await Ask(new(first.Id)))!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_a_close_nothing_of_the_closed_period_is_undone()
    {
        var references = new BookingReferences(journal, Stop);
        Task<Refusal?> Ask(Original named) => references.NotTheLast(
            JournalSamples.Till, new(RequestKind.Reversal) { Original = named }, Unique with { ReversesOnlyLast = true });
        var booked = await Keep("1", Outcome.Approved);
        Assert.Null(await Ask(new(booked.Id)));

        await Keep(null, Outcome.Approved, new(RequestKind.Reconciliation));

        var refusal = await Ask(new(booked.Id));
        Assert.Equal((RefusalCode.NotTheLastBooking, booked.Id), (refusal!.Code, refusal.Session));
        Assert.Contains("period was closed", refusal.Text, StringComparison.Ordinal);
        Assert.NotNull(await Ask(new(Approval: "a1")));
        Assert.NotNull(await Ask(new(Receipt: "42", Approval: "a1")));
        Assert.Null(await Ask(new(Receipt: "42", Approval: "777")));
        Assert.Null(await Ask(new(Approval: "777"))); // Paid elsewhere since: the terminal decides.
    }

    [Fact]
    public async Task Behind_a_session_of_which_nobody_knows_no_booking_is_certain_to_be_the_last()
    {
        var booked = await Keep("1", Outcome.Approved);
        var unknown = await Keep("2", Outcome.Unknown);

        var refusal = await new BookingReferences(journal, Stop).NotTheLast(
            JournalSamples.Till, new(RequestKind.Reversal) { Original = new(booked.Id) }, Unique with { ReversesOnlyLast = true });

        Assert.Equal((RefusalCode.NotTheLastBooking, unknown.Id), (refusal!.Code, refusal.Session));
        Assert.Contains("resolve it first", refusal.Text, StringComparison.Ordinal);
    }

    private static TerminalRequest Sale(string? reference) =>
        new(RequestKind.Sale) { Amount = Money.Euro(1250), Reference = reference };

    private Task<Refusal?> Duplicate(string reference, RequestKind kind = RequestKind.Sale) =>
        new BookingReferences(journal, Stop).Duplicate(
            JournalSamples.Till, new(kind) { Amount = Money.Euro(1250), Reference = reference }, Unique);

    private async Task<Session> Keep(string? reference, Outcome? outcome, TerminalRequest? request = null)
    {
        var intent = JournalSamples.Intent(clock, reference: reference);
        intent = intent with { Request = request ?? intent.Request };
        await journal.Accept(intent, "{}", Stop);
        var sent = intent.Sent(clock);
        await journal.Append(sent.State(), Stop);
        if (outcome is not { } end) return sent;
        await journal.Append(sent.Closed(clock, end).State(RecordKind.Concluded), Stop);
        return sent;
    }
}
