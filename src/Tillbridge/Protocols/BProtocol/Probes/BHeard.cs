using System.Buffers;
using System.Text;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Protocols.BProtocol.Probes;

/// <summary>A message as a probe sees it: also what a conversation would drop, with what is wrong with it.</summary>
/// <param name="Frame">What could be read of it.</param>
/// <param name="Check">How it is checked when it is sent.</param>
internal sealed record BHeard(BFrame Frame, CrcRule? Check = null)
{
    /// <summary>The four characters of its check.</summary>
    public string Crc { get; init; } = "";

    /// <summary>The calculation that gives its check; null when it is the constant, or nothing known gives it.</summary>
    public (string Algorithm, bool WithHeader)? Explained { get; init; }

    /// <summary>What is wrong with LENGTH; null when it is right.</summary>
    public string? LengthFault => Frame.Warnings.Count > 0 ? Frame.Warnings[0] : null;
}

/// <summary>Framing and codec of a probe, which hears what is wrong instead of dropping it.</summary>
internal sealed class BProbeCodec(BDialect dialect) : IMessageCodec<BHeard>
{
    private readonly BMessageCodec codec = new(dialect);

    public int MostFrameBytes => codec.MostFrameBytes;

    public bool TryTake(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> frame) =>
        BFraming.TryTake(ref buffer, dialect.MaxFrame, strict: false, out frame);

    public BHeard Decode(ReadOnlySpan<byte> frame, Sender from)
    {
        var read = codec.Decode(frame, from);
        if (read.Type.Length == 0) return new(read);
        var header = frame.Slice(1, BFraming.HeaderBytes);
        var crc = Encoding.ASCII.GetString(header[BFraming.CrcAt..]);
        return new(read) { Crc = crc, Explained = Explain(crc, header, BInspector.DataOf(frame)) };
    }

    public void Encode(BHeard message, IBufferWriter<byte> to) =>
        BCodec.Encode(message.Frame, dialect with { Crc = message.Check ?? dialect.Crc }, to);

    public string Form => codec.Form;

    public byte[] Mask(ReadOnlySpan<byte> frame, Sender from) => codec.Mask(frame, from);

    public string Dump(ReadOnlySpan<byte> frame, Sender from) => codec.Dump(frame, from);

    public string? LooksLikeOther(ReadOnlySpan<byte> first) => codec.LooksLikeOther(first);

    // Over no data several calculations give the same.
    private (string Algorithm, bool WithHeader)? Explain(string crc, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty || crc == dialect.Crc.Constant) return null;
        foreach (var (algorithm, withHeader) in BProbeFindings.Calculations)
        {
            if (string.Equals(BCrc.Calculate(algorithm, withHeader, header, data), crc, StringComparison.OrdinalIgnoreCase))
                return (algorithm, withHeader);
        }

        return null;
    }
}
