using Tillbridge.Domain;
using Tillbridge.Journal.Frames;
using Tillbridge.Journal.Integrity;
using Tillbridge.Journal.Sqlite.Books;

namespace Tillbridge.Journal.Sqlite;

/// <summary>Writes one batch in one transaction. Used by the writer's thread only.</summary>
internal sealed class JournalAppender(SqliteConnection connection, JournalPlace place, WitnessKeeper? witness, TimeProvider clock)
{
    private const string InsertRecord =
        "INSERT INTO records (sequence, at, subject, kind, fence, body, state_hash, hash, frames_hash) "
        + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

    private const string InsertSubject = "INSERT INTO subjects (number, session, terminal) VALUES (?1, ?2, ?3)";
    private const string InsertFrames = "INSERT INTO frames (record, data) VALUES (?1, ?2)";

    private const string InsertSession =
        "INSERT INTO sessions (intent, place, id, terminal, key, fingerprint, kind, phase, outcome, reference, receipt, "
        + "created_at, sent_at, closed_at, state, face, seal, closes) "
        + "VALUES (?14, ?14, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?15, ?16, ?17)";

    private const string BeginNote =
        "INSERT INTO face_notes (session, face, intent, record, settled, listed) VALUES (?1, ?2, ?3, NULL, 0, 0)";

    // A session that came through no foreign interface gets its row with the first note.
    private const string PutNote =
        "INSERT INTO face_notes (session, face, intent, record, settled, listed) "
        + "SELECT s.id, ?2, s.intent, ?3, ?4, ?5 FROM sessions s WHERE s.id = ?1 "
        + "ON CONFLICT (session, face) DO UPDATE SET record = ?3, settled = ?4, listed = ?5";

    // Terminal, key, fingerprint and creation never change (JournalRules.CheckSuccessor), and their indexes are left alone.
    private const string UpdateSession =
        "UPDATE sessions SET kind = ?5, phase = ?6, outcome = ?7, reference = ?8, receipt = ?9, sent_at = ?11, closed_at = ?12, "
        + "state = ?13, face = ?15, seal = ?16, closes = ?17, "
        + "place = CASE WHEN ?11 IS NOT NULL AND ?11 IS NOT sent_at THEN ?14 ELSE place END WHERE id = ?1";

    private readonly BookKeeper books = new(connection);
    private readonly WrittenSessions written = new();
    private long commits;

    /// <summary>The last durable record.</summary>
    public ChainTip Tip { get; private set; } = JournalSql.Tip(connection);

    /// <summary>How many transactions became durable.</summary>
    public long Commits => Interlocked.Read(ref commits);

    /// <summary>Writes the batch; each write then knows its sequence, answer or refusal.</summary>
    /// <param name="batch">At least one write.</param>
    /// <param name="dropped">Notes that were dropped before; told by the batch's first note.</param>
    /// <returns>How many of the dropped are still to be told.</returns>
    /// <exception cref="JournalException">Nothing of the batch became durable.</exception>
    public long Write(IReadOnlyList<PendingWrite> batch, long dropped)
    {
        Invariant.Holds(connection.IsIdle, "one transaction at a time");
        place.Check();
        var staged = Tip;
        var untold = dropped;
        if (batch.All(write => write.IsQuestion)) return untold;
        var isDurable = false;
        try
        {
            connection.Execute("BEGIN IMMEDIATE");
            foreach (var write in batch.Where(write => !write.IsQuestion)) Apply(write, ref staged, ref untold);
            connection.Execute("COMMIT");
            isDurable = true;
        }
        finally
        {
            // What was remembered of this batch never happened; after some errors SQLite has rolled back by itself.
            if (!isDurable) written.Forget();
            if (!connection.IsIdle) connection.Rollback();
        }

        if (staged != Tip) Interlocked.Increment(ref commits);
        Tip = staged;
        // What went into a file that was taken away meanwhile must not be told as durable.
        place.Check();
        witness?.Note(Tip);
        return untold;
    }

    /// <summary>
    /// Moves the write-ahead log into the file and empties it. On a full disk that can free the place that the next
    /// attempt needs; if it cannot, the attempt tells so itself.
    /// </summary>
    public void Shrink()
    {
        try
        {
            _ = connection.Scalar("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (JournalException)
        {
            // Nothing is lost by a checkpoint that fails.
        }
    }

    private void Apply(PendingWrite write, ref ChainTip staged, ref long dropped)
    {
        write.Restart();
        if (write.Upkeep is { } upkeep)
        {
            Keep(write, upkeep);
            return;
        }

        if (write.Mends is { } terminal)
        {
            books.MakeAnew(terminal);
            return;
        }

        long? fence;
        try
        {
            // Every reason to refuse is looked for before the first row is written: no savepoints are needed.
            fence = write.Entry.Kind is RecordKind.Intent ? CheckIntent(write) : CheckEntry(write);
        }
        catch (InvariantException error)
        {
            write.Refusal = error;
            return;
        }
        catch (JournalException error) when (error.Fault is JournalFault.Corrupt && !connection.IsIdle)
        {
            // A damaged session must not stop the others from being written.
            write.Refusal = error;
            return;
        }

        if (fence is not { } number) return;
        Invariant.Holds(!connection.IsIdle, "a batch is written inside its transaction");
        Insert(write, number, ref staged, write.IsNote ? dropped : 0);
        if (write.IsNote) dropped = 0;
    }

    // Damage that it meets must not stop payments from being written; it changes nothing before it has read all that it needs.
    private void Keep(PendingWrite write, Action<SqliteConnection> upkeep)
    {
        try
        {
            upkeep(connection);
        }
        catch (JournalException error) when (error.Fault is JournalFault.Corrupt && !connection.IsIdle)
        {
            write.Refusal = error;
        }
    }

    private long? CheckIntent(PendingWrite write)
    {
        Invariant.Holds(write.Entry.Session is not null, "an intent brings its session");
        var intent = write.Entry.Session;
        var holder = intent.Key is { } key ? JournalSql.FindByKey(connection, key) : null;
        if (holder is not null && JournalRules.Judge(holder, intent, clock.GetUtcNow()) is { } judgement)
        {
            write.Answer = new Accepted(judgement, holder);
            return null;
        }

        if (JournalSql.Find(connection, intent.Id) is not null)
        {
            // Also of a session whose row is lost, which throws.
            write.Refusal = JournalRules.Taken(intent.Id);
            return null;
        }

        // Who accepts an intent need not own the terminal, so that it is written under the owner's number.
        write.Answer = new Accepted(Acceptance.Accepted, intent);
        return FenceOf(intent.Terminal) ?? 1;
    }

    private long? CheckEntry(PendingWrite write)
    {
        var entry = write.Entry;
        var stored = FenceOf(entry.Terminal);
        if (stored > entry.Fence)
        {
            write.Refusal = JournalRules.Fenced(entry, stored.Value);
            return null;
        }

        if (entry.Note is not null) JournalRules.CheckKnown(written.Find(entry.Id) ?? JournalSql.Find(connection, entry.Id));
        if (entry.Session is { } next)
            JournalRules.CheckSuccessor(written.Find(next.Id) ?? JournalSql.Find(connection, next.Id), next);
        var subject = SubjectOf(entry);
        Invariant.Holds(subject is null || subject.Value.Terminal == entry.Terminal, "a session stays at its terminal");
        if (stored is null || stored < entry.Fence)
        {
            connection.Prepare("INSERT OR REPLACE INTO terminals (name, fence) VALUES (?1, ?2)")
                .Bind(1, entry.Terminal).Bind(2, entry.Fence).Run();
        }

        return entry.Fence;
    }

    private void Insert(PendingWrite write, long fence, ref ChainTip staged, long dropped)
    {
        var entry = write.Entry;
        var row = entry.Session is { } session ? SessionRow.Of(session) : null;
        var body = JournalRules.WithDropped(entry.Body, dropped);
        var pack = FramePack.Write(entry.Frames);
        var record = RecordChain.Link(staged, new(0, clock.GetUtcNow(), entry.Id, entry.Terminal, entry.Kind, body, "")
        {
            Fence = fence,
            StateHash = row?.Seal,
            FramesHash = pack is null ? null : FramePack.HashOf(pack),
        });

        Put(record, SubjectOf(entry)?.Number, pack);
        if (row is not null) Project(row, record);
        if (entry.Session is { } state)
        {
            books.Put(state);
            written.Remember(state);
        }

        if (entry.Note is { } note) Project(note, record);
        staged = new ChainTip(record.Sequence, record.Hash);
        write.Sequence = record.Sequence;
    }

    private void Put(JournalRecord record, long? subject, byte[]? pack)
    {
        if (subject is null)
        {
            connection.Prepare(InsertSubject)
                .Bind(1, record.Sequence).Bind(2, JournalSql.IdBytes(record.Session)).Bind(3, record.Terminal).Run();
            written.Remember(record.Session, record.Sequence, record.Terminal);
        }

        var insert = connection.Prepare(InsertRecord)
            .Bind(1, record.Sequence).Bind(2, record.At.UtcTicks).Bind(3, subject ?? record.Sequence).Bind(4, (int)record.Kind)
            .Bind(5, record.Fence).Bind(6, record.Body).Bind(8, Convert.FromHexString(record.Hash));
        if (record.StateHash is { } state) insert.Bind(7, Convert.FromHexString(state));
        if (record.FramesHash is { } frames) insert.Bind(9, Convert.FromHexString(frames));
        insert.Run();
        if (pack is not null) connection.Prepare(InsertFrames).Bind(1, record.Sequence).Bind(2, pack).Run();
    }

    private (long Number, string Terminal)? SubjectOf(JournalEntry entry)
    {
        if (written.SubjectOf(entry.Id) is { } known) return known;
        if (JournalSql.SubjectOf(connection, entry.Id) is not { } found) return null;
        written.Remember(entry.Id, found.Number, found.Terminal);
        return found;
    }

    private void Project(SessionRow row, JournalRecord record)
    {
        var write = connection.Prepare(record.Kind is RecordKind.Intent ? InsertSession : UpdateSession)
            .Bind(1, row.Id).Bind(2, row.Terminal).Bind(3, row.Key).BindHex(4, row.Fingerprint).Bind(5, row.Kind)
            .Bind(6, row.Phase).Bind(7, row.Outcome).Bind(8, row.Reference).Bind(9, row.Receipt).Bind(10, row.CreatedAt)
            .BindTime(11, row.SentAt).BindTime(12, row.ClosedAt).Bind(14, record.Sequence)
            .Bind(15, row.Face).Bind(16, Convert.FromHexString(row.Seal)).Bind(17, row.Closes ? 1 : 0);
        FoldedText.Bind(write, 13, row.State, row.IsClosed);
        write.Run();
        Invariant.Holds(connection.Changes == 1, "one record moves one session");
        if (record.Kind is RecordKind.Intent && row.Face is { } face)
            connection.Prepare(BeginNote).Bind(1, row.Id).Bind(2, face).Bind(3, record.Sequence).Run();
    }

    private void Project(FaceNote note, JournalRecord record)
    {
        connection.Prepare(PutNote)
            .Bind(1, record.Session.Value).Bind(2, note.Face).Bind(3, record.Sequence)
            .Bind(4, note.Settled ? 1 : 0).Bind(5, note.Listed ? 1 : 0)
            .Run();
        Invariant.Holds(connection.Changes == 1, "a note belongs to a session");
    }

    private long? FenceOf(string terminal)
    {
        using var statement = connection.Prepare("SELECT fence FROM terminals WHERE name = ?1");
        return statement.Bind(1, terminal).Step() ? statement.Long(0) : null;
    }
}
