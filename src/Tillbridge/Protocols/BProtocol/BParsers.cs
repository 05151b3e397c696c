using System.Globalization;
using System.Text;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Protocols.BProtocol;

/// <summary>What of the family reads bytes from outside, as the laboratory tries it.</summary>
internal static class BParsers
{
    public static IReadOnlyList<ProtocolParser> Of(BDialect dialect)
    {
        var codec = new BMessageCodec(dialect);
        // Framing and dump are the same code for every dialect; once is enough.
        if (dialect.Id != BDialectFiles.Gpe) return [new FrameParser("codec", codec, dialect), new BConclusionParser(dialect)];
        return
        [
            new FramingParser<BFrame>("framing", codec),
            new FramingParser<BFrame>("framing-strict", new BMessageCodec(dialect with { StrictLength = true })),
            new FrameParser("codec", codec, dialect),
            new BConclusionParser(dialect),
            new DumpParser<BFrame>("dump", codec),
            new MaskParser<BFrame>("mask", codec),
        ];
    }

    private sealed class FrameParser(string name, BMessageCodec codec, BDialect dialect)
        : MessageParser<BFrame>(name, codec, Sender.Terminal)
    {
        public override object? Read(ReadOnlySpan<byte> input)
        {
            var frame = BCodec.Decode(input, dialect);
            return frame.Fault is null ? frame : null;
        }

        public override bool Same(object one, object other) =>
            BCodec.Encode((BFrame)one, dialect).AsSpan().SequenceEqual(BCodec.Encode((BFrame)other, dialect));

        public override void Mend(Span<byte> input)
        {
            if (input.Length < BFraming.LeastFrame) return;
            (input[0], input[^1]) = (BFraming.Stx, BFraming.Etx);
            var length = Math.Min(input.Length - BFraming.LeastFrame, 0xFFFF).ToString("X4", CultureInfo.InvariantCulture);
            Encoding.ASCII.GetBytes(length, input[(1 + BFraming.LengthAt)..]);
        }
    }
}
