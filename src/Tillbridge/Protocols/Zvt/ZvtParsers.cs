using System.Buffers.Binary;
using Tillbridge.Protocols.Zvt.Apdu;

namespace Tillbridge.Protocols.Zvt;

/// <summary>What of ZVT reads bytes from outside, as the laboratory tries it.</summary>
internal static class ZvtParsers
{
    public static IReadOnlyList<ProtocolParser> All { get; } = Make();

    private static List<ProtocolParser> Make()
    {
        var codec = new ZvtMessageCodec(ZvtText.Default);
        return
        [
            new FramingParser<ZvtMessage>("framing", codec),
            new SerialParser(),
            new ApduParser("codec-ecr", codec, Sender.Ecr, ZvtText.Default),
            new ApduParser("codec-terminal", codec, Sender.Terminal, ZvtText.Default),
            new ApduParser("codec-utf8", new ZvtMessageCodec(new("utf-8")), Sender.Terminal, new("utf-8")),
            new ZvtConclusionParser(),
            new DumpParser<ZvtMessage>("dump", codec),
            new MaskParser<ZvtMessage>("mask", codec),
        ];
    }

    private sealed class ApduParser(string name, ZvtMessageCodec codec, Sender from, ZvtText text)
        : MessageParser<ZvtMessage>(name, codec, from)
    {
        public override object? Read(ReadOnlySpan<byte> input)
        {
            if (ZvtCodec.TryDecode(input, From, text, out var message, out var fault)) return message;
            Invariant.Holds(fault.Offset >= 0 && fault.Offset <= input.Length, "a fault lies inside of the message");
            return null;
        }

        // What could not be read is not written; a character that stands for none has no byte of its own.
        public override byte[]? Write(object read) => IsWhole(read) ? base.Write(read) : null;

        // Lists compare by reference in records, so they are compared apart and then taken out.
        public override bool Same(object one, object other) => (one, other) switch
        {
            (ZvtStatusInformation left, ZvtStatusInformation right) =>
                SameTotals(left.Totals, right.Totals) && left with { Totals = null } == right with { Totals = null },
            (ZvtIntermediateStatus left, ZvtIntermediateStatus right) =>
                left.Lines.SequenceEqual(right.Lines) && left with { Lines = [] } == right with { Lines = [] },
            (ZvtPrintBlock left, ZvtPrintBlock right) =>
                left.Lines.SequenceEqual(right.Lines) && left with { Lines = [] } == right with { Lines = [] },
            _ => one.Equals(other),
        };

        public override void Mend(Span<byte> input)
        {
            const int ShortHeader = 3;
            const int LongHeader = 5;
            const byte LongMark = 0xFF;
            if (input.Length is >= ShortHeader and < ShortHeader + LongMark)
            {
                input[2] = (byte)(input.Length - ShortHeader);
            }
            else if (input.Length is >= LongHeader + LongMark and <= ZvtFraming.MostApduBytes)
            {
                input[2] = LongMark;
                BinaryPrimitives.WriteUInt16LittleEndian(input[ShortHeader..], (ushort)(input.Length - LongHeader));
            }
        }

        private static bool IsWhole(object read) => read switch
        {
            ZvtStatusInformation status => status.Undecoded.IsEmpty && HaveBytes(
                status.VuNumber, status.Authorisation, status.AdditionalText, status.CardName, status.ErrorText),
            ZvtTransaction transaction => transaction.Undecoded.IsEmpty && HaveBytes(transaction.Authorisation, transaction.AdditionalText),
            ZvtAbort abort => abort.Undecoded.IsEmpty && HaveBytes(abort.ErrorText),
            ZvtCompletion completion => completion.Undecoded.IsEmpty,
            ZvtCommand command => command.Undecoded.IsEmpty,
            ZvtPrintLine line => HaveBytes(line.Text),
            ZvtPrintBlock block => block.Lines.All(line => HaveBytes(line.Text)),
            // The currency stands before everything else, so that it is written where the till left it out.
            ZvtRegistration registration => registration.Undecoded.IsEmpty
                && (registration.Currency is not null || (registration.Service is null && registration.Tlv is null)),
            _ => true,
        };

        private static bool HaveBytes(params ReadOnlySpan<string?> texts)
        {
            foreach (var text in texts)
            {
                if (text?.Contains('\uFFFD', StringComparison.Ordinal) == true) return false;
            }

            return true;
        }

        private static bool SameTotals(ZvtTotals? one, ZvtTotals? other) => one is null || other is null
            ? one == other
            : one.Kinds.SequenceEqual(other.Kinds) && one with { Kinds = [] } == other with { Kinds = [] };
    }

    private sealed class SerialParser() : ProtocolParser("serial")
    {
        private const int CheckBytes = 2;

        public override object? Read(ReadOnlySpan<byte> input) =>
            ZvtFraming.TryUnframeSerial(input, out var apdu, out _) ? new Wire.Octets(apdu) : null;

        public override byte[] Write(object read) => ZvtFraming.FrameSerial(((Wire.Octets)read).Span);

        public override void Mend(Span<byte> input)
        {
            if (!ZvtFraming.TryMeasureSerial(input, out var size, out _) || size != input.Length) return;
            ZvtFraming.TryUnframeSerial(input, out var apdu, out _);
            ZvtFraming.FrameSerial(apdu).AsSpan()[^CheckBytes..].CopyTo(input[^CheckBytes..]);
        }
    }
}
