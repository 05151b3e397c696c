using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Protocols;
using Tillbridge.Protocols.Zvt;
using Tillbridge.Wire;

namespace Tillbridge.Tests.Protocols.Zvt;

public sealed class ZvtInspectorTests
{
    private static readonly string Visa = "4" + new string('1', 15);

    [Fact]
    public void Secrets_stand_neither_in_fields_nor_in_the_dump()
    {
        var printed = Convert.ToHexString(CodePages.Cp437.GetBytes(Visa));
        string[] messages =
        [
            "060000123456BE097806020700", "040F0B22F0F8" + Visa, "040F0B23F0F8" + Visa, "040F0C2DF0F8" + Visa,
            "06D11100" + printed, "040F097F" + Visa, "040F0D060B1F0908" + Visa, "040F0C060A5708" + Visa, "040F0C060A7708" + Visa,
            "06E408" + Visa,
            "040F143CF0F1F6" + printed, "06C00901" + Visa, "0F1908" + Visa, "800008" + Visa, "12" + Visa,
            "10020F1908" + Visa + "1003", "06D316061425120710" + printed,
        ];
        foreach (var hex in messages)
        {
            var bytes = Convert.FromHexString(hex);
            if (bytes[0] is 0x04 or 0x06) bytes[2] = (byte)(bytes.Length - 3);
            foreach (var text in (string[])[ZvtInspector.Dump(bytes, Sender.Terminal), Flat(ZvtInspector.Inspect(bytes, null))])
            {
                var bare = text.Replace(" ", "").Replace("\n", "");
                Assert.DoesNotContain(Visa, bare, StringComparison.Ordinal);
                Assert.DoesNotContain(printed, bare, StringComparison.Ordinal);
                Assert.DoesNotContain("123456", bare, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_partial_issue_shows_its_amount()
    {
        var frame = ZvtInspector.Inspect(Convert.FromHexString("849D0704000000000500"), Sender.Ecr);
        Assert.Equal(("Nack", "9D", 500L), (frame.Message, frame.ResultCode, frame.AmountMinor));
    }

    [Theory]
    [InlineData("0623211940870491490978040000000012950610E90E1F620241431F63064D4632323436", "MF2246")]
    [InlineData("06010E040000000010003CF0F0F44F2D3137", "O-17")]
    [InlineData("040F0827003CF0F0F34F4B21"  , null)]
    public void The_reference_of_the_caller_is_found_and_a_receipt_text_is_none(string hex, string? reference)
    {
        var bytes = Convert.FromHexString(hex);
        bytes[2] = (byte)(bytes.Length - 3);
        Assert.Equal(reference, ZvtInspector.Inspect(bytes, null).Reference);
    }

    [Fact]
    public void A_currency_is_named_only_when_the_message_carries_it()
    {
        Assert.Equal("EUR", ZvtInspector.Inspect(Convert.FromHexString("060006123456DE0978"), Sender.Ecr).Currency);
        Assert.Equal("CZK", ZvtInspector.Inspect(Convert.FromHexString("061E036F0203"), Sender.Terminal).Currency);
        Assert.Null(ZvtInspector.Inspect(Convert.FromHexString("06010704000000001000"), Sender.Ecr).Currency);
    }

    [Fact]
    public void A_wrong_check_is_told_and_the_fields_are_shown_all_the_same()
    {
        var frame = ZvtInspector.Inspect(Convert.FromHexString("1002061E016C1003C9F3"), Sender.Terminal);
        Assert.Equal(("AbortPT", "6C", "crc"), (frame.Message, frame.ResultCode, frame.Error!.Field));
        Assert.Equal(10, frame.End);
    }

    [Fact]
    public void Glued_serial_frames_can_be_walked()
    {
        byte[] glued = [.. ZvtFraming.FrameSerial([0x80, 0, 0]), .. ZvtFraming.FrameSerial([0x04, 0xFF, 0x01, 0x10])];
        var first = ZvtInspector.Inspect(glued, Sender.Terminal);
        var second = ZvtInspector.Inspect(glued.AsSpan(first.End), Sender.Terminal);
        Assert.Equal(("Ack", "IntermediateStatus"), (first.Message, second.Message));
        Assert.Equal(glued.Length, first.End + second.End);
        Assert.Equal("10", second.Fields.Single().Value);
    }

    [Theory]
    [InlineData("06", "TransportAck")]
    [InlineData("15", "TransportNak")]
    public void A_transport_answer_is_named(string hex, string name)
        => Assert.Equal(name, ZvtInspector.Inspect(Convert.FromHexString(hex), null).Message);

    [Fact]
    public void A_dump_explains_codes()
    {
        var dump = ZvtInspector.Dump(Convert.FromHexString("040F0227338A05"[..10]), Sender.Terminal);
        Assert.Contains("result_code = 33 (host code 51)", dump, StringComparison.Ordinal);
        Assert.StartsWith("PT > StatusInformation, 5 bytes", dump, StringComparison.Ordinal);
    }

    [Fact]
    public void Objects_are_shown_with_tag_and_name_and_unknown_ones_raw()
    {
        var frame = ZvtInspector.Inspect(Convert.FromHexString("040F0E2700060A2F041F1001021F7C01AA"), Sender.Terminal);
        Assert.Contains(new DecodedField("tlv.2F_payment_type.1F10_cardholder_verification", "02", 9), frame.Fields);
        Assert.Contains(frame.Fields, field => field is { Name: "tlv.1F7C", Value: "AA" });
    }

    private static string Flat(DecodedFrame frame) =>
        string.Join(' ', frame.Fields.Select(field => field.Value)) + frame.MaskedPan + frame.Error;
}
