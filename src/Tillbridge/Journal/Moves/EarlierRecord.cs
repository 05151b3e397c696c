using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Tillbridge.Journal.Sqlite;

namespace Tillbridge.Journal.Moves;

/// <summary>A record as schemas 1 to 5 had it: words in place of numbers, and each frame a record of its own, as text.</summary>
internal sealed record EarlierRecord(
    long Sequence, string At, string Session, string Terminal, string Kind, long Fence, string Body, byte[]? StateHash, byte[] Hash)
{
    public const string Columns = "sequence, at, session, terminal, kind, fence, body, state_hash, hash";

    public const string Frame = "frame";

    private static readonly byte[] Mark = "tillbridge-journal-1"u8.ToArray();

    public static EarlierRecord Read(SqliteStatement row) => new(
        row.Long(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Long(5), row.Text(6), row.BlobOrNull(7), row.Blob(8));

    /// <summary>True when it follows on the one before.</summary>
    public bool Follows(ChainTip previous) =>
        Sequence == previous.Sequence + 1 && HashOf(previous.Hash).AsSpan().SequenceEqual(Hash);

    private byte[] HashOf(string previous)
    {
        var buffer = new ArrayBufferWriter<byte>(512 + Body.Length);
        buffer.Write(Mark);
        Add(buffer, previous);
        Add(buffer, Sequence);
        Add(buffer, At);
        Add(buffer, Session);
        Add(buffer, Terminal);
        Add(buffer, Kind);
        Add(buffer, Fence);
        Add(buffer, Body);
        Add(buffer, StateHash is null ? "" : Convert.ToHexStringLower(StateHash));
        return SHA256.HashData(buffer.WrittenSpan);
    }

    private static void Add(ArrayBufferWriter<byte> buffer, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        BinaryPrimitives.WriteInt32BigEndian(buffer.GetSpan(4), length);
        buffer.Advance(4);
        buffer.Advance(Encoding.UTF8.GetBytes(text, buffer.GetSpan(length)));
    }

    private static void Add(ArrayBufferWriter<byte> buffer, long number)
    {
        BinaryPrimitives.WriteInt32BigEndian(buffer.GetSpan(4), sizeof(long));
        buffer.Advance(4);
        BinaryPrimitives.WriteInt64BigEndian(buffer.GetSpan(sizeof(long)), number);
        buffer.Advance(sizeof(long));
    }
}
