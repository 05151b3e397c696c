using System.Buffers;
using Tillbridge.Wire;

namespace Tillbridge.Protocols;

/// <summary>
/// The framing of a codec on a stream that arrives in pieces: they must give the frames, and the violation, of the whole.
/// </summary>
internal sealed class FramingParser<T>(string name, IMessageCodec<T> codec) : ProtocolParser(name)
    where T : class
{
    private const int MostPieces = 6;
    private const int MostFrames = 1000;
    private const int MostBytesOneByOne = 16;

    public override object? Read(ReadOnlySpan<byte> input)
    {
        codec.LooksLikeOther(input);
        var bytes = input.ToArray();
        var whole = Take(bytes, [bytes.Length]);
        var pieces = Take(bytes, Cuts(bytes));
        Invariant.Holds(whole.Violated == pieces.Violated, "pieces break the rules where the whole does");
        Invariant.Holds(Equal(whole.Frames, pieces.Frames), "pieces give the frames of the whole");
        return whole.Frames.Count == 0 ? null : whole.Frames;
    }

    public override byte[] Write(object read) => [.. ((List<Octets>)read).SelectMany(frame => frame.Memory.ToArray())];

    public override bool Same(object one, object other) => Equal((List<Octets>)one, (List<Octets>)other);

    // Like the link: what was taken is gone, what was not waits for more in segments of its own.
    private (List<Octets> Frames, bool Violated) Take(byte[] bytes, List<int> cuts)
    {
        var (frames, taken, first) = (new List<Octets>(), 0, 0);
        for (var arrived = 0; arrived < cuts.Count; arrived++)
        {
            var buffer = Waiting(bytes, cuts, first, arrived, taken);
            try
            {
                while (frames.Count < MostFrames && codec.TryTake(ref buffer, out var frame))
                {
                    var left = cuts[arrived] - (int)buffer.Length;
                    Invariant.Holds(left > taken, "a frame that is taken leaves the buffer");
                    taken = left;
                    frames.Add(new(frame.ToArray()));
                }
            }
            catch (ProtocolViolationException)
            {
                return (frames, true);
            }

            // What was skipped without being a frame, such as noise between two frames, is gone as well.
            taken = cuts[arrived] - (int)buffer.Length;
            while (first < arrived && cuts[first] <= taken) first++;
        }

        return (frames, false);
    }

    private static ReadOnlySequence<byte> Waiting(byte[] bytes, List<int> cuts, int first, int last, int from)
    {
        if (first == last) return new(bytes, from, cuts[last] - from);
        var head = new Piece(bytes.AsMemory(from..cuts[first]), 0);
        var tail = head;
        for (var piece = first + 1; piece <= last; piece++) tail = tail.Add(bytes.AsMemory(cuts[piece - 1]..cuts[piece]));
        return new(head, 0, tail, tail.Memory.Length);
    }

    // Where the pieces end: chosen by the bytes themselves, so that an input always comes in the same pieces.
    private static List<int> Cuts(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= MostBytesOneByOne) return [.. Enumerable.Range(1, bytes.Length)];
        var state = (uint)bytes.Length;
        foreach (var octet in bytes[..MostBytesOneByOne]) state = state * 16777619 ^ octet;
        var cuts = new List<int>(MostPieces);
        var most = 1 + (int)(state % MostPieces);
        for (var (at, piece) = (0, 0); piece < most && at < bytes.Length - 1; piece++)
        {
            state = state * 1664525 + 1013904223;
            cuts.Add(at += 1 + (int)(state >> 8) % (bytes.Length - 1 - at));
        }

        if (cuts.Count == 0 || cuts[^1] < bytes.Length) cuts.Add(bytes.Length);
        return cuts;
    }

    private static bool Equal(List<Octets> one, List<Octets> other) => one.Count == other.Count && one.SequenceEqual(other);

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long runningIndex) => (Memory, RunningIndex) = (memory, runningIndex);

        public Piece Add(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
