using System.Globalization;
using System.Text;
using System.Text.Json;
using Tillbridge.Domain;
using Tillbridge.Journal.Frames;
using Tillbridge.Journal.Sqlite;

namespace Tillbridge.Journal.Moves;

/// <summary>
/// Takes the records of an earlier file over, in their order and under their numbers. Frames were records of their own there; they come
/// before the next record of their session now, and those behind its last one stay together under the number of the last of them.
/// </summary>
internal sealed class MovedRecords(SqliteConnection to, ChainTip earlierTip)
{
    // Sessions of early versions could fill a disk with frames.
    private const int MostPendingBytes = 1 << 20;

    private const string InsertRecord =
        "INSERT INTO records (sequence, at, subject, kind, fence, body, state_hash, hash, frames_hash) "
        + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

    private const string InsertSubject = "INSERT INTO subjects (number, session, terminal) VALUES (?1, ?2, ?3)";
    private const string InsertFrames = "INSERT INTO frames (record, data) VALUES (?1, ?2)";
    private const string LastOfSessions =
        "SELECT session, max(sequence), max(CASE WHEN kind <> 'frame' THEN sequence END) FROM records GROUP BY session";

    private readonly Dictionary<string, Subject> subjects = new(StringComparer.Ordinal);
    private ChainTip earlier = ChainTip.Start;
    private ChainTip tip = RecordChain.MovedFrom(earlierTip);

    /// <summary>Learns where each session ends.</summary>
    public void Prepare(SqliteConnection from)
    {
        using var rows = from.Prepare(LastOfSessions);
        while (rows.Step()) subjects[rows.Text(0)] = new Subject(rows.Long(1), rows.IsNull(2) ? 0 : rows.Long(2));
    }

    /// <summary>Takes the next record over.</summary>
    /// <exception cref="JournalException">It does not follow on the one before.</exception>
    public void Add(EarlierRecord record)
    {
        if (!record.Follows(earlier))
            throw JournalSql.Damaged($"The journal cannot be moved to its new form: record {record.Sequence} was changed or replaced.");
        earlier = new ChainTip(record.Sequence, Convert.ToHexStringLower(record.Hash));
        var subject = subjects[record.Session];
        if (subject.Number == 0) Begin(subject, record);
        if (record.Kind != EarlierRecord.Frame)
        {
            Put(subject, record, EnumText<RecordKind>.Parse(record.Kind), record.Body);
            return;
        }

        subject.Add(FrameOf(record));
        var isLast = record.Sequence == subject.Last;
        if (isLast || subject.PendingBytes > MostPendingBytes) Put(subject, record, RecordKind.Frame, "{}");
    }

    private void Begin(Subject subject, EarlierRecord record)
    {
        subject.Number = record.Sequence;
        to.Prepare(InsertSubject)
            .Bind(1, record.Sequence).Bind(2, JournalSql.IdBytes(new SessionId(record.Session))).Bind(3, record.Terminal).Run();
    }

    private void Put(Subject subject, EarlierRecord record, RecordKind kind, string body)
    {
        var pack = FramePack.Write(subject.Take());
        var moved = new JournalRecord(
            record.Sequence, JournalTime.Read(record.At), new SessionId(record.Session), record.Terminal, kind, body, "")
        {
            Fence = record.Fence,
            StateHash = record.StateHash is { } state ? Convert.ToHexStringLower(state) : null,
            FramesHash = pack is null ? null : FramePack.HashOf(pack),
        };
        moved = RecordChain.LinkKeeping(tip, moved);
        tip = new ChainTip(moved.Sequence, moved.Hash);
        var insert = to.Prepare(InsertRecord)
            .Bind(1, moved.Sequence).Bind(2, moved.At.UtcTicks).Bind(3, subject.Number).Bind(4, (int)kind)
            .Bind(5, moved.Fence).Bind(6, moved.Body).Bind(8, Convert.FromHexString(moved.Hash));
        if (record.StateHash is not null) insert.Bind(7, record.StateHash);
        if (moved.FramesHash is { } frames) insert.Bind(9, Convert.FromHexString(frames));
        insert.Run();
        if (pack is not null) to.Prepare(InsertFrames).Bind(1, moved.Sequence).Bind(2, pack).Run();
    }

    private static JournalFrame FrameOf(EarlierRecord record)
    {
        var (fromTerminal, text) = (true, record.Body);
        try
        {
            using var body = JsonDocument.Parse(record.Body);
            if (body.RootElement.TryGetProperty("from", out var from)) fromTerminal = from.ValueEquals("terminal");
            if (body.RootElement.TryGetProperty("dump", out var dump)) text = dump.GetString() ?? "";
            if (body.RootElement.TryGetProperty("dropped", out var dropped))
                text += string.Create(CultureInfo.InvariantCulture, $"\n  ({dropped} notes before it were not kept)");
        }
        catch (JsonException)
        {
            // It stands as it was.
        }

        return new JournalFrame(JournalTime.Read(record.At), fromTerminal, "", Encoding.UTF8.GetBytes(text));
    }

    /// <summary>A session on its way over.</summary>
    private sealed class Subject(long last, long lastBesideFrames)
    {
        private List<JournalFrame> pending = [];

        public long Number { get; set; }

        /// <summary>Its last record, if that is a frame; no record follows that could bring it along.</summary>
        public long Last => last > lastBesideFrames ? last : 0;

        public int PendingBytes { get; private set; }

        public void Add(JournalFrame frame)
        {
            pending.Add(frame);
            PendingBytes += frame.Bytes.Length;
        }

        public List<JournalFrame> Take()
        {
            var taken = pending;
            (pending, PendingBytes) = ([], 0);
            return taken;
        }
    }
}
