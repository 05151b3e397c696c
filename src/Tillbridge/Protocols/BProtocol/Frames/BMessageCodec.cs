using System.Buffers;
using Tillbridge.Protocols.BProtocol.Dialects;

namespace Tillbridge.Protocols.BProtocol.Frames;

/// <summary>Framing and codec of one dialect for a <see cref="MessageLink{T}"/>. What cannot be read is handed on as such.</summary>
internal sealed class BMessageCodec(BDialect dialect) : IMessageCodec<BFrame>
{
    public int MostFrameBytes => dialect.MaxFrame;

    public bool TryTake(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> frame) =>
        BFraming.TryTake(ref buffer, dialect.MaxFrame, dialect.StrictLength, out frame);

    public BFrame Decode(ReadOnlySpan<byte> frame, Sender from) => BCodec.Decode(frame, dialect);

    public void Encode(BFrame message, IBufferWriter<byte> to) => BCodec.Encode(message, dialect, to);

    public string Dump(ReadOnlySpan<byte> frame, Sender from) => BInspector.Dump(frame, from, dialect);

    // Noise before the first STX is passed over, so only what is surely somebody else is named.
    public string? LooksLikeOther(ReadOnlySpan<byte> first) => first switch
    {
        [(byte)'{', (byte)'"', ..] => "The device answers in JSON; this is no B-protocol terminal.",
        [(byte)'H', (byte)'T', (byte)'T', (byte)'P', ..] => "The device answers in HTTP; this is no B-protocol terminal.",
        [0x80, 0x00, 0x00, ..] or [0x84, _, 0x00, ..] or [0x06, 0x0F, ..] or [0x06, 0x1E, ..] =>
            "The device answers in ZVT; use zvt+tcp://HOST:PORT.",
        _ => null,
    };
}
