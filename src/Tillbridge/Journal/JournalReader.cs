using Tillbridge.Domain;
using Tillbridge.Journal.Frames;
using Tillbridge.Journal.Integrity;
using Tillbridge.Journal.Periods;
using Tillbridge.Journal.Sqlite;
using Tillbridge.Journal.Sqlite.Books;

namespace Tillbridge.Journal;

/// <summary>Reads a journal without owning it, also while a gateway writes to it.</summary>
public sealed class JournalReader : IDisposable
{
    private const string SelectSentAfter =
        $"SELECT {JournalSql.SessionColumns} FROM sessions s "
        + "WHERE s.terminal = ?1 AND s.sent_at IS NOT NULL AND s.place > (SELECT o.place FROM sessions o WHERE o.id = ?3) "
        + "ORDER BY s.place LIMIT ?2";

    private static readonly string OfPeriod =
        $"SELECT {JournalSql.SessionColumns} FROM sessions s "
        + $"WHERE s.terminal = ?1 AND s.place > ?2 AND s.kind IN ({PeriodSql.MoneyKinds}) ";

    private static readonly string SelectPeriod = OfPeriod + "ORDER BY s.place";
    private static readonly string SelectLastOfPeriod = OfPeriod + "AND s.phase = 'closed' ORDER BY s.place DESC LIMIT 1";

    private const string SelectOfFace =
        $"SELECT {JournalSql.SessionColumns}, r.body FROM face_notes n JOIN sessions s ON s.id = n.session "
        + "LEFT JOIN records r ON r.sequence = n.record "
        + "WHERE n.face = ?1 AND (n.settled = 0 OR n.listed = 1) ORDER BY n.intent LIMIT ?2";

    private const string SelectNote =
        "SELECT r.body FROM face_notes n JOIN records r ON r.sequence = n.record WHERE n.session = ?1 AND n.face = ?2";

    private static readonly string SelectRecords =
        $"SELECT {JournalSql.ToldRecordColumns}, CASE WHEN ?3 = 1 THEN f.data END {JournalSql.FromRecords} "
        + "LEFT JOIN frames f ON f.record = r.sequence "
        + $"WHERE r.sequence > ?1 AND (?3 = 1 OR r.kind <> {JournalSql.FrameKind}) ORDER BY r.sequence LIMIT ?2";

    private static readonly string SelectRecordsOfSession =
        $"SELECT {JournalSql.ToldRecordColumns}, CASE WHEN ?3 = 1 THEN f.data END {JournalSql.FromRecords} "
        + "LEFT JOIN frames f ON f.record = r.sequence "
        + "WHERE r.subject = (SELECT number FROM subjects WHERE session = ?4) AND r.sequence > ?1 "
        + $"AND (?3 = 1 OR r.kind <> {JournalSql.FrameKind}) ORDER BY r.sequence LIMIT ?2";

    private readonly ReadConnections connections;

    private JournalReader(ReadConnections connections) => this.connections = connections;

    /// <summary>Told of a terminal whose lines of the books are damaged; its looks are slow until they are made anew.</summary>
    internal Action<string>? BooksDamaged { get; set; }

    internal long Work => connections.Work;

    /// <summary>Opens the journal of a data directory for reading.</summary>
    /// <exception cref="JournalException">There is none, or it cannot be read.</exception>
    public static JournalReader Open(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var file = Path.Combine(Path.GetFullPath(directory), JournalDirectory.FileName);
        if (!File.Exists(file)) throw new JournalException($"There is no journal in '{directory}'.");
        return new JournalReader(new ReadConnections(file));
    }

    /// <summary>The session of that id.</summary>
    public Task<Session?> Find(SessionId id, CancellationToken shutdown) =>
        Read(connection => JournalSql.Find(connection, id), shutdown);

    /// <summary>The session under that key, whatever its age.</summary>
    public Task<Session?> FindByKey(string key, CancellationToken shutdown)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Read(connection => JournalSql.FindByKey(connection, key), shutdown);
    }

    /// <summary>Sessions of a terminal (or of all) that are open or unknown, oldest first.</summary>
    public Task<IReadOnlyList<Session>> Unsettled(string? terminal, CancellationToken shutdown)
    {
        return Read(Open, shutdown);

        IReadOnlyList<Session> Open(SqliteConnection connection) => [.. JournalSql.Unsettled(connection)
            .Select(intent => JournalSql.OpenRow(connection, intent).ToSession())
            .Where(session => (terminal is null || session.Terminal == terminal) && !JournalRules.IsSettled(session))];
    }

    /// <summary>Sessions of a terminal that were sent after the given one, oldest first, 1000 at most.</summary>
    public Task<IReadOnlyList<Session>> SentAfter(Session session, CancellationToken shutdown)
    {
        ArgumentNullException.ThrowIfNull(session);
        return Read(Later, shutdown);

        IReadOnlyList<Session> Later(SqliteConnection connection)
        {
            JournalRules.CheckKnown(JournalSql.Find(connection, session.Id));
            return All(connection.Prepare(SelectSentAfter)
                .Bind(1, session.Terminal).Bind(2, JournalRules.MostSentAfter).Bind(3, session.Id.Value));
        }
    }

    /// <summary>Looks at a terminal's open period as it is at one moment; a look is short, and may be made twice.</summary>
    public Task<T> Look<T>(string terminal, Func<IOpenPeriod, T> look, CancellationToken shutdown)
    {
        ArgumentException.ThrowIfNullOrEmpty(terminal);
        ArgumentNullException.ThrowIfNull(look);
        return Read(connection => connection.InSnapshot(Looked), shutdown);

        T Looked(SqliteConnection connection)
        {
            if (PeriodSql.IsDoubted(connection, terminal)) return look(Listed(connection, terminal));
            try
            {
                return look(new SqlitePeriod(connection, terminal));
            }
            catch (JournalException damaged) when (damaged.Fault is JournalFault.Corrupt)
            {
                // A line that is damaged costs the time of reading the sessions themselves, which say the same.
                var told = look(Listed(connection, terminal));
                BooksDamaged?.Invoke(terminal);
                return told;
            }
        }
    }

    /// <summary>The newest closed money session since the last close of the terminal's period; null when there is none.</summary>
    public Task<Session?> LastOfPeriod(string terminal, CancellationToken shutdown)
    {
        ArgumentException.ThrowIfNullOrEmpty(terminal);
        return Read(Last, shutdown);

        Session? Last(SqliteConnection connection)
        {
            var start = PeriodSql.Start(connection, terminal);
            using var row = connection.Prepare(SelectLastOfPeriod).Bind(1, terminal).Bind(2, start);
            return row.Step() ? JournalSql.RowAt(row).ToSession() : null;
        }
    }

    /// <summary>Sessions of a foreign interface that it has not settled or that it lists, oldest first.</summary>
    public Task<IReadOnlyList<FacedSession>> OfFace(string face, int limit, CancellationToken shutdown)
    {
        ArgumentException.ThrowIfNullOrEmpty(face);
        JournalRules.CheckLimit(limit, JournalRules.MostOfFace);
        return Read(Faced, shutdown);

        IReadOnlyList<FacedSession> Faced(SqliteConnection connection)
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

        FaceNote? Note(SqliteConnection connection)
        {
            using var row = connection.Prepare(SelectNote).Bind(1, id.Value).Bind(2, face);
            return row.Step() ? FaceNote.OfBody(row.Text(0)) : null;
        }
    }

    /// <summary>A page of sessions, newest first. A damaged row costs itself and is named.</summary>
    public async Task<SessionPage> Query(SessionQuery query, CancellationToken shutdown)
    {
        var filter = new SessionFilter(query);
        return await Read(connection => SessionPages.Of(connection, filter), shutdown);
    }

    /// <summary>
    /// Records after a sequence number, oldest first; of one session or of all; without frames unless asked. Frames come beside
    /// <paramref name="limit"/>, each with the number of the record behind it.
    /// </summary>
    public Task<IReadOnlyList<JournalRecord>> RecordsAfter(
        long sequence, SessionId? session, int limit, bool withFrames, CancellationToken shutdown)
    {
        JournalRules.CheckLimit(limit, JournalRules.MostRecords);
        return Read(Records, shutdown);

        IReadOnlyList<JournalRecord> Records(SqliteConnection connection)
        {
            using var rows = connection.Prepare(session is null ? SelectRecords : SelectRecordsOfSession);
            rows.Bind(1, sequence).Bind(2, limit).Bind(3, withFrames ? 1 : 0);
            if (session is { } id) rows.Bind(4, JournalSql.IdBytes(id));
            var start = ChainOrigin.Of(connection).Start;
            var records = new List<JournalRecord>();
            while (rows.Step())
            {
                var record = JournalSql.ToldRecordAt(rows, start);
                if (withFrames) records.AddRange(FrameRecords.Of(record, rows.BlobOrNull(JournalSql.AfterRecord + 1)));
                else records.Add(record);
            }

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
            using var own = ReadConnections.Connect(connections.File);
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
        connections.Dispose();
    }

    internal static JournalReader Of(string file) => new(new ReadConnections(file));

    private static ListedPeriod Listed(SqliteConnection connection, string terminal)
    {
        var start = PeriodSql.Start(connection, terminal);
        return new(All(connection.Prepare(SelectPeriod).Bind(1, terminal).Bind(2, start)));
    }

    private static List<Session> All(SqliteStatement statement)
    {
        using var rows = statement;
        var sessions = new List<Session>();
        while (rows.Step()) sessions.Add(JournalSql.RowAt(rows).ToSession());
        return sessions;
    }

    private Task<T> Read<T>(Func<SqliteConnection, T> read, CancellationToken shutdown) => connections.Read(read, shutdown);
}
