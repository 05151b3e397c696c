using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Domain;
using Tillbridge.Journal.Sqlite;

namespace Tillbridge.Journal;

/// <summary>The journal in one file of SQLite: one writer with group commit, and readers beside it.</summary>
public sealed class SqliteJournal : IJournal
{
    // The whole chain is walked by 'tillbridge journal verify'; a start looks at the part that is still in use.
    private const int CheckedAtOpen = 1000;

    private readonly JournalDirectory directory;
    private readonly SqliteConnection connection;
    private readonly JournalReader reader;
    private readonly JournalAppender appender;
    private readonly JournalWriter writer;
    private readonly SequenceSignal signal;
    private int isDisposed;

    private SqliteJournal(
        JournalDirectory directory, SqliteConnection connection, JournalReader reader, TimeProvider clock, ILogger logger)
    {
        (this.directory, this.connection, this.reader) = (directory, connection, reader);
        appender = new JournalAppender(connection, clock);
        signal = new SequenceSignal(appender.Tip.Sequence);
        writer = JournalWriter.Start(appender, signal, clock, logger);
    }

    /// <inheritdoc/>
    public long LastSequence => signal.Last;

    /// <summary>Transactions that became durable; many appends share one.</summary>
    internal long Commits => appender.Commits;

    /// <summary>
    /// Opens the journal of a data directory, made if missing, and takes the directory into possession. A directory
    /// that cannot be written, a full disk and a damaged file are told here, not at the first payment.
    /// </summary>
    /// <exception cref="JournalException">It cannot be opened; fault and text say why and what to do.</exception>
    public static Task<SqliteJournal> Open(
        string directory, TimeProvider clock, ILogger? logger, CancellationToken shutdown)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(clock);
        return Task.Run(() => OpenNow(directory, clock, logger ?? NullLogger.Instance, shutdown), shutdown);
    }

    /// <inheritdoc/>
    public async Task<Accepted> Accept(Session intent, string body, CancellationToken shutdown)
    {
        var entry = JournalRules.EntryOf(intent, body);
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
    public Task<IReadOnlyList<Session>> CurrentPeriod(string terminal, CancellationToken shutdown) =>
        reader.CurrentPeriod(terminal, shutdown);

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
    public Task<ChainCheck> Verify(CancellationToken shutdown) => reader.Verify(shutdown);

    /// <summary>Writes what is queued, closes the file and gives the directory free.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) != 0) return;
        await writer.DisposeAsync();
        reader.Dispose();
        connection.Dispose();
        directory.Dispose();
    }

    private static SqliteJournal OpenNow(string path, TimeProvider clock, ILogger logger, CancellationToken shutdown)
    {
        SqliteNative.Require();
        var directory = JournalDirectory.Claim(path);
        SqliteConnection? connection = null;
        JournalReader? reader = null;
        SqliteJournal? journal = null;
        try
        {
            connection = Connect(directory.File);
            Check(connection, shutdown);
            ProveWritable(connection, clock);
            reader = JournalReader.Of(directory.File);
            journal = new SqliteJournal(directory, connection, reader, clock, logger);
            JournalLog.Opened(logger, directory.File, journal.LastSequence);
            return journal;
        }
        finally
        {
            if (journal is null)
            {
                reader?.Dispose();
                connection?.Dispose();
                directory.Dispose();
            }
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

            // FULL: a commit is on the disk before anybody hears of it. The limit gives back the log of a busy hour.
            connection.Execute(
                "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA foreign_keys = ON; "
                + "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; "
                + "PRAGMA journal_size_limit = 67108864;");
            return connection;
        }
        catch (JournalException)
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Check(SqliteConnection connection, CancellationToken shutdown)
    {
        if (connection.Scalar("PRAGMA quick_check(1)") is var found and not "ok")
            throw new JournalException(JournalFault.Corrupt, $"'{connection.File}' is damaged: {found}. {JournalDirectory.CorruptCure}");

        JournalSchema.Migrate(connection);
        var from = Math.Max(0, JournalSql.Tip(connection).Sequence - CheckedAtOpen);
        var chain = ChainVerifier.Chain(connection, from, shutdown);
        if (chain.BrokenAt is { } broken)
        {
            throw new JournalException(
                JournalFault.Corrupt,
                $"The hash chain of '{connection.File}' is broken at record {broken}: {chain.Why} {JournalDirectory.CorruptCure}");
        }
    }

    // Only a write shows that a disk can be written.
    private static void ProveWritable(SqliteConnection connection, TimeProvider clock) =>
        connection.Prepare(
                "INSERT OR REPLACE INTO opening (only, at, times) VALUES (1, ?1, coalesce((SELECT times FROM opening), 0) + 1)")
            .Bind(1, JournalTime.Write(clock.GetUtcNow())).Run();
}
