using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Protocols;
using Tillbridge.Protocols.Zvt;
using Tillbridge.Wire;

namespace Tillbridge.Tests.Protocols.Zvt;

public sealed class ZvtCodecTests
{
    private static readonly string Visa = "4" + new string('1', 15);

    [Theory]
    [InlineData("", "length")]
    [InlineData("04", "length")]
    [InlineData("040F", "length")]
    [InlineData("040F0227", "length")]
    [InlineData("040F00FF", "length")]
    [InlineData("040FFF0100", "length")]
    [InlineData("000000", "command")]
    [InlineData("800100", "command")]
    [InlineData("040F0204", "length")]
    [InlineData("040F0104", "amount")]
    [InlineData("040F08040000000010AA", "length")]
    [InlineData("040F070400000000 10AA", "amount")]
    [InlineData("040F0349 0A78", "currency")]
    [InlineData("040F0487000A 00", "receipt_no")]
    [InlineData("040F0587 1234 2700 ", "")]
    [InlineData("040F048BF0F541", "card_name")]
    [InlineData("040F038B0541", "card_name")]
    [InlineData("040F0306054100", "length")]
    [InlineData("040F02068000", "length")]
    [InlineData("040F030683 00", "tlv")]
    [InlineData("040F0460F0F100", "single_amounts")]
    [InlineData("04FF00", "intermediate_status")]
    [InlineData("060003000000", "config_byte")]
    [InlineData("06000112", "password")]
    [InlineData("06200300000A", "password")]
    [InlineData("069103000000", "date_yymmdd")]
    public void A_message_that_breaks_a_rule_is_a_fault_with_its_field(string hex, string field)
    {
        hex = hex.Replace(" ", "");
        if (field.Length == 0) ZvtVectors.Decode(hex);
        else Assert.Equal(field, ZvtVectors.Fault(hex).Field);
    }

    [Fact]
    public void Two_results_that_contradict_each_other_are_never_chosen_from()
    {
        Assert.Equal("result_code", ZvtVectors.Fault("040F042700276C").Field);
        Assert.Equal("amount", ZvtVectors.Fault("040F0E0400000000100004000000002000").Field);
        Assert.Equal((byte)0, Assert.IsType<ZvtStatusInformation>(ZvtVectors.Decode("040F0427002700")).ResultCode);
    }

    [Fact]
    public void What_follows_an_unknown_bmp_is_kept_raw_and_the_result_before_it_stands()
    {
        var status = Assert.IsType<ZvtStatusInformation>(ZvtVectors.Decode("040F05276C7FAABB"));
        Assert.Equal(0x6C, status.ResultCode!.Value);
        Assert.Equal(Octets.Hex("7FAABB"), status.Undecoded);
    }

    [Fact]
    public void An_unknown_object_is_skipped()
    {
        var status = Assert.IsType<ZvtStatusInformation>(ZvtVectors.Decode("040F0F2700060B1F7C02AABB2F041F100102"));
        Assert.Equal((byte)2, status.CardholderVerification);
    }

    [Fact]
    public void A_broken_object_inside_of_the_container_does_not_lose_the_result()
    {
        Assert.Equal((byte)0, Assert.IsType<ZvtStatusInformation>(ZvtVectors.Decode("040F0627000602077F")).ResultCode);
        Assert.NotNull(ZvtInspector.Inspect(Convert.FromHexString("040F0627000602077F"), Sender.Terminal).Error);
    }

    [Fact]
    public void An_unknown_command_is_kept_as_it_came()
        => Assert.Equal(new ZvtOther(0x06EE, Octets.Hex("0102")), ZvtVectors.Decode("06EE020102"));

    [Theory]
    [InlineData("060F00", null, null, null)]
    [InlineData("060F0BF0F0F7322E31342E313500", "2.14.15", (byte)0, null)]
    [InlineData("060F0100", null, (byte)0, null)]
    [InlineData("060F01F0", null, (byte)0xF0, null)]
    [InlineData("060F07F006041F430100", null, (byte)0xF0, null)]
    [InlineData("060F0219 04", null, null, (byte)4)]
    [InlineData("060F0727E0 0C 120000", null, null, null)]
    public void A_completion_is_read_by_what_it_begins_with(string hex, string? version, byte? status, byte? registration)
    {
        hex = hex.Replace(" ", "");
        if (hex.StartsWith("060F07", StringComparison.Ordinal)) hex = "060F" + ((hex.Length - 6) / 2).ToString("X2") + hex[6..];
        var completion = Assert.IsType<ZvtCompletion>(ZvtVectors.Decode(hex));
        Assert.Equal(version, completion.SoftwareVersion);
        Assert.Equal((status, registration), (completion.TerminalStatus, completion.RegistrationStatus));
    }

    [Theory]
    [InlineData("061E036F0203", 203)]
    [InlineData("061E036F0978", 978)]
    [InlineData("061E046F490978", 978)]
    [InlineData("061E036F0600", null)]
    [InlineData("061E016F", null)]
    public void A_refused_currency_is_read_with_and_without_its_bmp(string hex, int? currency)
    {
        var abort = Assert.IsType<ZvtAbort>(ZvtVectors.Decode(hex));
        Assert.Equal(((byte)0x6F, currency), (abort.ResultCode!.Value, abort.Currency));
    }

    [Fact]
    public void A_currency_of_a_registration_is_not_taken_for_a_bmp()
    {
        var registration = Assert.IsType<ZvtRegistration>(ZvtVectors.Decode("06000A000000BE020303020600"[..26], Sender.Ecr));
        Assert.Equal(203, registration.Currency);
        Assert.Equal((byte)2, registration.Service);
        Assert.Equal(Octets.None, registration.Tlv);
    }

    [Fact]
    public void A_text_of_several_bytes_a_character_is_filled_up_to_its_field()
    {
        var utf8 = new ZvtText("utf-8");
        var status = new ZvtStatusInformation { VuNumber = "Žižkov 1" };
        Assert.True(ZvtCodec.TryDecode(ZvtCodec.Encode(status, utf8), Sender.Terminal, utf8, out var read, out _));
        Assert.Equal("Žižkov 1", Assert.IsType<ZvtStatusInformation>(read).VuNumber);
    }

    [Fact]
    public void Thousands_of_containers_in_one_message_take_no_square_of_their_number()
    {
        var apdu = Convert.FromHexString("04FFFF00000100" + string.Concat(Enumerable.Repeat("0603140101", 12_000)));
        (apdu[3], apdu[4]) = ((byte)(apdu.Length - 5), (byte)((apdu.Length - 5) >> 8));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.True(ZvtCodec.TryDecode(apdu, Sender.Terminal, ZvtText.Default, out _, out _));

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 20 * apdu.Length);
    }

    [Theory]
    [InlineData("060006123456BE0600")]
    [InlineData("060017123456BE06000E123456BE09780978060626040A0206D3")]
    [InlineData("06001300000041060004000400000041200000004120")]
    public void An_empty_container_behind_a_registration_is_no_currency_whatever_follows(string hex)
    {
        var registration = Assert.IsType<ZvtRegistration>(ZvtVectors.Decode(hex, Sender.Ecr));
        Assert.Equal((null, Octets.None), (registration.Currency, registration.Tlv));
    }

    [Fact]
    public void The_one_currency_that_looks_like_an_empty_container_is_written_with_its_bmp()
    {
        var registration = new ZvtRegistration("123456", 0xBE) { Currency = 600 };
        var written = ZvtCodec.Encode(registration);
        Assert.Equal("060007123456BE490600", Convert.ToHexString(written));
        Assert.Equal(registration, ZvtVectors.Decode(written, Sender.Ecr));
        Assert.Equal("061E046F490600", Convert.ToHexString(ZvtCodec.Encode(new ZvtAbort { ResultCode = 0x6F, Currency = 600 })));
    }

    [Fact]
    public void A_status_without_its_time_out_byte_is_read_as_the_specification_shows_it()
    {
        var status = Assert.IsType<ZvtIntermediateStatus>(ZvtVectors.Decode("04FF0917" + "06061F7303000003"));
        Assert.Equal((0x17, null), (status.Status, status.Minutes));
        Assert.Equal(Octets.Hex("1F7303000003"), status.Tlv);
    }

    [Fact]
    public void A_full_card_number_reaches_no_record()
    {
        var status = Assert.IsType<ZvtStatusInformation>(ZvtVectors.Decode("040F0B22F0F8" + Visa));
        Assert.Equal("411111******1111", status.MaskedPan);

        status = Assert.IsType<ZvtStatusInformation>(ZvtVectors.Decode("040F0D060B1F0908" + Visa));
        Assert.Equal(Octets.Hex("1F0908411111EEEEEE1111"), status.Tlv);

        status = Assert.IsType<ZvtStatusInformation>(ZvtVectors.Decode("040F097F" + Visa));
        Assert.Equal(Octets.Hex("7F411111EEEEEE1111"), status.Undecoded);

        var line = Assert.IsType<ZvtPrintLine>(ZvtVectors.Decode("06D11100" + Convert.ToHexString(CodePages.Cp437.GetBytes(Visa))));
        Assert.Equal("411111******1111", line.Text);
    }

    [Fact]
    public void A_record_shows_no_password_when_it_is_printed()
        => Assert.Equal(nameof(ZvtRegistration), new ZvtRegistration("123456", 0xBE).ToString());

    [Theory]
    [InlineData("auto", null, null, "÷")]
    [InlineData("iso-8859-1", null, null, "ö")]
    [InlineData("iso-8859-1", (byte)0xFF, null, "÷")]
    [InlineData("auto", (byte)0xFF, (byte)0x01, "ö")]
    [InlineData("auto", (byte)0x77, null, "÷")]
    public void The_character_set_of_the_message_goes_before_the_negotiated_and_that_before_the_setting(
        string setting, byte? negotiated, byte? inMessage, string expected)
        => Assert.Equal(expected, new ZvtText(setting, negotiated).Resolve(inMessage).GetString([0xF6]));

    [Fact]
    public void A_print_block_is_read_in_the_character_set_that_it_names()
    {
        var block = Assert.IsType<ZvtPrintBlock>(ZvtVectors.Decode("06D30E060C1F0701021401012503" + "0701F6"));
        Assert.Equal("ö", Assert.Single(block.Lines).Text);
        Assert.Equal((byte)2, block.ReceiptType);
    }

    [Fact]
    public void A_print_block_keeps_attributes_and_its_end()
    {
        var block = new ZvtPrintBlock(2, [new(0, "A"), new(0x40, "B"), new(0x40, ""), new(0, "C")])
        {
            ReceiptInfo = 1, ClosingAttribute = 0x81,
        };
        var again = Assert.IsType<ZvtPrintBlock>(ZvtVectors.Decode(ZvtCodec.Encode(block)));
        Assert.Equal(block.Lines, again.Lines);
        Assert.Equal((block.ReceiptType, block.ReceiptInfo), (again.ReceiptType, again.ReceiptInfo));
        Assert.Equal(block.ClosingAttribute, again.ClosingAttribute);
    }

    [Fact]
    public void Line_feeds_of_a_print_line_are_counted_not_printed()
    {
        var line = Assert.IsType<ZvtPrintLine>(ZvtVectors.Decode("06D102FF03"));
        Assert.Equal((3, ""), (line.Feeds, line.Text));
        Assert.Equal("06D102FF03", Convert.ToHexString(ZvtCodec.Encode(line)));
    }

    [Fact]
    public void A_status_information_builds_the_objects_that_its_fields_need()
    {
        var status = new ZvtStatusInformation
        {
            ResultCode = 5, Amount = 1250, Currency = 203, Trace = "10015008", Receipt = "12", CardType = 255, LongCardType = 256,
            CardholderVerification = 1, Technology = 2, ErrorText = "Karte abgelehnt",
            MaskedPan = "471100*********8004", CardName = "girocard",
            Totals = new("0001", "0012", [new(3, 1250)]),
        };
        var again = Assert.IsType<ZvtStatusInformation>(ZvtVectors.Decode(ZvtCodec.Encode(status)));
        var kind = Assert.Single(again.Totals!.Kinds);
        Assert.Equal(new ZvtKindTotal(3, 1250), kind);
        Assert.False(again.Tlv.IsEmpty);
        Assert.Equal(status with { Receipt = "0012", Totals = again.Totals, Tlv = again.Tlv }, again);
    }

    [Fact]
    public void Every_message_of_both_sides_survives_writing_and_reading()
    {
        ZvtMessage[] messages =
        [
            ZvtPositive.Plain, new ZvtPositive(Octets.None, As84: true), new ZvtPositive(Octets.Hex("0D")), new ZvtNegative(0x9C),
            new ZvtNegative(0x9D, Octets.Hex("04000000000500")), new ZvtIntermediateStatus(0x0A, 3),
            new ZvtCompletion(), new ZvtCompletion { RegistrationStatus = 0, TerminalId = "65000028", Currency = 978 },
            new ZvtCompletion { SoftwareVersion = "2.14.15", TerminalStatus = 0 }, new ZvtCompletion { ResultCode = 0xE0 },
            new ZvtAbort(), new ZvtAbort { ResultCode = 0x6C }, new ZvtAbort { ResultCode = 0x6F, Currency = 203 },
            new ZvtAbort { ResultCode = 0xB8, Receipt = "FFFF" }, new ZvtPrintLine(0x40, "Kassenschnitt"),
            new ZvtRegistration("000000", 0xBE) { Currency = 978, Service = 0, Tlv = Octets.Hex("26040A0206D3") },
            new ZvtTransaction(ZvtCommands.Authorisation) { Amount = 1000, Currency = 978, PaymentType = 0x40, AnswerSeconds = 250 },
            new ZvtTransaction(ZvtCommands.Reversal) { Password = "000000", Receipt = "0021" },
            new ZvtTransaction(ZvtCommands.Refund) { Password = "000000", Amount = 500, AdditionalText = "Rechnung 7\nZeile 2" },
            new ZvtTransaction(ZvtCommands.PartialReversal) { Receipt = "FFFF" },
            new ZvtTransaction(ZvtCommands.BookTotal) { Receipt = "0007", Amount = 1, Authorisation = "750071", Trace = "000975" },
            new ZvtCommand(ZvtCommands.LogOff), new ZvtCommand(ZvtCommands.EndOfDay, "000000"), new ZvtCommand(ZvtCommands.Abort),
            new ZvtCommand(ZvtCommands.Diagnosis) { Tlv = Octets.Hex("1B0101") }, new ZvtStatusEnquiry(), new ZvtStatusEnquiry("123456", 3),
            new ZvtRepeatReceipt("000000", 3), new ZvtSetClock(ZvtCommands.SetClock, "000000", "260731", "235959"),
            new ZvtSetClock(ZvtCommands.EcrSetClock, null, "260731", "000000"), new ZvtReadCard(30) { CardSelection = 1 },
            new ZvtOther(0x0F19, Octets.Hex("01")),
        ];
        foreach (var message in messages) Assert.Equal(message, ZvtVectors.Decode(ZvtCodec.Encode(message)));
    }

    [Fact]
    public void A_record_that_cannot_be_written_without_a_loss_is_refused()
    {
        Assert.Throws<InvariantException>(() => ZvtCodec.Encode(new ZvtTransaction(0x0601) { Amount = 1_000_000_000_000 }));
        Assert.Throws<InvariantException>(() => ZvtCodec.Encode(new ZvtTransaction(0x0601) { Amount = -1 }));
        Assert.Throws<InvariantException>(() => ZvtCodec.Encode(new ZvtTransaction(0x0630) { Receipt = "12345" }));
        Assert.Throws<InvariantException>(() => ZvtCodec.Encode(new ZvtAbort { Receipt = "0001" }));
    }
}
