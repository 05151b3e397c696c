using Microsoft.Extensions.Logging;
using Tillbridge.Domain;
using Tillbridge.Journal;

namespace Tillbridge.Gateway.Api.Feeds;

/// <summary>
/// Reads each new record of the journal once for everybody who listens or waits, keeps the newest, and wakes only those whom it
/// concerns. The journal stays the source: who needs older records reads there, and nobody is told what is not durable.
/// </summary>
internal sealed class RecordFeed : IAsyncDisposable
{
    private const int PageSize = 200;
    private const int MostKept = 1000;
    private const int MostSessions = 256;

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Queue<JournalRecord> kept = new();
    private readonly Dictionary<SessionId, (Signal Signal, int Watches)> bySession = [];
    private readonly Dictionary<SessionId, Task<Session?>> sessions = [];
    private readonly Signal all = new();
    private readonly CancellationTokenSource shutdown = new();
    private readonly IJournal journal;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly Task reading;
    private long keptAfter;
    private long taken;
    private long covered;

    private RecordFeed(IJournal journal, TimeProvider clock, ILogger logger)
    {
        (this.journal, this.clock, this.logger) = (journal, clock, logger);
        keptAfter = taken = covered = journal.LastSequence;
        reading = ReadAll();
    }

    /// <summary>Up to where the records are known here, and everybody was woken.</summary>
    public long Covered
    {
        get { lock (gate) return covered; }
    }

    /// <summary>A feed of the records from now on.</summary>
    public static RecordFeed Begin(IJournal journal, TimeProvider clock, ILogger logger) => new(journal, clock, logger);

    /// <summary>Watches one session, or all when it is null; to be disposed of.</summary>
    public RecordWatch Watch(SessionId? session)
    {
        if (session is not { } id) return new(all, () => { });
        lock (gate)
        {
            var (signal, watches) = bySession.GetValueOrDefault(id, (new(), 0));
            bySession[id] = (signal, watches + 1);
            return new(signal, () => Unwatch(id));
        }
    }

    /// <summary>Records of all sessions after a number, without frames, oldest first; a page at most.</summary>
    public async Task<IReadOnlyList<JournalRecord>> After(long sequence, int limit, CancellationToken stop)
    {
        lock (gate)
        {
            if (sequence >= keptAfter) return [.. kept.SkipWhile(record => record.Sequence <= sequence).Take(limit)];
        }

        return await journal.RecordsAfter(sequence, null, limit, withFrames: false, stop);
    }

    /// <summary>A record's session as it is at this record or later, looked up once for everybody who tells of it.</summary>
    public Task<Session?> SessionOf(JournalRecord record)
    {
        var id = record.Session;
        lock (gate)
        {
            // Somebody else may have looked before this record.
            if (record.Sequence > taken) return journal.Find(id, shutdown.Token);
            if (sessions.TryGetValue(id, out var known) && !known.IsFaulted && !known.IsCanceled) return known;
            if (sessions.Count >= MostSessions) sessions.Clear();
            return sessions[id] = journal.Find(id, shutdown.Token);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await shutdown.CancelAsync();
        await reading;
        shutdown.Dispose();
    }

    private async Task ReadAll()
    {
        string? told = null;
        while (!shutdown.IsCancellationRequested)
        {
            try
            {
                await journal.WaitBeyond(covered, shutdown.Token);
                var durable = journal.LastSequence;
                var page = await journal.RecordsAfter(covered, null, PageSize, withFrames: false, shutdown.Token);
                Take(page, page.Count == PageSize ? page[^1].Sequence : Math.Max(durable, page.Count == 0 ? 0 : page[^1].Sequence));
                told = null;
            }
            catch (OperationCanceledException)
            {
                // Going down.
            }
            catch (Exception failure)
            {
                if (failure.Message != told) Log.FeedFailed(logger, failure);
                told = failure.Message;
                // Whoever listens looks at the journal by itself, and has its own answer for this; from now on every second.
                WakeAll();
                await Pause();
            }
        }
    }

    private void Take(IReadOnlyList<JournalRecord> page, long through)
    {
        var woken = new HashSet<Signal>();
        lock (gate)
        {
            Invariant.Holds(through >= covered, "records are read in their order");
            foreach (var record in page)
            {
                kept.Enqueue(record);
                if (kept.Count > MostKept) keptAfter = kept.Dequeue().Sequence;
                // What was looked up before this record may be older than it.
                sessions.Remove(record.Session);
                if (bySession.TryGetValue(record.Session, out var watched)) woken.Add(watched.Signal);
            }

            taken = through;
        }

        if (page.Count > 0) all.Raise();
        foreach (var signal in woken) signal.Raise();
        lock (gate) covered = through;
    }

    private void WakeAll()
    {
        List<Signal> signals;
        lock (gate) signals = [all, .. bySession.Values.Select(watched => watched.Signal)];
        foreach (var signal in signals) signal.Raise();
    }

    private async Task Pause()
    {
        try
        {
            await Task.Delay(AfterFailure, clock, shutdown.Token);
        }
        catch (OperationCanceledException)
        {
            // Going down.
        }
    }

    private void Unwatch(SessionId id)
    {
        lock (gate)
        {
            var (signal, watches) = bySession[id];
            if (watches == 1) bySession.Remove(id);
            else bySession[id] = (signal, watches - 1);
        }
    }
}
