using System.Buffers;

namespace Tillbridge.Protocols;

/// <summary>Framing and codec of one protocol, as pure functions.</summary>
internal interface IMessageCodec<T>
    where T : class
{
    /// <summary>Longest frame in bytes; what does not end by then is no message.</summary>
    int MostFrameBytes { get; }

    /// <summary>Takes one whole frame off the front, if there is one.</summary>
    bool TryTake(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> frame);

    /// <summary>Decodes a frame that the given side sent.</summary>
    /// <exception cref="ProtocolViolationException">It cannot be decoded.</exception>
    T Decode(ReadOnlySpan<byte> frame, Sender from);

    /// <summary>Encodes and frames a message.</summary>
    void Encode(T message, IBufferWriter<byte> to);

    /// <summary>What <see cref="IProtocol.Dump"/> has to know to make a text of masked bytes later: dialect or character set.</summary>
    string Form { get; }

    /// <summary>
    /// A frame's bytes without secrets: what is filled in their place is read as what it is, so that a text made of these bytes says what
    /// one made of the frame does.
    /// </summary>
    byte[] Mask(ReadOnlySpan<byte> frame, Sender from);

    /// <summary>The masked, readable form of a frame.</summary>
    string Dump(ReadOnlySpan<byte> frame, Sender from);

    /// <summary>A sentence when the first bytes of a peer cannot be this protocol; null when they can.</summary>
    string? LooksLikeOther(ReadOnlySpan<byte> first);
}

/// <summary>A frame and its codec.</summary>
internal sealed class SeenFrame<T>(IMessageCodec<T> codec, byte[] bytes, Sender from) : SeenFrame
    where T : class
{
    public override Sender From => from;

    public override string Form => codec.Form;

    public override int Length => bytes.Length;

    public override byte[] Masked() => codec.Mask(bytes, from);

    public override string Dump() => codec.Dump(bytes, from);
}
