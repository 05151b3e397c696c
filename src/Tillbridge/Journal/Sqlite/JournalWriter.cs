using Microsoft.Extensions.Logging;

namespace Tillbridge.Journal.Sqlite;

/// <summary>
/// The one writer: a thread of its own, because a sync blocks for milliseconds and must not take a thread of the pool
/// from everybody else. Whatever is queued when it looks goes into one transaction with one sync.
/// </summary>
internal sealed class JournalWriter : IAsyncDisposable
{
    // Below the size of a batch, so that awaited writes always find room beside them.
    private const int MostHeldNotes = 256;
    private static readonly TimeSpan NoteLinger = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RetryLinger = TimeSpan.FromSeconds(1);

    private readonly JournalAppender appender;
    private readonly SequenceSignal signal;
    private readonly ILogger logger;
    private readonly WriteQueue queue;
    private readonly List<PendingWrite> held = [];
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long dropped;
    private JournalFault? failing;

    private JournalWriter(JournalAppender appender, SequenceSignal signal, TimeProvider clock, ILogger logger)
    {
        (this.appender, this.signal, this.logger) = (appender, signal, logger);
        queue = new WriteQueue(clock);
    }

    public static JournalWriter Start(JournalAppender appender, SequenceSignal signal, TimeProvider clock, ILogger logger)
    {
        var writer = new JournalWriter(appender, signal, clock, logger);
        new Thread(writer.Run) { IsBackground = true, Name = "tillbridge-journal" }.Start();
        return writer;
    }

    /// <summary>Writes and waits until it is durable.</summary>
    public async Task<PendingWrite> Write(JournalEntry entry, int bytes, CancellationToken shutdown)
    {
        var write = new PendingWrite(entry, bytes, isNote: false);
        await queue.Add(write, shutdown);

        // From here the record may become durable, so that giving up early would leave the caller with a wrong belief.
        return await write.Done;
    }

    /// <summary>Asks the writer's thread, behind what is queued, whether its files are in their place. Writes nothing.</summary>
    public async Task Ask(CancellationToken shutdown)
    {
        var question = new PendingWrite(entry: null, 0, isNote: false);
        await queue.Add(question, shutdown);
        await question.Done;
    }

    public void Note(JournalEntry entry, int bytes)
    {
        if (!queue.TryAdd(new PendingWrite(entry, bytes, isNote: true))) Drop(1);
    }

    /// <summary>Makes the books of a terminal anew, behind what is queued.</summary>
    public void Mend(string terminal) => queue.TryAdd(new PendingWrite(entry: null, 0, isNote: true) { Mends = terminal });

    /// <summary>Works on the file beside its records, behind what is queued; durable when the task completes.</summary>
    public async Task Do(Action<SqliteConnection> upkeep, CancellationToken shutdown)
    {
        var write = new PendingWrite(entry: null, 0, isNote: false) { Upkeep = upkeep };
        await queue.Add(write, shutdown);
        await write.Done;
    }

    /// <summary>Writes what is queued and ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Close();
        await ended.Task;
    }

    private void Run()
    {
        var batch = new List<PendingWrite>();
        try
        {
            // After the end of the queue what is held back is tried once more, not for ever.
            while (TakeAndWrite(batch)) batch.Clear();
            if (held.Count > 0) Drop(held.Count);
        }
        catch (Exception error)
        {
            JournalLog.WriterDefect(logger, error);
            queue.Close(error);
            Refuse(batch, error);
        }
        finally
        {
            signal.Close();
            ended.SetResult();
        }
    }

    private bool TakeAndWrite(List<PendingWrite> batch)
    {
        batch.AddRange(held);
        held.Clear();
        var isOpen = queue.Take(batch, failing is null ? NoteLinger : RetryLinger, holdsNotes: batch.Count > 0);
        if (batch.Count > 0) WriteBatch(batch);
        return isOpen;
    }

    private void Refuse(List<PendingWrite> batch, Exception error)
    {
        var refused = JournalException.IsClosed(error);
        var isOpen = true;
        while (isOpen)
        {
            foreach (var write in batch) write.Fail(refused);
            batch.Clear();
            isOpen = queue.Take(batch, NoteLinger, holdsNotes: false);
        }

        foreach (var write in batch) write.Fail(refused);
    }

    private void WriteBatch(List<PendingWrite> batch)
    {
        var error = Try(batch);
        if (error is JournalException { Fault: JournalFault.Full })
        {
            appender.Shrink();
            error = Try(batch);
        }

        if (error is null) Complete(batch);
        else Fail(batch, error);
    }

    private Exception? Try(List<PendingWrite> batch)
    {
        var before = Interlocked.Read(ref dropped);
        try
        {
            var untold = appender.Write(batch, before);
            Interlocked.Add(ref dropped, untold - before);
            return null;
        }
        catch (JournalException error)
        {
            return error;
        }
        catch (Exception error)
        {
            JournalLog.WriterDefect(logger, error);
            return error;
        }
    }

    private void Complete(List<PendingWrite> batch)
    {
        // A question writes nothing: it only shows that files are back in their place.
        if (failing is JournalFault.Moved || !batch.TrueForAll(write => write.IsQuestion))
        {
            if (failing is not null) JournalLog.WritesAgain(logger);
            failing = null;
        }

        signal.Publish([.. batch.Where(write => write.Sequence > 0).Select(write => (write.Sequence, write.Entry.Id))]);
        foreach (var write in batch)
        {
            if (write is { IsNote: true, Refusal: { } refusal })
                JournalLog.NoteRefused(logger, refusal, write.Entry.Id.Value, write.Entry.Terminal);
            write.Complete();
        }
    }

    private void Fail(List<PendingWrite> batch, Exception error)
    {
        var fault = (error as JournalException)?.Fault ?? JournalFault.Failed;
        // Asked every other second, the same answer is told once.
        if (failing != fault || !batch.TrueForAll(write => write.IsQuestion)) JournalLog.WriteFailed(logger, error, batch.Count, fault);
        failing = fault;

        // A note that fails for a reason of its own would take every later batch down with it.
        var canHeal = fault is JournalFault.Full or JournalFault.ReadOnly or JournalFault.InUse;
        var lost = 0;
        foreach (var write in batch)
        {
            if (!write.IsNote) write.Fail(write.Refusal ?? new JournalException(fault, error.Message, error));
            else if (canHeal && held.Count < MostHeldNotes) held.Add(write);
            else if (write.Mends is null) lost++;
        }

        if (lost > 0) Drop(lost);
    }

    private void Drop(long notes)
    {
        Interlocked.Add(ref dropped, notes);
        JournalLog.NotesDropped(logger, notes);
    }
}
