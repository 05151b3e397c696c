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

    /// <summary>The masked, readable form of a frame.</summary>
    string Dump(ReadOnlySpan<byte> frame, Sender from);

    /// <summary>A sentence when the first bytes of a peer cannot be this protocol; null when they can.</summary>
    string? LooksLikeOther(ReadOnlySpan<byte> first);
}
