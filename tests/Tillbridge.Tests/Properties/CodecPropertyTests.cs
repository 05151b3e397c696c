using System.Buffers;
using CsCheck;
using Tillbridge.Protocols;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Wire;

namespace Tillbridge.Tests.Properties;

/// <summary>What encodes decodes equal, whatever the values. A failure prints the least case and its seed (CsCheck_Seed).</summary>
public sealed class CodecPropertyTests
{
    private static readonly Gen<byte[]> Values = Gen.Byte.Array[0, 300];

    // One byte below 1F, so that it is no beginning of a longer tag.
    private static readonly Gen<(uint Tag, byte[] Value)[]> Objects = Gen.Select(Gen.UInt[1, 0x1E], Values).Array[0, 8];

    private static readonly Gen<ZvtTransaction> Transactions = Gen.Select(
        Gen.OneOf(ZvtCommands.Authorisation, ZvtCommands.Refund),
        Gen.Long[0, 999_999_999_999].Nullable(), Gen.OneOf(978, 756, 203).Nullable(),
        Gen.Byte.Nullable(), Gen.Int[0, 999_999].Nullable(), Gen.Int[0, 9999].Nullable(), Text('A', 'Z', 1, 8).Null(),
        static (code, amount, currency, payment, trace, receipt, authorisation) => new ZvtTransaction(code)
        {
            Amount = amount, Currency = currency, PaymentType = payment, Trace = trace?.ToString("D6"), Receipt = receipt?.ToString("D4"),
            Authorisation = authorisation, Password = code == ZvtCommands.Refund ? "123456" : null,
        });

    // Letters in words of at most six characters read as no card's number and are not hidden.
    private static readonly Gen<BField> BFields =
        Gen.Select(Gen.Char['A', 'Z'], Text('a', 'z', 0, 6), static (letter, value) => new BField(letter, value));

    [Fact]
    public void Packed_numbers() => Gen.Long[0, 999_999_999_999].Sample(static number =>
    {
        var packed = new byte[6];
        Bcd.WriteNumber(number, packed);
        return Bcd.TryNumber(packed, out var again) && again == number;
    });

    [Fact]
    public void Containers() => Objects.Sample(static objects =>
    {
        var writer = new TlvWriter();
        foreach (var (tag, value) in objects) writer.Add(tag, value);
        var container = writer.ToOctets();
        var walk = new Tlv(container.Span);
        foreach (var (tag, value) in objects)
        {
            if (!walk.Next() || walk.Tag != tag || !walk.Value.SequenceEqual(value)) return false;
        }

        return !walk.Next() && walk.Why is null && Tlv.IsWellFormed(container.Span);
    });

    [Fact]
    public void Zvt_commands_that_move_money() => Transactions.Sample(static command =>
        ZvtCodec.TryDecode(ZvtCodec.Encode(command), Sender.Ecr, ZvtText.Default, out var again, out _) && again.Equals(command));

    [Fact]
    public void Zvt_commands_are_one_frame_however_they_are_glued_and_cut() =>
        Gen.Select(Transactions.Array[1, 4], Gen.Int[0, 500]).Sample(static (commands, cut) =>
        {
            var whole = commands.Select(command => ZvtCodec.Encode(command)).ToArray();
            var bytes = whole.SelectMany(apdu => apdu).ToArray();
            var buffer = new ReadOnlySequence<byte>(bytes, 0, Math.Min(cut, bytes.Length));
            var (taken, length) = (0, 0);
            while (ZvtFraming.TryTake(ref buffer, out var apdu))
            {
                if (!apdu.ToArray().SequenceEqual(whole[taken])) return false;
                length += whole[taken++].Length;
            }

            // What is left is the beginning of the next one, and only that.
            return buffer.Length == Math.Min(cut, bytes.Length) - length && (taken == whole.Length || buffer.Length < whole[taken].Length);
        });

    [Theory]
    [InlineData("gpe-1")]
    [InlineData("csob-b")]
    public void B_frames(string name)
    {
        var dialect = BDialectFiles.Of(name);
        Gen.Select(Gen.OneOf(BFrame.Request, BFrame.Response), BFields.Array[0, 12]).Sample((type, fields) =>
        {
            var bytes = BCodec.Encode(new BFrame(type) { Fields = fields }, dialect);
            var again = BCodec.Decode(bytes, dialect);
            return again.IsSound && again.Type == type && again.Fields.SequenceEqual(fields)
                && BCodec.Encode(again, dialect).SequenceEqual(bytes);
        });
    }

    private static Gen<string> Text(char first, char last, int least, int most) =>
        Gen.Char[first, last].Array[least, most].Select(static letters => new string(letters));
}
