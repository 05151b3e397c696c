using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Domain;
using Tillbridge.Gateway.Api.Feeds;
using Tillbridge.Gateway.Tests.Support;
using Tillbridge.Journal;

namespace Tillbridge.Gateway.Tests.Limits;

public sealed class RecordFeedTests : IAsyncLifetime
{
    private static readonly IdSource Ids = IdSource.Of(TimeProvider.System);

    private readonly MemoryJournal journal = new(TimeProvider.System);
    private RecordFeed feed = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        feed = RecordFeed.Begin(journal, TimeProvider.System, NullLogger.Instance);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await feed.DisposeAsync();
        await journal.DisposeAsync();
    }

    [Fact]
    public async Task A_record_wakes_who_listens_to_its_session_and_to_all_and_nobody_else()
    {
        var (mine, others) = (await Begin(), await Begin());
        using var all = feed.Watch(null);
        using var own = feed.Watch(mine.Id);
        using var other = feed.Watch(others.Id);
        await Seen();
        var (seenByAll, seenByOwn, seenByOther) = (all.Times, own.Times, other.Times);
        for (var count = 0; count < 50; count++) await Tell(mine, RecordKind.Progress);
        await Seen();
        await own.Beyond(seenByOwn, Stop);
        await all.Beyond(seenByAll, Stop);
        Assert.Equal(seenByOther, other.Times);
    }

    [Fact]
    public async Task Frames_wake_nobody()
    {
        var session = await Begin();
        await Seen();
        using var all = feed.Watch(null);
        using var own = feed.Watch(session.Id);
        var (seenByAll, seenByOwn) = (all.Times, own.Times);
        await Tell(session, RecordKind.Frame);
        // What comes behind the frame is heard alone.
        await Tell(session, RecordKind.Progress);
        await own.Beyond(seenByOwn, Stop);
        Assert.Equal((seenByAll + 1, seenByOwn + 1), (all.Times, own.Times));
    }

    [Fact]
    public async Task Whatever_is_kept_here_and_whatever_must_be_read_in_the_journal_every_record_comes_once_and_in_order()
    {
        var session = await Begin();
        for (var count = 0; count < 1500; count++) await Tell(session, RecordKind.Progress);
        await Seen();
        for (var from = 0L; from < journal.LastSequence; from += 137)
        {
            var records = new List<JournalRecord>();
            for (var position = from; await feed.After(position, 200, Stop) is { Count: > 0 } page; position = page[^1].Sequence)
                records.AddRange(page);
            var expected = await journal.RecordsAfter(from, null, 5000, withFrames: false, Stop);
            Assert.Equal(expected.Select(record => record.Sequence), records.Select(record => record.Sequence));
        }
    }

    [Fact]
    public async Task A_session_is_never_told_older_than_the_record_that_tells_of_it()
    {
        var session = await Begin();
        for (var round = 0; round < 200; round++)
        {
            var before = journal.LastSequence;
            session = session with { Metadata = new Dictionary<string, string> { ["round"] = $"{round}" } };
            await journal.Append(new JournalEntry(session.Id, session.Terminal, RecordKind.State, "{}", session), Stop);
            var record = Assert.Single(await journal.RecordsAfter(before, null, 10, withFrames: false, Stop));
            var (first, again) = (await feed.SessionOf(record), await feed.SessionOf(record));
            Assert.Equal(($"{round}", $"{round}"), (first!.Metadata!["round"], again!.Metadata!["round"]));
        }
    }

    private Task Seen() => Wait.Until(() => feed.Covered >= journal.LastSequence);

    private async Task<Session> Begin()
    {
        var session = new Session(Ids.NewSession(), "till-1", new TerminalRequest(RequestKind.Status), TimeProvider.System.GetUtcNow());
        await journal.Accept(session, "{}", Stop);
        return session;
    }

    private Task Tell(Session session, RecordKind kind) =>
        journal.Append(new JournalEntry(session.Id, session.Terminal, kind, "{}"), Stop);
}
