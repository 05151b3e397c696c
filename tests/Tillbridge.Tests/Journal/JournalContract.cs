using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Tests.Scenarios;
using static Tillbridge.Tests.Journal.JournalSamples;

namespace Tillbridge.Tests.Journal;

/// <summary>What every journal must do, run against each of them: keys, records, chain, fences and signals.</summary>
public abstract class JournalContract : IAsyncLifetime
{
    protected ManualClock Clock { get; } = new();

    protected IJournal Journal { get; private set; } = null!;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Journal = await Open();

    public virtual async ValueTask DisposeAsync() => await Journal.DisposeAsync();

    protected abstract Task<IJournal> Open();

    [Fact]
    public async Task An_intent_is_accepted_and_found_by_id_and_key()
    {
        var intent = Intent(Clock, "k");
        var accepted = await Journal.Accept(intent, """{"from":"till"}""", Stop);
        Assert.Equal(Acceptance.Accepted, accepted.Acceptance);
        AssertSame(intent, accepted.Session);
        AssertSame(intent, await Journal.Find(intent.Id, Stop));
        AssertSame(intent, await Journal.FindByKey("k", Stop));
        var record = Assert.Single(await Journal.RecordsAfter(0, null, 10, true, Stop));
        Assert.Equal((1L, RecordKind.Intent, """{"from":"till"}"""), (record.Sequence, record.Kind, record.Body));
        Assert.Equal(Clock.GetUtcNow(), record.At);
    }

    [Fact]
    public async Task The_same_key_with_the_same_content_gives_the_first_session_again()
    {
        var first = Intent(Clock, "k");
        await Journal.Accept(first, "{}", Stop);
        var again = await Journal.Accept(Intent(Clock, "k"), "{}", Stop);
        Assert.Equal(Acceptance.Replayed, again.Acceptance);
        AssertSame(first, again.Session);
        Assert.Equal(1, Journal.LastSequence);
    }

    [Fact]
    public async Task The_same_key_with_other_content_is_a_conflict()
    {
        var first = Intent(Clock, "k");
        await Journal.Accept(first, "{}", Stop);
        var other = await Journal.Accept(Intent(Clock, "k", fingerprint: "f2"), "{}", Stop);
        Assert.Equal(Acceptance.Conflict, other.Acceptance);
        AssertSame(first, other.Session);
    }

    [Fact]
    public async Task Without_a_key_every_intent_is_accepted()
    {
        for (var turn = 0; turn < 2; turn++)
            Assert.Equal(Acceptance.Accepted, (await Journal.Accept(Intent(Clock), "{}", Stop)).Acceptance);
    }

    [Fact]
    public async Task Of_fifty_at_once_with_one_key_one_is_accepted_and_the_rest_replayed()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50)
            .Select(_ => Task.Run(() => Journal.Accept(Intent(Clock, "one"), "{}", Stop), Stop)));
        Assert.Single(answers, answer => answer.Acceptance is Acceptance.Accepted);
        Assert.Equal(49, answers.Count(answer => answer.Acceptance is Acceptance.Replayed));
        Assert.Single(answers.Select(answer => answer.Session.Id).Distinct());
    }

    [Fact]
    public async Task A_key_is_free_again_after_400_days_and_not_a_tick_before()
    {
        var old = await Journal.Whole(Clock, key: "k");
        Clock.Advance(IJournal.KeyLifetime - TimeSpan.FromTicks(1));
        Assert.Equal(Acceptance.Replayed, (await Journal.Accept(Intent(Clock, "k"), "{}", Stop)).Acceptance);
        Clock.Advance(TimeSpan.FromTicks(1));
        var fresh = Intent(Clock, "k");
        Assert.Equal(Acceptance.Accepted, (await Journal.Accept(fresh, "{}", Stop)).Acceptance);
        AssertSame(fresh, await Journal.FindByKey("k", Stop));
        AssertSame(old, await Journal.Find(old.Id, Stop));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Outcome.Unknown)]
    public async Task An_open_or_unknown_session_holds_its_key_for_ever(Outcome? outcome)
    {
        var intent = Intent(Clock, "k");
        await Journal.Accept(intent, "{}", Stop);
        if (outcome is { } unknown) await Journal.Append(intent.Closed(Clock, unknown).State(), Stop);
        Clock.Advance(IJournal.KeyLifetime * 3);
        Assert.Equal(Acceptance.Replayed, (await Journal.Accept(Intent(Clock, "k"), "{}", Stop)).Acceptance);
    }

    [Fact]
    public async Task An_append_moves_the_session_and_chains_the_record()
    {
        var closed = await Journal.Whole(Clock);
        AssertSame(closed, await Journal.Find(closed.Id, Stop));
        var records = await Journal.RecordsAfter(0, closed.Id, 10, true, Stop);
        Assert.Equal([RecordKind.Intent, RecordKind.State, RecordKind.Concluded], records.Select(record => record.Kind));
        Assert.Equal([1L, 2, 3], records.Select(record => record.Sequence));
        Assert.All(records, record => Assert.Equal(64, record.Hash.Length));
        Assert.Equal(new ChainCheck(3, null, null), await Journal.Verify(Stop));
    }

    [Fact]
    public async Task A_record_without_state_leaves_the_session_as_it_is()
    {
        var intent = Intent(Clock);
        await Journal.Accept(intent, "{}", Stop);
        await Journal.Append(new JournalEntry(intent.Id, Till, RecordKind.Progress, """{"key":"zvt.status.0A"}"""), Stop);
        AssertSame(intent, await Journal.Find(intent.Id, Stop));
        Assert.Null((await Journal.RecordsAfter(1, null, 10, false, Stop))[0].StateHash);
    }

    [Fact]
    public async Task Every_field_of_a_session_survives()
    {
        var full = Full(Clock);
        var intent = full with { Phase = SessionPhase.Prepared, Conclusion = null, SentAt = null, ClosedAt = null };
        await Journal.Accept(intent, "{}", Stop);
        await Journal.Append(full.State(RecordKind.Concluded), Stop);
        AssertSame(full, await Journal.Find(full.Id, Stop));
    }

    [Fact]
    public async Task A_note_is_written_without_waiting_and_in_its_place()
    {
        var intent = Intent(Clock);
        await Journal.Accept(intent, "{}", Stop);
        Journal.Note(intent.Frame());
        await Journal.Append(intent.Sent(Clock).State(), Stop);
        var records = await Journal.RecordsAfter(0, null, 10, true, Stop);
        Assert.Equal([RecordKind.Intent, RecordKind.Frame, RecordKind.State], records.Select(record => record.Kind));
        Assert.DoesNotContain(await Journal.RecordsAfter(0, null, 10, false, Stop), record => record.Kind is RecordKind.Frame);
    }

    [Fact]
    public async Task An_older_owner_is_fenced_off_and_a_newer_one_takes_over()
    {
        var intent = Intent(Clock);
        await Journal.Accept(intent, "{}", Stop);
        var sent = intent.Sent(Clock);
        await Journal.Append(sent.State() with { Fence = 3 }, Stop);
        var error = await Assert.ThrowsAsync<JournalException>(() => Journal.Append(sent.Closed(Clock).State() with { Fence = 2 }, Stop));
        Assert.Equal(JournalFault.Fenced, error.Fault);
        AssertSame(sent, await Journal.Find(intent.Id, Stop));
        await Journal.Append(sent.Closed(Clock).State() with { Fence = 4 }, Stop);
        var elsewhere = Intent(Clock, terminal: "till-2");
        await Journal.Accept(elsewhere, "{}", Stop);
        await Journal.Append(new JournalEntry(elsewhere.Id, "till-2", RecordKind.Action, "{}"), Stop);
        Assert.Null((await Journal.Verify(Stop)).BrokenAt);
    }

    [Fact]
    public async Task A_bad_entry_is_refused_before_it_is_written()
    {
        var intent = Intent(Clock);
        await Journal.Accept(intent, "{}", Stop);
        var large = new string('x', JournalEntry.MostBodyBytes);
        await Assert.ThrowsAsync<ArgumentException>(() => Journal.Append(intent.Frame($"{{\"x\":\"{large}\"}}"), Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => Journal.Append(intent.Frame("no object"), Stop));
        Assert.Throws<ArgumentException>(() => Journal.Note(intent.Frame("[]")));
        await Assert.ThrowsAsync<ArgumentException>(() => Journal.Append(intent.State() with { Terminal = "other" }, Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => Journal.Append(intent.State(RecordKind.Intent), Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => Journal.Accept(Intent(Clock, key: ""), "{}", Stop));
        await Assert.ThrowsAsync<JournalException>(() => Journal.Accept(intent, "{}", Stop));
        await Assert.ThrowsAsync<InvariantException>(() => Journal.Append(Intent(Clock).Sent(Clock).State(), Stop));
        await Assert.ThrowsAsync<InvariantException>(() => Journal.Append((intent with { Key = "new" }).State(), Stop));
        Assert.Equal(1, Journal.LastSequence);
    }

    [Fact]
    public async Task Waiters_wake_when_a_later_record_is_durable()
    {
        var waiters = Enumerable.Range(0, 20).Select(_ => Journal.WaitBeyond(0, Stop)).ToList();
        var later = Journal.WaitBeyond(1, Stop);
        Assert.All(waiters, waiter => Assert.False(waiter.IsCompleted));
        var intent = Intent(Clock);
        await Journal.Accept(intent, "{}", Stop);
        await Task.WhenAll(waiters);
        Assert.False(later.IsCompleted);
        await Journal.Append(intent.Sent(Clock).State(), Stop);
        await later;
        Assert.True(Journal.WaitBeyond(1, Stop).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Who_waits_for_a_session_is_woken_by_its_records_and_by_no_other()
    {
        var (mine, other) = (Intent(Clock), Intent(Clock, terminal: "till-2"));
        await Journal.Accept(mine, "{}", Stop);
        await Journal.Accept(other, "{}", Stop);
        var seen = Journal.LastSequence;
        var waiter = Journal.WaitBeyond(seen, mine.Id, Stop);
        for (var times = 0; times < 20; times++) await Journal.Append(other.Frame(), Stop);
        Assert.False(waiter.IsCompleted);
        Assert.False(Journal.WaitBeyond(seen, mine.Id, Stop).IsCompleted);
        await Journal.Append(mine.Frame(), Stop);
        await waiter;
        // What came between the look and the wait is not missed.
        Assert.True(Journal.WaitBeyond(seen, mine.Id, Stop).IsCompletedSuccessfully);
        Assert.False(Journal.WaitBeyond(Journal.LastSequence, mine.Id, Stop).IsCompleted);
    }

    [Fact]
    public async Task Who_looked_long_ago_looks_again_and_who_gives_up_is_let_go()
    {
        var (mine, other) = (Intent(Clock), Intent(Clock, terminal: "till-2"));
        await Journal.Accept(mine, "{}", Stop);
        await Journal.Accept(other, "{}", Stop);
        await Task.WhenAll(Enumerable.Range(0, 4200).Select(_ => Journal.Append(other.Frame(), Stop)));
        await Journal.WaitBeyond(1, mine.Id, Stop);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var waiter = Journal.WaitBeyond(Journal.LastSequence, mine.Id, patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiter);
    }

    [Fact]
    public async Task A_closed_journal_refuses_and_ends_waits()
    {
        var waiter = Journal.WaitBeyond(0, Stop);
        var ofSession = Journal.WaitBeyond(0, Intent(Clock).Id, Stop);
        await Journal.DisposeAsync();
        var ended = await Assert.ThrowsAsync<JournalException>(() => waiter);
        await Assert.ThrowsAsync<JournalException>(() => ofSession);
        var refused = await Assert.ThrowsAsync<JournalException>(() => Journal.Accept(Intent(Clock), "{}", Stop));
        var unread = await Assert.ThrowsAsync<JournalException>(() => Journal.FindByKey("k", Stop));
        var noted = Assert.Throws<JournalException>(() => Journal.Note(Intent(Clock).Frame()));
        Assert.All([ended, refused, unread, noted], error => Assert.Equal(JournalFault.Closed, error.Fault));
    }

    protected static void AssertSame(Session expected, Session? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(JournalJson.Write(expected), JournalJson.Write(actual));
    }
}
