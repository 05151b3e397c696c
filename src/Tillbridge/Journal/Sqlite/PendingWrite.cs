namespace Tillbridge.Journal.Sqlite;

/// <summary>One write on its way: an awaited record, an awaited intent, or a note that nobody awaits.</summary>
internal sealed class PendingWrite(JournalEntry? entry, int bytes, bool isNote)
{
    private readonly TaskCompletionSource<PendingWrite>? done =
        isNote ? null : new TaskCompletionSource<PendingWrite>(TaskCreationOptions.RunContinuationsAsynchronously);

    public JournalEntry Entry => entry ?? throw new InvariantException("A question to the writer writes nothing.");

    /// <summary>The terminal whose books are to be made anew out of its sessions; null for every other write.</summary>
    public string? Mends { get; init; }

    /// <summary>Work on the file beside its records, in the writer's transaction; null for every other write.</summary>
    public Action<SqliteConnection>? Upkeep { get; init; }

    /// <summary>True for the question whether the writer lives and its files are in their place.</summary>
    public bool IsQuestion => entry is null && Mends is null && Upkeep is null;

    /// <summary>Size of the body.</summary>
    public int Bytes => bytes;

    public bool IsNote => isNote;

    /// <summary>The record's sequence; 0 while none was written.</summary>
    public long Sequence { get; set; }

    /// <summary>The answer to an intent.</summary>
    public Accepted? Answer { get; set; }

    /// <summary>Why this write alone was refused.</summary>
    public Exception? Refusal { get; set; }

    /// <summary>Completes when the write is durable or answered.</summary>
    public Task<PendingWrite> Done => done?.Task ?? Task.FromResult(this);

    /// <summary>Forgets what an attempt that was rolled back found out.</summary>
    public void Restart() => (Sequence, Answer, Refusal) = (0, null, null);

    public void Complete()
    {
        if (Refusal is { } refusal) done?.SetException(refusal);
        else done?.SetResult(this);
    }

    public void Fail(Exception error) => done?.TrySetException(error);
}
