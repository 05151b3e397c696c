using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Tillbridge.Journal.Sqlite;

namespace Tillbridge.Tests.Journal.Earlier;

/// <summary>
/// A journal that the version before has written (commit 8eb2031, over virtual terminals of ZVT and GPE), and larger ones of its form:
/// the same sessions again and again under other ids and keys, chained as that version did.
/// </summary>
internal static class EarlierJournal
{
    private const string Fixture = "schema-5.db.gz";

    private static readonly byte[] Mark = "tillbridge-journal-1"u8.ToArray();

    /// <summary>Puts the journal into a data directory.</summary>
    public static void Unpack(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var assembly = typeof(EarlierJournal).Assembly;
        var name = assembly.GetManifestResourceNames().Single(known => known.EndsWith(Fixture, StringComparison.Ordinal));
        using var packed = new GZipStream(assembly.GetManifestResourceStream(name)!, CompressionMode.Decompress);
        using var to = File.Create(file);
        packed.CopyTo(to);
    }

    /// <summary>Makes it so many times as long.</summary>
    public static void Grow(string file, int times)
    {
        using var connection = SqliteConnection.Open(file, SqliteAccess.ReadWrite);
        connection.Execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN; DELETE FROM book_lines;");
        connection.Execute("INSERT OR IGNORE INTO doubted_books SELECT DISTINCT terminal FROM sessions");
        var (records, sessions) = (Records(connection), Sessions(connection));
        var hash = records[^1].Hash;
        for (var turn = 1; turn < times; turn++)
        {
            var offset = turn * records[^1].Sequence;
            foreach (var record in records)
            {
                var session = IdOf(record.Session, turn);
                var state = record.StateHash is null ? null : record.State is null ? record.StateHash : HashOf(Renamed(record.State, turn));
                var sequence = record.Sequence + offset;
                hash = Chain(hash, record, sequence, session, state);
                var insert = connection.Prepare(
                        "INSERT INTO records (sequence, at, session, terminal, kind, fence, body, state_hash, hash) "
                        + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
                    .Bind(1, sequence).Bind(2, record.At).Bind(3, session).Bind(4, record.Terminal).Bind(5, record.Kind)
                    .Bind(6, record.Fence).Bind(7, record.Body).Bind(9, hash);
                if (state is not null) insert.Bind(8, state);
                insert.Run();
            }

            foreach (var session in sessions) Insert(connection, session, turn, offset);
        }

        connection.Execute("COMMIT");
    }

    private static string IdOf(string id, int turn) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{id}/{turn}")))[..32];

    private static string Renamed(string state, int turn)
    {
        var id = state.Substring(state.IndexOf("\"id\":\"", StringComparison.Ordinal) + 6, 32);
        return state.Replace(id, IdOf(id, turn), StringComparison.Ordinal)
            .Replace("\"key\":\"old-", $"\"key\":\"again-{turn}-", StringComparison.Ordinal);
    }

    private static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static byte[] Chain(byte[] previous, Row record, long sequence, string session, byte[]? state)
    {
        using var bytes = new MemoryStream();
        bytes.Write(Mark);
        void Put(byte[] field)
        {
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, field.Length);
            bytes.Write(length);
            bytes.Write(field);
        }

        void Text(string text) => Put(Encoding.UTF8.GetBytes(text));
        void Number(long number)
        {
            var field = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(field, number);
            Put(field);
        }

        Text(Convert.ToHexStringLower(previous));
        Number(sequence);
        Text(record.At);
        Text(session);
        Text(record.Terminal);
        Text(record.Kind);
        Number(record.Fence);
        Text(record.Body);
        Text(state is null ? "" : Convert.ToHexStringLower(state));
        return SHA256.HashData(bytes.ToArray());
    }

    // The newest state of a session is that of its row; older ones are known by their hash alone, which may be any.
    private static List<Row> Records(SqliteConnection connection)
    {
        var rows = new List<Row>();
        using var read = connection.Prepare(
            "SELECT r.sequence, r.at, r.session, r.terminal, r.kind, r.fence, r.body, r.state_hash, r.hash, "
            + "(SELECT s.state FROM sessions s WHERE s.id = r.session AND s.seal = r.state_hash) FROM records r ORDER BY r.sequence");
        while (read.Step())
        {
            rows.Add(new Row(
                read.Long(0), read.Text(1), read.Text(2), read.Text(3), read.Text(4), read.Long(5), read.Text(6), read.BlobOrNull(7),
                read.Blob(8), read.TextOrNull(9)));
        }

        return rows;
    }

    private static List<(long Intent, string Id, string State)> Sessions(SqliteConnection connection)
    {
        var rows = new List<(long, string, string)>();
        using var read = connection.Prepare("SELECT intent, id, state FROM sessions");
        while (read.Step()) rows.Add((read.Long(0), read.Text(1), read.Text(2)));
        return rows;
    }

    private static void Insert(SqliteConnection connection, (long Intent, string Id, string State) session, int turn, long offset)
    {
        var state = Renamed(session.State, turn);
        connection.Prepare(
                "INSERT INTO sessions (intent, place, id, terminal, key, fingerprint, kind, phase, outcome, reference, receipt, "
                + "created_at, sent_at, closed_at, face, closes, state, seal) "
                + "SELECT intent + ?2, place + ?2, ?3, terminal, ?4 || substr(key, 5), "
                + "fingerprint, kind, phase, outcome, reference, receipt, created_at, sent_at, closed_at, face, closes, ?5, ?6 "
                + "FROM sessions WHERE intent = ?1")
            .Bind(1, session.Intent).Bind(2, offset).Bind(3, IdOf(session.Id, turn)).Bind(4, $"again-{turn}-").Bind(5, state)
            .Bind(6, HashOf(state)).Run();
    }

    private sealed record Row(
        long Sequence, string At, string Session, string Terminal, string Kind, long Fence, string Body, byte[]? StateHash, byte[] Hash,
        string? State);
}
