using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Sessions;

/// <summary>The engine with a virtual terminal over TCP: keys, strictness, abort, confirmation, journal trouble, restart.</summary>
public sealed class EngineTests
{
    [Fact]
    public async Task Fifty_parallel_orders_with_one_key_book_once_and_get_one_session()
    {
        await using var bench = await TestBench.Start();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => bench.Submit(TestBench.Sale(1250), "one")));

        Assert.All(answers, answer => Assert.Null(answer.Refusal));
        var id = Assert.Single(answers.Select(answer => answer.Session!.Id).Distinct());
        Assert.Equal(49, answers.Count(answer => answer.IsReplay));
        Assert.Equal(Outcome.Approved, (await bench.End(id)).Outcome);
        Assert.Single(bench.Virtual.Acquirer.Lines);
    }

    [Fact]
    public async Task The_same_key_with_other_content_is_a_conflict()
    {
        await using var bench = await TestBench.Start();
        await bench.Run(TestBench.Sale(1250), "one");

        var answer = await bench.Submit(TestBench.Sale(1300), "one");

        Assert.Equal(RefusalCode.IdempotencyConflict, answer.Refusal!.Code);
        Assert.Single(bench.Virtual.Acquirer.Lines);
    }

    [Fact]
    public async Task A_second_order_while_one_is_open_is_refused_as_busy_and_the_first_can_be_aborted()
    {
        await using var bench = await TestBench.Start();
        var first = await bench.Submit(TestBench.Sale(9907));
        await bench.Until(first.Session!.Id, SessionPhase.InFlight);

        var second = await bench.Submit(TestBench.Sale(500));

        Assert.Equal(RefusalCode.TerminalBusy, second.Refusal!.Code);
        Assert.Null(await bench.Engine.Abort(first.Session.Id, "till", CancellationToken.None));
        Assert.Equal(Outcome.Cancelled, (await bench.End(first.Session.Id)).Outcome);
        Assert.Empty(bench.Virtual.Acquirer.Lines);
    }

    [Fact]
    public async Task An_unknown_session_blocks_new_money_until_a_named_person_resolves_it()
    {
        await using var bench = await TestBench.Start();
        var unknown = await bench.Run(TestBench.Sale(9913));
        Assert.Equal(Outcome.Unknown, unknown.Outcome);

        Assert.Equal(RefusalCode.UnresolvedSession, (await bench.Submit(TestBench.Sale(500))).Refusal!.Code);
        Assert.Equal(Outcome.Approved, (await bench.Run(new TerminalRequest(RequestKind.Status))).Outcome);
        Assert.Null(await bench.Engine.Resolve(unknown.Id, Outcome.Approved, "Anna", "slip found", CancellationToken.None));

        Assert.Equal(Outcome.Approved, (await bench.Run(TestBench.Sale(500))).Outcome);
        Assert.Equal("Anna", (await bench.Journal.Find(unknown.Id, CancellationToken.None))!.ResolvedBy);
    }

    [Fact]
    public async Task A_lenient_terminal_takes_new_money_beside_an_unknown_and_its_key_never_charges_again()
    {
        await using var bench = await TestBench.Start(adjust: settings => settings with { StrictUnknown = false });
        var unknown = await bench.Run(TestBench.Sale(9913), "one");

        var again = await bench.Submit(TestBench.Sale(9913), "one");
        var other = await bench.Run(TestBench.Sale(500));

        Assert.True(again.IsReplay);
        Assert.Equal(unknown.Id, again.Session!.Id);
        Assert.Equal(Outcome.Approved, other.Outcome);
    }

    [Fact]
    public async Task A_full_journal_refuses_the_order_before_anything_is_sent()
    {
        var journal = new MemoryJournal(TimeProvider.System);
        await using var bench = await TestBench.Start(journal: journal);
        journal.BeforeWrite = _ => throw new JournalException(JournalFault.Full, "The disk is full.");

        var answer = await bench.Submit(TestBench.Sale(1250));

        Assert.Equal(RefusalCode.JournalFull, answer.Refusal!.Code);
        Assert.Empty(bench.Virtual.Acquirer.Lines);
        journal.BeforeWrite = null;
        Assert.Equal(Outcome.Approved, (await bench.Run(TestBench.Sale(1250))).Outcome);
    }

    [Fact]
    public async Task A_result_that_cannot_be_written_is_not_acknowledged_so_the_terminal_takes_it_back()
    {
        var journal = new MemoryJournal(TimeProvider.System);
        await using var bench = await TestBench.Start(journal: journal);
        var failures = 0;
        journal.BeforeWrite = entry =>
        {
            if (entry?.Session?.Announced is null || Interlocked.Increment(ref failures) > 1) return;
            throw new JournalException(JournalFault.Full, "The disk is full.");
        };

        var session = await bench.Run(TestBench.Sale(1250));

        Assert.Equal(0, bench.Virtual.Acquirer.Net);
        Assert.NotEqual(Outcome.Approved, session.Outcome);
        bench.BooksAgree(session);
    }

    [Fact]
    public async Task One_failed_write_does_not_refuse_every_order_after_it()
    {
        var journal = new MemoryJournal(TimeProvider.System);
        await using var bench = await TestBench.Start(journal: journal);
        var failures = 0;
        journal.BeforeWrite = entry =>
        {
            if (entry?.Session?.Phase is not SessionPhase.InFlight || Interlocked.Increment(ref failures) > 1) return;
            throw new JournalException(JournalFault.Full, "The disk is full.");
        };

        var first = await bench.Run(TestBench.Sale(1250));
        var second = await bench.Run(TestBench.Sale(700));

        Assert.Equal((Outcome.Failed, Reason.NotSent), (first.Outcome, first.Conclusion!.Reason));
        Assert.Equal(Outcome.Approved, second.Outcome);
        Assert.Equal(700, bench.Virtual.Acquirer.Net);
    }

    [Theory]
    [InlineData(true, Outcome.Approved)]
    [InlineData(false, Outcome.Declined)]
    public async Task A_payment_with_a_second_step_is_committed_or_taken_back_as_the_caller_says(bool commit, Outcome expected)
    {
        await using var bench = await TestBench.Start();
        var answer = await bench.Submit(TestBench.Sale(1250) with { Confirm = true });
        await bench.Until(answer.Session!.Id, SessionPhase.AwaitingConfirmation);

        // A caller who waits is told of the question; else the time for its answer would run out.
        var asked = await bench.Engine.WaitForEndOrQuestion(answer.Session.Id, TimeSpan.FromMinutes(1), CancellationToken.None);
        Assert.Equal(SessionPhase.AwaitingConfirmation, asked!.Phase);

        Assert.Null(await bench.Engine.Confirm(answer.Session.Id, commit, "till", CancellationToken.None));

        var session = await bench.End(answer.Session.Id);
        Assert.Equal(expected, session.Outcome);
        Assert.Empty(session.Incidents);
        bench.BooksAgree(session);
    }

    [Fact]
    public async Task A_session_that_a_stopped_process_left_in_flight_is_recovered_before_new_work()
    {
        var journal = new KeptJournal(new MemoryJournal(TimeProvider.System));
        SessionId id;
        await using (var first = await TestBench.Start(journal: journal))
        {
            id = (await first.Submit(TestBench.Sale(9907))).Session!.Id;
            await first.Until(id, SessionPhase.InFlight);
        }

        await using var second = await TestBench.Start(journal: journal);
        var session = await second.End(id);

        // A fresh terminal with empty totals and an empty journal agree: nothing was booked.
        Assert.Equal(Outcome.Failed, session.Outcome);
        Assert.Equal(Outcome.Approved, (await second.Run(TestBench.Sale(700))).Outcome);
    }

    [Fact]
    public async Task An_abort_of_a_closed_session_is_refused()
    {
        await using var bench = await TestBench.Start();
        var session = await bench.Run(TestBench.Sale(1250));

        var refusal = await bench.Engine.Abort(session.Id, "till", CancellationToken.None);

        Assert.Equal(RefusalCode.WrongState, refusal!.Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1_000_000_000_000)]
    public async Task An_amount_out_of_range_is_refused_with_its_field(long cents)
    {
        await using var bench = await TestBench.Start();

        var refusal = (await bench.Submit(TestBench.Sale(cents))).Refusal!;

        Assert.Equal((RefusalCode.InvalidRequest, "amount"), (refusal.Code, refusal.Field));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    [InlineData("\u0007")]
    public async Task A_key_with_control_characters_or_none_is_refused(string key)
    {
        await using var bench = await TestBench.Start();

        var refusal = (await bench.Submit(TestBench.Sale(1250), key)).Refusal!;

        Assert.Equal((RefusalCode.InvalidRequest, "Idempotency-Key"), (refusal.Code, refusal.Field));
    }

    [Theory]
    [InlineData(399, Outcome.Approved, true)]
    [InlineData(401, Outcome.Approved, false)]
    [InlineData(4000, Outcome.Unknown, true)]
    public async Task A_key_is_kept_400_days_and_as_long_as_its_session_is_unknown(int days, Outcome outcome, bool kept)
    {
        await using var bench = await TestBench.Start(adjust: settings => settings with { StrictUnknown = false });
        var order = new Order(TestBench.Till, TestBench.Sale(1250)) { Key = "old" };
        var created = bench.Clock.GetUtcNow().AddDays(-days);
        var intent = new Session(IdSource.Of(bench.Clock).NewSession(), TestBench.Till, order.Request, created)
        {
            Key = order.Key, Fingerprint = Fingerprint.Of(order),
        };
        await bench.Journal.Accept(intent, "{}", CancellationToken.None);
        var closed = intent with { Phase = SessionPhase.Closed, Conclusion = new(outcome, Reason.Approved), ClosedAt = intent.CreatedAt };
        await bench.Journal.Append(new(intent.Id, TestBench.Till, RecordKind.Concluded, "{}", closed), CancellationToken.None);

        var answer = await bench.Submit(TestBench.Sale(1250), "old");

        Assert.Null(answer.Refusal);
        Assert.Equal(kept, answer.IsReplay);
        if (!kept) Assert.Equal(Outcome.Approved, (await bench.End(answer.Session!.Id)).Outcome);
    }

    [Fact]
    public async Task A_device_under_two_names_is_refused()
    {
        await using var bench = await TestBench.Start();

        var wrong = await Assert.ThrowsAsync<ArgumentException>(() => bench.Engine.Put(new TerminalSettings("till-2", bench.Address)));

        Assert.Contains(TestBench.Till, wrong.Message, StringComparison.Ordinal);
    }
}
