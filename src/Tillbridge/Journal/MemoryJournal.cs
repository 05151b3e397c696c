using System.Collections.Immutable;
using Tillbridge.Domain;
using Tillbridge.Journal.Frames;
using Tillbridge.Journal.Periods;

namespace Tillbridge.Journal;

/// <summary>The journal's contract without a file: for tests, trials and simulations. It survives no crash.</summary>
public sealed class MemoryJournal(TimeProvider clock) : IJournal
{
    private const int MostHeldNotes = 256;

    private static readonly ImmutableDictionary<string, FaceNote> NoNotes =
        ImmutableDictionary.Create<string, FaceNote>(StringComparer.Ordinal);

    private readonly Lock gate = new();
    private readonly List<JournalRecord> records = [];
    private readonly Dictionary<long, byte[]> packs = [];
    private readonly List<SessionId> order = [];
    private readonly Dictionary<SessionId, Kept> sessions = [];
    private readonly Dictionary<string, SessionId> keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> fences = new(StringComparer.Ordinal);
    private readonly List<JournalEntry> held = [];
    private readonly SequenceSignal signal = new(0);
    private ChainTip tip = ChainTip.Start;
    private long dropped;
    private bool isClosed;

    /// <summary>
    /// Called with each entry before it is written (an intent comes as an entry of that kind); may throw to let that
    /// write fail. A <see cref="JournalException"/> keeps notes for later; any other goes through to the caller.
    /// </summary>
    public Action<JournalEntry?>? BeforeWrite { get; set; }

    /// <summary>Its records have no hashes: a million simulated sessions would spend their time on chains that nobody walks.</summary>
    internal bool IsUnchained { get; init; }

    /// <inheritdoc/>
    public long LastSequence => signal.Last;

    /// <inheritdoc/>
    public Task<Accepted> Accept(Session intent, string body, CancellationToken shutdown)
    {
        var entry = JournalRules.EntryOf(intent, body);
        JournalRules.Check(entry);
        return Locked(Decide, shutdown);

        Accepted Decide()
        {
            WriteHeld_NeedsLock();
            if (intent.Key is { } key && keys.TryGetValue(key, out var holder)
                && JournalRules.Judge(sessions[holder].Session, intent, clock.GetUtcNow()) is { } judgement)
            {
                return new Accepted(judgement, sessions[holder].Session);
            }

            if (sessions.ContainsKey(intent.Id)) throw JournalRules.Taken(intent.Id);
            Write_NeedsLock(entry, fences.GetValueOrDefault(intent.Terminal, 1));
            order.Add(intent.Id);
            if (intent.Key is { } taken) keys[taken] = intent.Id;
            return new Accepted(Acceptance.Accepted, intent);
        }
    }

    /// <inheritdoc/>
    public Task<long> Append(JournalEntry entry, CancellationToken shutdown)
    {
        JournalRules.CheckAppend(entry);
        return Locked(
            () =>
            {
                WriteHeld_NeedsLock();
                return Append_NeedsLock(entry);
            },
            shutdown);
    }

    /// <inheritdoc/>
    public void Note(JournalEntry entry)
    {
        JournalRules.CheckAppend(entry);
        lock (gate)
        {
            if (isClosed) throw JournalException.IsClosed();
            if (held.Count < MostHeldNotes) held.Add(entry);
            else dropped++;
            WriteHeld_NeedsLock();
        }
    }

    /// <inheritdoc/>
    public Task<Session?> Find(SessionId id, CancellationToken shutdown) =>
        Locked(() => sessions.TryGetValue(id, out var kept) ? kept.Session : null, shutdown);

    /// <inheritdoc/>
    public Task<Session?> FindByKey(string key, CancellationToken shutdown)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Locked(() => keys.TryGetValue(key, out var id) ? sessions[id].Session : null, shutdown);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Session>> Unsettled(string? terminal, CancellationToken shutdown) =>
        Select(
            order.Select(id => sessions[id])
                .Where(kept => terminal is null || kept.Session.Terminal == terminal)
                .Where(kept => !JournalRules.IsSettled(kept.Session))
                .Take(JournalRules.MostUnsettled),
            shutdown);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Session>> SentAfter(Session session, CancellationToken shutdown)
    {
        ArgumentNullException.ThrowIfNull(session);
        return Locked(Later, shutdown);

        IReadOnlyList<Session> Later()
        {
            JournalRules.CheckKnown(sessions.GetValueOrDefault(session.Id)?.Session);
            var place = sessions[session.Id].Place;
            var later = ByPlace(session.Terminal).Where(kept => kept.Session.SentAt is not null && kept.Place > place);
            return [.. later.Take(JournalRules.MostSentAfter).Select(kept => kept.Session)];
        }
    }

    /// <inheritdoc/>
    public Task<T> Look<T>(string terminal, Func<IOpenPeriod, T> look, CancellationToken shutdown)
    {
        ArgumentException.ThrowIfNullOrEmpty(terminal);
        ArgumentNullException.ThrowIfNull(look);
        return Locked(() => look(new ListedPeriod(Period_NeedsLock(terminal))), shutdown);
    }

    /// <inheritdoc/>
    public Task<Session?> LastOfPeriod(string terminal, CancellationToken shutdown)
    {
        ArgumentException.ThrowIfNullOrEmpty(terminal);
        return Locked(() => Period_NeedsLock(terminal).LastOrDefault(session => session.Phase is SessionPhase.Closed), shutdown);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<FacedSession>> OfFace(string face, int limit, CancellationToken shutdown)
    {
        ArgumentException.ThrowIfNullOrEmpty(face);
        JournalRules.CheckLimit(limit, JournalRules.MostOfFace);
        return Locked<IReadOnlyList<FacedSession>>(
            () => [.. order.Select(id => sessions[id])
                .Where(kept => kept.Session.Face?.Name == face || kept.Notes.ContainsKey(face))
                .Select(kept => new FacedSession(kept.Session, kept.Notes.GetValueOrDefault(face)))
                .Where(faced => faced.Note is null or { Settled: false } or { Listed: true })
                .Take(limit)],
            shutdown);
    }

    /// <inheritdoc/>
    public Task<FaceNote?> NoteOf(SessionId id, string face, CancellationToken shutdown) =>
        Locked(() => sessions.TryGetValue(id, out var kept) ? kept.Notes.GetValueOrDefault(face) : null, shutdown);

    /// <inheritdoc/>
    public async Task<SessionPage> Query(SessionQuery query, CancellationToken shutdown)
    {
        var filter = new SessionFilter(query);
        var found = await Select(
            sessions.Values
                .Where(kept => filter.Fits(kept.Session))
                .OrderByDescending(kept => PageCursor.After(kept.Session).Place, StringComparer.Ordinal)
                .Take(query.Limit + 1),
            shutdown);
        return filter.Page([.. found]);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournalRecord>> RecordsAfter(
        long sequence, SessionId? session, int limit, bool withFrames, CancellationToken shutdown)
    {
        JournalRules.CheckLimit(limit, JournalRules.MostRecords);
        return Locked<IReadOnlyList<JournalRecord>>(
            () => [.. records
                .Skip((int)Math.Clamp(sequence, 0, records.Count))
                .Where(record => session is null || record.Session == session)
                .Where(record => withFrames || record.Kind is not RecordKind.Frame)
                .Take(limit)
                .SelectMany(record => withFrames ? FrameRecords.Of(record, packs.GetValueOrDefault(record.Sequence)) : [record])],
            shutdown);
    }

    /// <inheritdoc/>
    public Task WaitBeyond(long sequence, CancellationToken stop) => signal.WaitBeyond(sequence, stop);

    /// <inheritdoc/>
    public Task WaitBeyond(long sequence, SessionId session, CancellationToken stop) => signal.WaitBeyond(sequence, session, stop);

    /// <inheritdoc/>
    public Task<ChainCheck> Verify(CancellationToken shutdown)
    {
        return Locked(Walk, shutdown);

        ChainCheck Walk()
        {
            var at = ChainTip.Start;
            foreach (var record in records)
            {
                if (RecordChain.Fault(at, record) is { } why) return new ChainCheck(at.Sequence, at.Sequence + 1, why);
                at = new ChainTip(record.Sequence, record.Hash);
            }

            return new ChainCheck(at.Sequence, null, null);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (gate) isClosed = true;
        signal.Close();
        return ValueTask.CompletedTask;
    }

    private List<Session> Period_NeedsLock(string terminal) =>
        [.. ByPlace(terminal)
            .Reverse()
            .TakeWhile(kept => !kept.Session.ClosesPeriod)
            .Where(kept => kept.Session.Request.Kind.MovesMoney())
            .Reverse()
            .Select(kept => kept.Session)];

    private IEnumerable<Kept> ByPlace(string terminal) =>
        sessions.Values.Where(kept => kept.Session.Terminal == terminal).OrderBy(kept => kept.Place);

    private void WriteHeld_NeedsLock()
    {
        // As in the file: notes wait for better times in their order, and a refused one is gone.
        while (held.Count > 0)
        {
            try
            {
                var note = held[0];
                var told = dropped;
                Append_NeedsLock(note with { Body = JournalRules.WithDropped(note.Body, told) });
                dropped -= told;
            }
            catch (JournalException error) when (error.Fault is not JournalFault.Fenced)
            {
                return;
            }
            catch (JournalException)
            {
                // An older owner's note is refused for good.
            }

            held.RemoveAt(0);
        }
    }

    private long Append_NeedsLock(JournalEntry entry)
    {
        var isKnown = fences.TryGetValue(entry.Terminal, out var fence);
        if (isKnown && fence > entry.Fence) throw JournalRules.Fenced(entry, fence);
        if (entry.Note is not null) JournalRules.CheckKnown(sessions.GetValueOrDefault(entry.Id)?.Session);
        if (entry.Session is { } next) JournalRules.CheckSuccessor(sessions.GetValueOrDefault(entry.Id)?.Session, next);
        var sequence = Write_NeedsLock(entry, entry.Fence);
        fences[entry.Terminal] = entry.Fence;
        return sequence;
    }

    private long Write_NeedsLock(JournalEntry entry, long fence)
    {
        BeforeWrite?.Invoke(entry);
        var pack = FramePack.Write(entry.Frames);
        var record = new JournalRecord(0, clock.GetUtcNow(), entry.Id, entry.Terminal, entry.Kind, entry.Body, "")
        {
            Fence = fence,
            FramesHash = pack is null ? null : FramePack.HashOf(pack),
            StateHash = !IsUnchained && entry.Session is { } state ? RecordChain.StateHash(JournalJson.Write(state)) : null,
        };
        record = IsUnchained ? record with { Sequence = tip.Sequence + 1 } : RecordChain.Link(tip, record);
        records.Add(record);
        if (pack is not null) packs[record.Sequence] = pack;
        tip = new ChainTip(record.Sequence, record.Hash);
        if (entry.Session is { } session)
        {
            var before = sessions.GetValueOrDefault(entry.Id);
            var isSentNow = session.SentAt is not null && session.SentAt != before?.Session.SentAt;
            sessions[entry.Id] = new Kept(session, before is null || isSentNow ? record.Sequence : before.Place, before?.Notes ?? NoNotes);
        }

        if (entry.Note is { } note)
            sessions[entry.Id] = sessions[entry.Id] with { Notes = sessions[entry.Id].Notes.SetItem(note.Face, note) };

        signal.Publish([(record.Sequence, record.Session)]);
        return record.Sequence;
    }

    private Task<IReadOnlyList<Session>> Select(IEnumerable<Kept> kept, CancellationToken shutdown) =>
        Locked<IReadOnlyList<Session>>(() => [.. kept.Select(one => one.Session)], shutdown);

    private Task<T> Locked<T>(Func<T> act, CancellationToken shutdown)
    {
        shutdown.ThrowIfCancellationRequested();
        try
        {
            lock (gate)
            {
                if (isClosed) throw JournalException.IsClosed();
                return Task.FromResult(act());
            }
        }
        catch (Exception error) when (error is JournalException or InvariantException)
        {
            return Task.FromException<T>(error);
        }
    }

    /// <summary>A session and its place in the terminal's order: its intent's sequence, once sent that of the sending.</summary>
    private sealed record Kept(Session Session, long Place, ImmutableDictionary<string, FaceNote> Notes);
}
