using System.Text;
using Tillbridge.Catalog;
using Tillbridge.Protocols;
using Tillbridge.Protocols.BProtocol.Frames;
using Tillbridge.Protocols.Zvt;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Tests.Protocols.BProtocol;
using Tillbridge.Tests.Protocols.Zvt;

namespace Tillbridge.Tests.Protocols;

/// <summary>The journal keeps masked bytes and makes their text when somebody looks: it says the same, and no secret is left.</summary>
public sealed class MaskedFrameTests
{
    private const string Number = "4111111111111111";

    [Fact]
    public void Every_zvt_frame_from_outside_is_read_from_its_masked_bytes_as_from_itself()
    {
        var codec = new ZvtMessageCodec(ZvtText.Default);
        foreach (var (name, from, apdu) in ZvtVectors.Apdus)
        {
            var masked = codec.Mask(apdu, from);

            Assert.Equal(apdu.Length, masked.Length);
            Assert.Equal($"{name}: {Told("zvt", apdu, from)}", $"{name}: {Told("zvt", masked, from)}");
            Assert.Equal(masked, codec.Mask(masked, from));
        }
    }

    [Fact]
    public void Every_b_frame_from_outside_is_read_from_its_masked_bytes_as_from_itself_but_for_its_check()
    {
        foreach (var vector in BVectors.All)
        {
            var codec = new BMessageCodec(vector.Dialect);
            var masked = codec.Mask(vector.Bytes, vector.From);

            Assert.Equal(vector.Bytes.Length, masked.Length);
            Assert.Equal((vector.Name, Told(vector, vector.Bytes)), (vector.Name, Told(vector, masked)));
        }
    }

    [Theory]
    [InlineData("22F0F84111111111111111", "packed, in its field")]
    [InlineData("23F1F94111111111111111D2512", "packed, on a track")]
    [InlineData("3CF0F1F634313131313131313131313131313131", "as characters, in a text")]
    [InlineData("8BF1F634313131313131313131313131313131", "as characters, in the card's name")]
    [InlineData("2A343131313131313131313131313131", "as characters, in the merchant's number")]
    [InlineData("060C1F300841111111111111110101", "packed, in an object that nobody knows")]
    [InlineData("0615071334313131203131313120313131312031313131", "in groups, in an object")]
    public void A_card_number_is_in_no_masked_frame(string fields, string where)
    {
        var body = Convert.FromHexString($"2700{fields}{(fields.Length % 2 == 0 ? "" : "0")}");
        byte[] apdu = [0x04, 0x0F, (byte)body.Length, .. body];

        var masked = new ZvtMessageCodec(ZvtText.Default).Mask(apdu, Sender.Terminal);

        var seen = Convert.ToHexString(masked) + "\n" + Encoding.Latin1.GetString(masked).Replace(" ", "", StringComparison.Ordinal);
        Assert.False(seen.Contains(Number, StringComparison.Ordinal), where);
    }

    [Fact]
    public void A_password_and_a_card_number_typed_at_the_till_are_in_no_masked_frame()
    {
        var codec = new ZvtMessageCodec(ZvtText.Default);

        Assert.Equal("060006000000BE0978", Convert.ToHexString(codec.Mask(Convert.FromHexString("060006123456BE0978"), Sender.Ecr)));
        Assert.DoesNotContain(
            Number, Convert.ToHexString(codec.Mask(Convert.FromHexString("06011204000000001250220F0F4111111111111111"), Sender.Ecr)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_b_frame_with_a_card_number_is_masked_and_its_check_tells_nothing_of_it()
    {
        var vector = BVectors.All.First(one => one.Name.StartsWith("csob", StringComparison.Ordinal) && one.From is Sender.Terminal);
        var frame = BCodec.Decode(vector.Bytes, vector.Dialect);
        frame = frame with { Fields = [.. frame.Fields, new('I', $"Visa {Number}")], Length = null, Crc = null };
        var with = BCodec.Encode(frame, vector.Dialect);

        var masked = new BMessageCodec(vector.Dialect).Mask(with, Sender.Terminal);

        Assert.DoesNotContain(Number, Encoding.Latin1.GetString(masked), StringComparison.Ordinal);
        Assert.False(BCodec.Decode(masked, vector.Dialect).CrcIsWrong);
    }

    private static string Told(string protocol, byte[] bytes, Sender from) => Told(ProtocolCatalog.ByName[protocol].Decode(bytes, from));

    private static string Told(BVector vector, byte[] bytes) => Told(BInspector.Inspect(bytes, vector.Dialect));

    // Every field, and what of them a person looks for when money is in question. Letters of a display, a slip or a label that, read as
    // packed digits, can be a card number are none any more in what is kept.
    private static string Told(DecodedFrame frame) =>
        $"{frame.Message}; {string.Join("; ", frame.Fields.Select(field => $"{field.Offset} {field.Name}"))}; {frame.AmountMinor} "
        + $"{frame.Currency} {frame.ResultCode} {frame.Receipt} {frame.Trace} {frame.Approval} {frame.Reference} {frame.TerminalId} "
        + $"{frame.MaskedPan} {frame.Error}";
}
