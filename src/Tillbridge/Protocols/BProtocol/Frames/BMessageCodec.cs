using System.Buffers;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Wire;

namespace Tillbridge.Protocols.BProtocol.Frames;

/// <summary>Framing and codec of one dialect for a <see cref="MessageLink{T}"/>. What cannot be read is handed on as such.</summary>
internal sealed class BMessageCodec(BDialect dialect) : IMessageCodec<BFrame>
{
    private const int FewestMarks = 3; // Fewer may be noise.

    public int MostFrameBytes => dialect.MaxFrame;

    public bool TryTake(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> frame) =>
        BFraming.TryTake(ref buffer, dialect.MaxFrame, dialect.StrictLength, out frame);

    public BFrame Decode(ReadOnlySpan<byte> frame, Sender from) => BCodec.Decode(frame, dialect);

    public void Encode(BFrame message, IBufferWriter<byte> to) => BCodec.Encode(message, dialect, to);

    public string Form => dialect.Id;

    public byte[] Mask(ReadOnlySpan<byte> frame, Sender from) => BInspector.Mask(frame, dialect);

    public string Dump(ReadOnlySpan<byte> frame, Sender from) => BInspector.Dump(frame, from, dialect);

    // Noise before the first STX is passed over (csob-b.md §2), so only what is surely somebody else is named.
    public string? LooksLikeOther(ReadOnlySpan<byte> first)
    {
        if (first.Length < FewestMarks || first.Contains(BFraming.Stx)) return null;
        return Likeness.Of(first) is { IsWeak: false } other
            ? $"This is {other.Name}, no terminal of the B-protocol: check address and port."
            : null;
    }
}
