using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Tillbridge.Journal.Frames;

/// <summary>
/// The frames that came before a record, as one value of the file. It stands outside of the chain, which holds its hash: so it can be
/// dropped when its time is over, and nobody can exchange it until then.
/// </summary>
internal static class FramePack
{
    private const byte Plain = 1;
    private const byte Deflated = 2;

    // Below it the frame of the compression costs more than it saves.
    private const int FewestToDeflate = 128;

    /// <summary>Most bytes of a pack once it is unfolded; entries are held to less (JournalRules).</summary>
    private const int MostUnfolded = 16 << 20;

    /// <summary>The value that is kept; null when there are no frames.</summary>
    public static byte[]? Write(IReadOnlyList<JournalFrame> frames)
    {
        if (frames.Count == 0) return null;
        var bytes = new ArrayBufferWriter<byte>();
        var forms = new List<string>();
        Add(bytes, frames[0].At.UtcTicks);
        var before = frames[0].At.UtcTicks;
        foreach (var frame in frames)
        {
            var form = forms.IndexOf(frame.Form);
            var isNew = form < 0;
            if (isNew)
            {
                form = forms.Count;
                forms.Add(frame.Form);
            }

            // Clocks may be set back between two frames.
            Add(bytes, ZigZag(frame.At.UtcTicks - before));
            before = frame.At.UtcTicks;
            Add(bytes, (form << 1) | (frame.FromTerminal ? 1 : 0));
            if (isNew) Add(bytes, Encoding.UTF8.GetBytes(frame.Form));
            Add(bytes, frame.Bytes.Span);
        }

        return Fold(bytes.WrittenSpan);
    }

    /// <summary>The hash that the chain holds.</summary>
    public static string HashOf(ReadOnlySpan<byte> pack) => Convert.ToHexStringLower(SHA256.HashData(pack));

    /// <summary>Reads a pack.</summary>
    /// <exception cref="JournalException">It is none.</exception>
    public static IReadOnlyList<JournalFrame> Read(ReadOnlySpan<byte> pack)
    {
        var reader = new Reading(Unfold(pack));
        var frames = new List<JournalFrame>();
        var forms = new List<string>();
        var at = reader.Number();
        while (!reader.IsAtEnd)
        {
            at += UnZigZag(reader.Number());
            if (at < DateTime.MinValue.Ticks || at > DateTime.MaxValue.Ticks) throw Damaged();
            var head = reader.Number();
            if (head >> 1 == forms.Count) forms.Add(Encoding.UTF8.GetString(reader.Bytes()));
            if (head < 0 || head >> 1 >= forms.Count) throw Damaged();
            frames.Add(new JournalFrame(
                new DateTimeOffset(at, TimeSpan.Zero), (head & 1) != 0, forms[(int)(head >> 1)], reader.Bytes().ToArray()));
        }

        return frames;
    }

    private static byte[] Fold(ReadOnlySpan<byte> plain)
    {
        if (plain.Length < FewestToDeflate) return [Plain, .. plain];
        var folded = Folding.Fold(plain, CompressionLevel.Fastest, Deflated);
        return folded.Length <= plain.Length ? folded : [Plain, .. plain];
    }

    private static byte[] Unfold(ReadOnlySpan<byte> pack)
    {
        if (pack is [Plain, ..]) return pack[1..].ToArray();
        if (pack is not [Deflated, ..]) throw Damaged();
        try
        {
            return Folding.Unfold(pack[1..], MostUnfolded);
        }
        catch (InvalidDataException)
        {
            throw Damaged();
        }
    }

    private static long ZigZag(long value) => (value << 1) ^ (value >> 63);

    private static long UnZigZag(long value) => (long)((ulong)value >> 1) ^ -(value & 1);

    private static void Add(ArrayBufferWriter<byte> to, long number)
    {
        var rest = (ulong)number;
        do
        {
            var more = rest > 0x7F;
            to.GetSpan(1)[0] = (byte)((rest & 0x7F) | (more ? 0x80u : 0));
            to.Advance(1);
            rest >>= 7;
        }
        while (rest > 0);
    }

    private static void Add(ArrayBufferWriter<byte> to, ReadOnlySpan<byte> bytes)
    {
        Add(to, bytes.Length);
        to.Write(bytes);
    }

    private static JournalException Damaged() =>
        new(JournalFault.Corrupt, $"Frames of the journal cannot be read. {JournalDirectory.CorruptCure}");

    private ref struct Reading(ReadOnlySpan<byte> rest)
    {
        private const int MostShift = 63;

        private ReadOnlySpan<byte> rest = rest;

        public readonly bool IsAtEnd => rest.IsEmpty;

        public long Number()
        {
            ulong number = 0;
            for (var shift = 0; shift <= MostShift && !rest.IsEmpty; shift += 7)
            {
                var next = rest[0];
                rest = rest[1..];
                number |= (ulong)(next & 0x7F) << shift;
                if (next <= 0x7F) return (long)number;
            }

            throw Damaged();
        }

        public ReadOnlySpan<byte> Bytes()
        {
            var length = Number();
            if (length < 0 || length > rest.Length) throw Damaged();
            var bytes = rest[..(int)length];
            rest = rest[(int)length..];
            return bytes;
        }
    }
}
