using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Domain;
using Tillbridge.Journal.Integrity;
using Tillbridge.Journal.Moves;
using Tillbridge.Journal.Periods;
using Tillbridge.Journal.Sqlite;
using Tillbridge.Journal.Sqlite.Books;
using Tillbridge.Journal.Upkeep;

namespace Tillbridge.Journal;

/// <summary>The journal in one file of SQLite: one writer with group commit, and readers beside it.</summary>
public sealed class SqliteJournal : IJournal
{
    private readonly JournalDirectory directory;
    private readonly SqliteConnection connection;
    private readonly JournalReader reader;
    private readonly WitnessKeeper? witness;
    private readonly JournalPlace place;
    private readonly JournalAppender appender;
    private readonly JournalWriter writer;
    private readonly SequenceSignal signal;
    private readonly JournalExamination examination;
    private readonly HashSet<string> mended = new(StringComparer.Ordinal);
    private int isDisposed;

    private SqliteJournal(
        JournalDirectory directory, SqliteConnection connection, JournalReader reader, WitnessKeeper? witness,
        JournalExamination examination, TimeProvider clock, ILogger logger)
    {
        (this.directory, this.connection, this.reader, this.witness) = (directory, connection, reader, witness);
        this.examination = examination;
        place = JournalPlace.Of(directory.File, directory.Lock);
        appender = new JournalAppender(connection, place, witness, clock);
        signal = new SequenceSignal(appender.Tip.Sequence);
        writer = JournalWriter.Start(appender, signal, clock, logger);
        reader.BooksDamaged = Mend;
    }

    /// <inheritdoc/>
    public long LastSequence => signal.Last;

    /// <summary>Transactions that became durable; many appends share one.</summary>
    internal long Commits => appender.Commits;

    /// <summary>Steps of SQLite's machine so far, for measurements while nobody reads or writes.</summary>
    internal long Work => reader.Work + connection.Work;

    /// <summary>Damage that was found at the start or behind it, each with what it costs; nothing when all is well.</summary>
    public IReadOnlyList<string> Faults => examination.Faults;

    /// <summary>True when damage was found over which no new session may begin.</summary>
    internal bool IsStopped => examination.Stops is not null;

    /// <summary>
    /// Opens the journal of a data directory, made if missing, and takes the directory into possession. A directory
    /// that cannot be written, a full disk and a damaged file are told here, not at the first payment. Nothing outside of the
    /// directory says which journal is expected in it: a deleted one is begun anew.
    /// </summary>
    /// <exception cref="JournalException">It cannot be opened; fault and text say why and what to do.</exception>
    public static Task<SqliteJournal> Open(
        string directory, TimeProvider clock, ILogger? logger, CancellationToken shutdown)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(clock);
        return Task.Run(() => OpenNow(directory, null, clock, logger ?? NullLogger.Instance, shutdown), shutdown);
    }

    /// <summary>
    /// Opens the journal that a witness expects, and lets it be a witness from now on. Where none is expected yet, whatever is
    /// there is taken, and a missing one is made.
    /// </summary>
    /// <exception cref="JournalException">It cannot be opened, or is not the expected one; the text says what to do.</exception>
    public static Task<SqliteJournal> Open(JournalWitness witness, TimeProvider clock, ILogger? logger, CancellationToken shutdown)
    {
        ArgumentNullException.ThrowIfNull(witness);
        ArgumentNullException.ThrowIfNull(clock);
        return Task.Run(() => OpenNow(witness.Data, witness, clock, logger ?? NullLogger.Instance, shutdown), shutdown);
    }

    /// <summary>
    /// Asks the writer, behind what is queued, whether it lives and its files are still those in the directory. Writes nothing.
    /// </summary>
    /// <exception cref="JournalException">It cannot write any more; fault and text say why and what to do.</exception>
    public Task Prove(CancellationToken shutdown) => writer.Ask(shutdown);

    /// <summary>
    /// Drops the frames that passed before an instant, but for those of sessions whose outcome is not known; the chain stays whole. It goes
    /// in small steps between the payments.
    /// </summary>
    /// <param name="before">The instant.</param>
    /// <param name="told">Told after each step how many records have lost their frames; null when nobody wants to know.</param>
    /// <param name="shutdown">Ends it between two steps.</param>
    /// <returns>How many records have lost their frames.</returns>
    /// <exception cref="JournalException">It cannot be written.</exception>
    public async Task<long> PruneFrames(DateTimeOffset before, Action<long>? told, CancellationToken shutdown)
    {
        var pruner = new FramePruner(before);
        while (!pruner.IsDone)
        {
            await writer.Do(pruner.Step, shutdown);
            pruner.Commit();
            told?.Invoke(pruner.Dropped);
        }

        return pruner.Dropped;
    }

    /// <inheritdoc/>
    public async Task<Accepted> Accept(Session intent, string body, CancellationToken shutdown)
    {
        var entry = JournalRules.EntryOf(intent, body);
        // What runs is brought to its end; a new session waits for a person.
        if (examination.Stops is { } damage) throw new JournalException(JournalFault.Corrupt, damage);
        var write = await writer.Write(entry, JournalRules.Check(entry), shutdown);
        Invariant.Holds(write.Answer is not null, "an intent that was written has an answer");
        return write.Answer;
    }

    /// <inheritdoc/>
    public async Task<long> Append(JournalEntry entry, CancellationToken shutdown)
    {
        var write = await writer.Write(entry, JournalRules.CheckAppend(entry), shutdown);
        Invariant.Holds(write.Sequence > 0, "a record that was written has a sequence");
        return write.Sequence;
    }

    /// <inheritdoc/>
    public void Note(JournalEntry entry) => writer.Note(entry, JournalRules.CheckAppend(entry));

    /// <inheritdoc/>
    public Task<Session?> Find(SessionId id, CancellationToken shutdown) => reader.Find(id, shutdown);

    /// <inheritdoc/>
    public Task<Session?> FindByKey(string key, CancellationToken shutdown) => reader.FindByKey(key, shutdown);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Session>> Unsettled(string? terminal, CancellationToken shutdown) =>
        reader.Unsettled(terminal, shutdown);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Session>> SentAfter(Session session, CancellationToken shutdown) =>
        reader.SentAfter(session, shutdown);

    /// <inheritdoc/>
    public Task<T> Look<T>(string terminal, Func<IOpenPeriod, T> look, CancellationToken shutdown) =>
        reader.Look(terminal, look, shutdown);

    /// <inheritdoc/>
    public Task<Session?> LastOfPeriod(string terminal, CancellationToken shutdown) => reader.LastOfPeriod(terminal, shutdown);

    /// <inheritdoc/>
    public Task<IReadOnlyList<FacedSession>> OfFace(string face, int limit, CancellationToken shutdown) =>
        reader.OfFace(face, limit, shutdown);

    /// <inheritdoc/>
    public Task<FaceNote?> NoteOf(SessionId id, string face, CancellationToken shutdown) => reader.NoteOf(id, face, shutdown);

    /// <inheritdoc/>
    public Task<SessionPage> Query(SessionQuery query, CancellationToken shutdown) => reader.Query(query, shutdown);

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournalRecord>> RecordsAfter(
        long sequence, SessionId? session, int limit, bool withFrames, CancellationToken shutdown) =>
        reader.RecordsAfter(sequence, session, limit, withFrames, shutdown);

    /// <inheritdoc/>
    public Task WaitBeyond(long sequence, CancellationToken stop) => signal.WaitBeyond(sequence, stop);

    /// <inheritdoc/>
    public Task WaitBeyond(long sequence, SessionId session, CancellationToken stop) => signal.WaitBeyond(sequence, session, stop);

    /// <inheritdoc/>
    public Task<ChainCheck> Verify(CancellationToken shutdown) => reader.Verify(shutdown);

    /// <summary>Writes what is queued, closes the file and gives the directory free.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) != 0) return;
        await examination.DisposeAsync();
        await writer.DisposeAsync();
        reader.Dispose();
        if (!place.HoldsFile) connection.Abandon();
        connection.Dispose();
        witness?.Dispose();
        directory.Dispose();
    }

    private static SqliteJournal OpenNow(
        string path, JournalWitness? expected, TimeProvider clock, ILogger logger, CancellationToken shutdown)
    {
        SqliteNative.Require();
        expected?.RequirePresence();
        var directory = JournalDirectory.Claim(path);
        SqliteConnection? connection = null;
        JournalReader? reader = null;
        WitnessKeeper? witness = null;
        SqliteJournal? journal = null;
        try
        {
            connection = Connect(directory.File);
            JournalIdentity.Require(connection, expected);
            connection = InNewestForm(connection, logger, shutdown);
            var examination = JournalExamination.AtStart(connection, logger, shutdown);
            witness = JournalIdentity.Keep(connection, expected, clock, logger);
            ProveWritable(connection, clock);
            reader = JournalReader.Of(directory.File);
            journal = new SqliteJournal(directory, connection, reader, witness, examination, clock, logger);
            JournalLog.Opened(logger, directory.File, journal.LastSequence);
            examination.GoOn(directory.File, journal.Mend);
            return journal;
        }
        catch (JournalException refused) when (refused.Fault is JournalFault.Unexpected)
        {
            // A close would move the log into the file; what a person is asked about stays as it is.
            connection?.Abandon();
            throw;
        }
        finally
        {
            if (journal is null)
            {
                reader?.Dispose();
                witness?.Dispose();
                connection?.Dispose();
                directory.Dispose();
            }
        }
    }

    private static SqliteConnection InNewestForm(SqliteConnection connection, ILogger logger, CancellationToken shutdown)
    {
        var schema = JournalSchema.Check(connection);
        if (schema == 0) JournalSchema.Make(connection);
        else if (schema < JournalSchema.Current) connection = Moved(connection, logger, shutdown);
        MakeBooksAnew(connection);
        return connection;
    }

    private static SqliteConnection Moved(SqliteConnection connection, ILogger logger, CancellationToken shutdown)
    {
        // A move rewrites all; out of a damaged file it would make damage that nobody sees any more.
        if (ChainVerifier.FileFault(connection, shutdown) is { } fault)
            throw new JournalException(JournalFault.Corrupt, $"'{connection.File}': {fault} {JournalDirectory.CorruptCure}");
        var file = connection.File;
        JournalMove.Over(connection, logger, shutdown);
        return Connect(file);
    }

    // Once after an update, and where a run before found sums that it could not believe.
    private static void MakeBooksAnew(SqliteConnection connection)
    {
        var books = new BookKeeper(connection);
        foreach (var terminal in PeriodSql.Doubted(connection))
        {
            connection.Execute("BEGIN IMMEDIATE");
            try
            {
                books.MakeAnew(terminal);
                connection.Execute("COMMIT");
            }
            finally
            {
                if (!connection.IsIdle) connection.Rollback();
            }
        }
    }

    private void Mend(string terminal)
    {
        lock (mended)
        {
            // Once in a run: what is damaged again at once is no accident of one bit.
            if (mended.Add(terminal)) writer.Mend(terminal);
        }
    }

    private static SqliteConnection Connect(string file)
    {
        // SQLite throws a log away whose file is empty; with it would go what was acknowledged.
        var log = new FileInfo(file + "-wal");
        if (new FileInfo(file).Length == 0 && log is { Exists: true, Length: > 0 })
            throw new JournalException(JournalFault.Corrupt, $"'{file}' is empty but its log is not. {JournalDirectory.CorruptCure}");

        var connection = SqliteConnection.Open(file, SqliteAccess.ReadWrite);
        try
        {
            JournalSchema.Check(connection);
            if (connection.Scalar("PRAGMA journal_mode = WAL") != "wal")
                throw new JournalException($"'{file}' lies on a file system that cannot keep a write-ahead log; use a local disk.");

            // FULL: a commit is on the disk before anybody hears of it. What is deleted is overwritten, or old words stay in free places.
            // The limit gives back the log of a busy hour.
            connection.Execute(
                "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA foreign_keys = ON; "
                + "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; "
                + "PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 67108864;");
            return connection;
        }
        catch (JournalException)
        {
            connection.Dispose();
            throw;
        }
    }

    // Only a write shows that a disk can be written.
    private static void ProveWritable(SqliteConnection connection, TimeProvider clock) =>
        connection.Prepare(
                "INSERT OR REPLACE INTO opening (only, at, times) VALUES (1, ?1, coalesce((SELECT times FROM opening), 0) + 1)")
            .Bind(1, JournalTime.Write(clock.GetUtcNow())).Run();
}
