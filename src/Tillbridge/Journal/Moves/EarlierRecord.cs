using System.Buffers;
using System.Security.Cryptography;
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
        RecordChain.Add(buffer, previous);
        RecordChain.Add(buffer, Sequence);
        RecordChain.Add(buffer, At);
        RecordChain.Add(buffer, Session);
        RecordChain.Add(buffer, Terminal);
        RecordChain.Add(buffer, Kind);
        RecordChain.Add(buffer, Fence);
        RecordChain.Add(buffer, Body);
        RecordChain.Add(buffer, StateHash is null ? "" : Convert.ToHexStringLower(StateHash));
        return SHA256.HashData(buffer.WrittenSpan);
    }
}
