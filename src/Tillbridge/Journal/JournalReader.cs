using Tillbridge.Domain;
using Tillbridge.Journal.Integrity;
using Tillbridge.Journal.Sqlite;

namespace Tillbridge.Journal;

/// <summary>Reads a journal without owning it, also while a gateway writes to it.</summary>
public sealed class JournalReader : IDisposable
{
    private const string SelectSentAfter =
        $"SELECT {JournalSql.SessionColumns} FROM sessions s "
        + "WHERE s.terminal = ?1 AND s.sent_at IS NOT NULL AND s.place > (SELECT o.place FROM sessions o WHERE o.id = ?3) "
        + "ORDER BY s.place LIMIT ?2";

    private static readonly string MoneyKinds = string.Join(
        ", ", Enum.GetValues<RequestKind>().Where(kind => kind.MovesMoney()).Select(kind => $"'{EnumText<RequestKind>.Of(kind)}'"));

    private static readonly string OfPeriod =
        $"SELECT {JournalSql.SessionColumns} FROM sessions s "
        + "WHERE s.terminal = ?1 AND s.place > coalesce((SELECT c.place FROM sessions c "
        + "WHERE c.terminal = ?1 AND c.kind = 'reconciliation' AND c.phase = 'closed' "
        + "AND coalesce(json_extract(c.state, '$.conclusion.periodClosed'), c.outcome = 'approved') "
        + "ORDER BY c.place DESC LIMIT 1), 0) "
        + $"AND s.kind IN ({MoneyKinds}) ";

    private static readonly string SelectPeriod = OfPeriod + "ORDER BY s.place LIMIT ?2";
    private static readonly string SelectLastOfPeriod = OfPeriod + "AND s.phase = 'closed' ORDER BY s.place DESC LIMIT 1";

    private const string SelectOfFace =
        $"SELECT {JournalSql.SessionColumns}, r.body FROM face_notes n JOIN sessions s ON s.id = n.session "
        + "LEFT JOIN records r ON r.sequence = n.record "
        + "WHERE n.face = ?1 AND (n.settled = 0 OR n.listed = 1) ORDER BY n.intent LIMIT ?2";

    private const string SelectNote =
        "SELECT r.body FROM face_notes n JOIN records r ON r.sequence = n.record WHERE n.session = ?1 AND n.face = ?2";

    private const string SelectRecords =
        $"SELECT {JournalSql.ToldRecordColumns} FROM records r "
        + "WHERE r.sequence > ?1 AND (?3 = 1 OR r.kind <> 'frame') ORDER BY r.sequence LIMIT ?2";

    private const string SelectRecordsOfSession =
        $"SELECT {JournalSql.ToldRecordColumns} FROM records r "
        + "WHERE r.session = ?4 AND r.sequence > ?1 AND (?3 = 1 OR r.kind <> 'frame') ORDER BY r.sequence LIMIT ?2";

    private readonly SqliteConnection connection;
    private readonly SemaphoreSlim gate = new(1);
    private bool isDisposed;

    private JournalReader(SqliteConnection connection) => this.connection = connection;

    /// <summary>Opens the journal of a data directory for reading.</summary>
    /// <exception cref="JournalException">There is none, or it cannot be read.</exception>
    public static JournalReader Open(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var file = Path.Combine(Path.GetFullPath(directory), JournalDirectory.FileName);
        if (!File.Exists(file)) throw new JournalException($"There is no journal in '{directory}'.");
        return new JournalReader(Connect(file));
    }

    /// <summary>The session of that id.</summary>
    public Task<Session?> Find(SessionId id, CancellationToken shutdown) =>
        Read(() => JournalSql.Find(connection, id), shutdown);

    /// <summary>The session under that key, whatever its age.</summary>
    public Task<Session?> FindByKey(string key, CancellationToken shutdown)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Read(() => JournalSql.FindByKey(connection, key), shutdown);
    }

    /// <summary>Sessions of a terminal (or of all) that are open or unknown, oldest first.</summary>
    public Task<IReadOnlyList<Session>> Unsettled(string? terminal, CancellationToken shutdown)
    {
        return Read(Open, shutdown);

        IReadOnlyList<Session> Open() => [.. JournalSql.Unsettled(connection)
            .Select(intent => JournalSql.OpenRow(connection, intent).ToSession())
            .Where(session => (terminal is null || session.Terminal == terminal) && !JournalRules.IsSettled(session))];
    }

    /// <summary>Sessions of a terminal that were sent after the given one, oldest first, 1000 at most.</summary>
    public Task<IReadOnlyList<Session>> SentAfter(Session session, CancellationToken shutdown)
    {
        ArgumentNullException.ThrowIfNull(session);
        return Sessions(Prepare, shutdown);

        SqliteStatement Prepare()
        {
            JournalRules.CheckKnown(JournalSql.Find(connection, session.Id));
            return connection.Prepare(SelectSentAfter)
                .Bind(1, session.Terminal).Bind(2, JournalRules.MostSentAfter).Bind(3, session.Id.Value);
        }
    }

    /// <summary>Money sessions of a terminal since the last close of its period, oldest first, 100 000 at most.</summary>
    public Task<IReadOnlyList<Session>> CurrentPeriod(string terminal, CancellationToken shutdown)
    {
        ArgumentException.ThrowIfNullOrEmpty(terminal);
        return Sessions(() => connection.Prepare(SelectPeriod).Bind(1, terminal).Bind(2, JournalRules.MostPeriod), shutdown);
    }

    /// <summary>The newest closed session of <see cref="CurrentPeriod"/>; null when there is none.</summary>
    public async Task<Session?> LastOfPeriod(string terminal, CancellationToken shutdown)
    {
        ArgumentException.ThrowIfNullOrEmpty(terminal);
        return (await Sessions(() => connection.Prepare(SelectLastOfPeriod).Bind(1, terminal), shutdown)).SingleOrDefault();
    }

    /// <summary>Sessions of a foreign interface that it has not settled or that it lists, oldest first.</summary>
    public Task<IReadOnlyList<FacedSession>> OfFace(string face, int limit, CancellationToken shutdown)
    {
        ArgumentException.ThrowIfNullOrEmpty(face);
        JournalRules.CheckLimit(limit, JournalRules.MostOfFace);
        return Read(Faced, shutdown);

        IReadOnlyList<FacedSession> Faced()
        {
            using var rows = connection.Prepare(SelectOfFace).Bind(1, face).Bind(2, limit);
            var found = new List<FacedSession>();
            while (rows.Step())
            {
                var row = JournalSql.RowAt(rows);
                var note = rows.TextOrNull(JournalSql.AfterSession) is { } body ? FaceNote.OfBody(body) : null;
                // A damaged one is named by the check of the journal; here it must not keep the others from being delivered.
                if (row.Fault is null) found.Add(new(row.ToSession(), note));
            }

            return found;
        }
    }

    /// <summary>The newest note of a foreign interface about a session; null when there is none.</summary>
    public Task<FaceNote?> NoteOf(SessionId id, string face, CancellationToken shutdown)
    {
        return Read(Note, shutdown);

        FaceNote? Note()
        {
            using var row = connection.Prepare(SelectNote).Bind(1, id.Value).Bind(2, face);
            return row.Step() ? FaceNote.OfBody(row.Text(0)) : null;
        }
    }

    /// <summary>A page of sessions, newest first. A damaged row costs itself and is named.</summary>
    public async Task<SessionPage> Query(SessionQuery query, CancellationToken shutdown)
    {
        var filter = new SessionFilter(query);
        return await Read(() => SessionPages.Of(connection, filter), shutdown);
    }

    /// <summary>Records after a sequence number, oldest first; of one session or of all; without frames unless asked.</summary>
    public Task<IReadOnlyList<JournalRecord>> RecordsAfter(
        long sequence, SessionId? session, int limit, bool withFrames, CancellationToken shutdown)
    {
        JournalRules.CheckLimit(limit, JournalRules.MostRecords);
        return Read(Records, shutdown);

        IReadOnlyList<JournalRecord> Records()
        {
            using var rows = connection.Prepare(session is null ? SelectRecords : SelectRecordsOfSession);
            rows.Bind(1, sequence).Bind(2, limit).Bind(3, withFrames ? 1 : 0);
            if (session is { } id) rows.Bind(4, id.Value);
            var records = new List<JournalRecord>();
            while (rows.Step()) records.Add(JournalSql.ToldRecordAt(rows));
            return records;
        }
    }

    /// <summary>
    /// Checks the whole journal: pages, indexes against rows, the hash chain, every session against it, and the identity that is kept
    /// outside of the directory.
    /// </summary>
    public Task<ChainCheck> Verify(CancellationToken shutdown)
    {
        // On a connection of its own: a walk of minutes must not keep others from reading.
        return Task.Run(Walk, shutdown);

        ChainCheck Walk()
        {
            using var own = Connect(connection.File);
            var check = ChainVerifier.Everything(own, shutdown);
            if (check is { BrokenAt: 0 }) return check;
            var (identity, isFault) = JournalIdentity.Compare(own);
            if (isFault && check.BrokenAt is null) check = check with { BrokenAt = 0, Why = identity };
            return check with { Identity = identity };
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The gate itself is kept: who waits at it must wake up and be told.
        gate.Wait();
        isDisposed = true;
        connection.Dispose();
        gate.Release();
    }

    internal static JournalReader Of(string file) => new(Connect(file));

    private static SqliteConnection Connect(string file)
    {
        var connection = SqliteConnection.Open(file, SqliteAccess.ReadOnly);
        try
        {
            var version = JournalSchema.Check(connection);
            if (version == JournalSchema.Current) return connection;
            throw new JournalException($"'{file}' has schema {version}; start the gateway once to bring it to {JournalSchema.Current}.");
        }
        catch (JournalException error) when (error.Fault is JournalFault.ReadOnly && !File.Exists(file + "-wal"))
        {
            // A write-ahead log needs files beside it. On media that nobody can write there is none to heed.
            connection.Dispose();
            return SqliteConnection.Open(file, SqliteAccess.Immutable);
        }
        catch (JournalException)
        {
            connection.Dispose();
            throw;
        }
    }

    private Task<IReadOnlyList<Session>> Sessions(Func<SqliteStatement> prepare, CancellationToken shutdown)
    {
        return Read(All, shutdown);

        IReadOnlyList<Session> All()
        {
            using var rows = prepare();
            var sessions = new List<Session>();
            while (rows.Step()) sessions.Add(JournalSql.RowAt(rows).ToSession());
            return sessions;
        }
    }

    // Reads are short, so that one connection and a turn for each is enough; the writer has its own.
    private async Task<T> Read<T>(Func<T> read, CancellationToken shutdown)
    {
        await gate.WaitAsync(shutdown);
        try
        {
            if (isDisposed) throw JournalException.IsClosed();
            return read();
        }
        finally
        {
            gate.Release();
        }
    }
}
