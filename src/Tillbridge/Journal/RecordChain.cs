using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tillbridge.Journal;

/// <summary>The end of the journal: the last record's sequence and hash.</summary>
/// <param name="Sequence">Its sequence; 0 in an empty journal.</param>
/// <param name="Hash">Its hash.</param>
internal readonly record struct ChainTip(long Sequence, string Hash)
{
    /// <summary>Before the first record.</summary>
    public static ChainTip Start { get; } = new(0, new string('0', 64));
}

/// <summary>
/// The hash chain. Each field enters with its length before it, so that no byte can wander from one field into the
/// next without changing the hash.
/// </summary>
internal static class RecordChain
{
    private static readonly byte[] Mark = "tillbridge-journal-2"u8.ToArray();
    private static readonly byte[] MarkOfMoved = "tillbridge-journal-moved"u8.ToArray();

    /// <summary>The record with the hash that chains it to the one before; sequence and hash are set here.</summary>
    public static JournalRecord Link(ChainTip previous, JournalRecord record)
    {
        var next = record with { Sequence = previous.Sequence + 1 };
        return next with { Hash = HashOf(previous.Hash, next) };
    }

    /// <summary>What the first record of a moved journal follows on: the end of the chain that it was made from.</summary>
    public static ChainTip MovedFrom(ChainTip end)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        buffer.Write(MarkOfMoved);
        Add(buffer, end.Sequence);
        Add(buffer, end.Hash);
        return new ChainTip(0, Hex(buffer.WrittenSpan));
    }

    /// <summary>The hash of a session's stored state.</summary>
    public static string StateHash(string state) => Hex(Encoding.UTF8.GetBytes(state));

    /// <summary>Says why a record does not follow on another; null when it does.</summary>
    /// <param name="previous">The one before.</param>
    /// <param name="record">The record.</param>
    /// <param name="movedTo">Up to this number numbers are missing, because frames were records of their own once.</param>
    public static string? Fault(ChainTip previous, JournalRecord record, long movedTo = 0)
    {
        if (record.Sequence != previous.Sequence + 1 && (record.Sequence <= previous.Sequence || record.Sequence > movedTo))
            return $"Record {previous.Sequence + 1} is missing; {record.Sequence} follows on {previous.Sequence}.";
        return HashOf(previous.Hash, record) == record.Hash ? null : $"Record {record.Sequence} was changed or replaced.";
    }

    /// <summary>The record with the hash that chains it to the one before; it keeps its number.</summary>
    public static JournalRecord LinkKeeping(ChainTip previous, JournalRecord record)
    {
        Invariant.Holds(record.Sequence > previous.Sequence, "records are moved in their order");
        return record with { Hash = HashOf(previous.Hash, record) };
    }

    private static string HashOf(string previous, JournalRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>(512 + record.Body.Length);
        buffer.Write(Mark);
        Add(buffer, previous);
        Add(buffer, record.Sequence);
        Add(buffer, JournalTime.Write(record.At));
        Add(buffer, record.Session.Value);
        Add(buffer, record.Terminal);
        Add(buffer, EnumText<RecordKind>.Of(record.Kind));
        Add(buffer, record.Fence);
        Add(buffer, record.Body);
        Add(buffer, record.StateHash ?? "");
        Add(buffer, record.FramesHash ?? "");
        return Hex(buffer.WrittenSpan);
    }

    /// <summary>A field with its length before it.</summary>
    public static void Add(ArrayBufferWriter<byte> buffer, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        BinaryPrimitives.WriteInt32BigEndian(buffer.GetSpan(4), length);
        buffer.Advance(4);
        buffer.Advance(Encoding.UTF8.GetBytes(text, buffer.GetSpan(length)));
    }

    /// <summary>A number with its length before it.</summary>
    public static void Add(ArrayBufferWriter<byte> buffer, long number)
    {
        BinaryPrimitives.WriteInt32BigEndian(buffer.GetSpan(4), sizeof(long));
        buffer.Advance(4);
        BinaryPrimitives.WriteInt64BigEndian(buffer.GetSpan(sizeof(long)), number);
        buffer.Advance(sizeof(long));
    }

    private static string Hex(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
