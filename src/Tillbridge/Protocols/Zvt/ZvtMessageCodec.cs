using System.Buffers;
using Tillbridge.Protocols.Zvt.Apdu;

namespace Tillbridge.Protocols.Zvt;

/// <summary>The bare APDU over TCP (zvt.md §1) for a <see cref="MessageLink{T}"/>. The character set may be negotiated later.</summary>
internal sealed class ZvtMessageCodec(ZvtText text) : IMessageCodec<ZvtMessage>
{
    /// <summary>How texts are read and written; replaced when the registration negotiates another set.</summary>
    public ZvtText Text { get; set; } = text;

    public int MostFrameBytes => ZvtFraming.MostApduBytes;

    public bool TryTake(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> frame) =>
        ZvtFraming.TryTake(ref buffer, out frame);

    public ZvtMessage Decode(ReadOnlySpan<byte> frame, Sender from) =>
        ZvtCodec.TryDecode(frame, from, Text, out var message, out var fault)
            ? message
            : throw new ProtocolViolationException($"{fault.Field} at byte {fault.Offset}: {fault.Text}");

    public void Encode(ZvtMessage message, IBufferWriter<byte> to) => ZvtCodec.Encode(message, Text, to);

    public string Form => Text.Form;

    public byte[] Mask(ReadOnlySpan<byte> frame, Sender from) => ZvtInspector.Mask(frame, from, Text);

    public string Dump(ReadOnlySpan<byte> frame, Sender from) => ZvtInspector.Dump(frame, from, Text);

    public string? LooksLikeOther(ReadOnlySpan<byte> first) => ZvtFraming.LooksLikeOtherProtocol(first);
}
