using System.Buffers;
using System.Text.Json;
using Tillbridge.Domain;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Protocols;
using Tillbridge.Protocols.Zvt;
using Tillbridge.Wire;

namespace Tillbridge.Tests.Protocols.Zvt;

public sealed class ZvtVectorTests
{
    public static TheoryData<string> Names => new(ZvtVectors.Single.Select(vector => vector.Name));

    // Keys of `meaning` that describe the vector and not the message.
    private static readonly HashSet<string> AboutTheVector = ["framing", "crc_ok", "crc", "apdu_hex", "note", "tlv", "command"];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_vector_decodes_to_what_its_source_says(string name)
    {
        var vector = ZvtVectors.Named(name);
        var frame = ZvtInspector.Inspect(vector.Bytes, vector.From);
        Assert.Null(frame.Error);
        Assert.Equal(vector.Text("command"), frame.Message);
        Assert.Equal(vector.Bytes.Length, frame.End);
        ZvtVectors.Decode(vector.Apdu, vector.From);
        foreach (var meant in vector.Meaning.EnumerateObject().Where(meant => !AboutTheVector.Contains(meant.Name)))
        {
            Assert.Equal(Expected(meant.Name, meant.Value), Found(frame, vector.Apdu, meant.Name));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_vector_gives_the_keys_that_all_protocols_share(string name)
    {
        var vector = ZvtVectors.Named(name);
        var frame = ZvtInspector.Inspect(vector.Bytes, vector.From);
        Assert.Equal(vector.Text("amount"), frame.AmountMinor?.ToString());
        Assert.Equal(vector.Text("result_code") ?? vector.Text("aprc"), frame.ResultCode);
        Assert.Equal(vector.Text("receipt_no"), frame.Receipt);
        Assert.Equal(vector.Text("trace"), frame.Trace);
        Assert.Equal(vector.Text("terminal_id"), frame.TerminalId);
        Assert.Equal(vector.Text("aid_authorisation_attribute"), frame.Approval);
        Assert.Equal(vector.Text("currency") is { } digits && Currency.TryFind(int.Parse(digits), out var currency) ? currency.Code : null,
            frame.Currency);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_objects_of_a_vector_are_found_in_its_container(string name)
    {
        var vector = ZvtVectors.Named(name);
        if (!vector.Meaning.TryGetProperty("tlv", out var objects)) return;
        Compare(ZvtVectors.Container(vector.Apdu).Span, objects);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_record_of_a_vector_agrees_with_its_meaning(string name)
    {
        var vector = ZvtVectors.Named(name);
        switch (ZvtVectors.Decode(vector.Apdu, vector.From))
        {
            case ZvtStatusInformation status:
                Assert.Equal(vector.Text("amount"), status.Amount?.ToString());
                Assert.Equal(vector.Text("result_code"), status.ResultCode?.ToString("X2"));
                Assert.Equal(vector.Text("receipt_no"), status.Receipt);
                Assert.Equal(vector.Text("turnover_no"), status.Turnover);
                Assert.Equal(vector.Text("time"), status.Time);
                Assert.Equal(vector.Text("date_mmdd"), status.Date);
                Assert.Equal(vector.Text("expiry_yymm"), status.Expiry);
                Assert.Equal(vector.Text("card_seq_no"), status.CardSequence);
                Assert.Equal(vector.Text("card_name"), status.CardName);
                Assert.Equal(vector.Text("vu_number")?.TrimEnd(), status.VuNumber);
                Assert.Equal(vector.Text("additional_text")?.Replace('\r', '\n'), status.AdditionalText);
                Assert.Equal(vector.Text("currency"), status.Currency?.ToString("D4"));
                Assert.Equal(vector.Text("single_amounts") is not null, status.Totals is not null);
                break;
            case ZvtTransaction transaction:
                Assert.Equal(vector.Text("amount"), transaction.Amount?.ToString());
                Assert.Equal(vector.Text("receipt_no"), transaction.Receipt);
                Assert.Equal(vector.Text("currency"), transaction.Currency?.ToString("D4"));
                break;
            case ZvtPrintLine line:
                Assert.Equal(vector.Text("text_cp437"), line.Text);
                break;
            case ZvtRegistration registration:
                Assert.Equal(vector.Text("password"), registration.Password);
                break;
            case ZvtIntermediateStatus progress:
                Assert.Equal(vector.Text("timeout_minutes_bcd"), progress.Minutes?.ToString("D2"));
                break;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_decodes_encodes_to_something_that_decodes_and_encodes_equal(string name)
    {
        var vector = ZvtVectors.Named(name);
        var once = ZvtCodec.Encode(ZvtVectors.Decode(vector.Apdu, vector.From));
        Assert.Equal(Convert.ToHexString(once), Convert.ToHexString(ZvtCodec.Encode(ZvtVectors.Decode(once, vector.From))));
    }

    // Field order is ours in these; the others carry their fields in another order, or fields that no record keeps.
    [Theory]
    [InlineData("AbortPT-01")]
    [InlineData("AbortPT-02")]
    [InlineData("AbortPT-05")]
    [InlineData("Ack-02")]
    [InlineData("Authorisation-02")]
    [InlineData("Authorisation-04")]
    [InlineData("Authorisation-05")]
    [InlineData("Authorisation-08")]
    [InlineData("Authorisation-10")]
    [InlineData("Completion-01")]
    [InlineData("Completion-04")]
    [InlineData("Completion-06")]
    [InlineData("Completion-07")]
    [InlineData("Completion-08")]
    [InlineData("Completion-10")]
    [InlineData("Completion-13")]
    [InlineData("EndOfDay-02")]
    [InlineData("Initialisation-01")]
    [InlineData("IntermediateStatus-01")]
    [InlineData("IntermediateStatus-02")]
    [InlineData("IntermediateStatus-18")]
    [InlineData("Nack-05")]
    [InlineData("PrintLine-05")]
    [InlineData("PrintTextBlock-43")]
    [InlineData("PrintTextBlock-44")]
    [InlineData("ReadCard-02")]
    [InlineData("Registration-01")]
    [InlineData("Registration-05")]
    [InlineData("Registration-06")]
    [InlineData("Registration-09")]
    [InlineData("StatusEnquiry-01")]
    [InlineData("StatusEnquiry-03")]
    [InlineData("StatusInformation-53")]
    [InlineData("StatusInformation-58")]
    [InlineData("StatusInformation-64")]
    [InlineData("WriteFileRequest-01")]
    [InlineData("nack-with-data")]
    public void A_message_that_our_sides_write_is_written_as_the_recorded_one(string name)
    {
        var vector = ZvtVectors.Named(name);
        Assert.Equal(Convert.ToHexString(vector.Apdu), Convert.ToHexString(ZvtCodec.Encode(ZvtVectors.Decode(vector.Apdu, vector.From))));
    }

    [Fact]
    public void Every_apdu_of_the_recorded_sessions_decodes()
    {
        foreach (var step in ZvtVectors.All.SelectMany(vector => vector.Steps))
        {
            var bytes = Convert.FromHexString(step.Hex);
            Assert.Null(ZvtInspector.Inspect(bytes, step.From).Error);
            if (bytes.Length > 1) ZvtVectors.Decode(bytes, step.From);
        }
    }

    [Fact]
    public void Glued_apdus_come_apart()
    {
        foreach (var vector in ZvtVectors.All.Where(vector => vector.IsGlued))
        {
            var buffer = new ReadOnlySequence<byte>(vector.Bytes);
            foreach (var expected in vector.Meaning.GetProperty("apdus").EnumerateArray())
            {
                Assert.Equal(expected.GetString()!.Length / 2, ZvtInspector.Inspect(buffer.ToArray(), vector.From).End);
                Assert.True(ZvtFraming.TryTake(ref buffer, out var apdu));
                Assert.Equal(expected.GetString(), Convert.ToHexString(apdu.ToArray()));
            }

            Assert.True(buffer.IsEmpty);
        }
    }

    [Fact]
    public void Bytes_that_are_not_zvt_are_told_apart()
    {
        foreach (var vector in ZvtVectors.All.Where(vector => vector.IsForeign))
        {
            Assert.NotNull(ZvtInspector.Inspect(vector.Bytes, vector.From).Error);
            Assert.NotNull(ZvtFraming.LooksLikeOtherProtocol(vector.Bytes));
        }
    }

    private static string Expected(string key, JsonElement value) => key switch
    {
        "password" => "**",
        "pan" => CardNumbers.ShowPacked(Convert.FromHexString(value.GetString()!))!,
        _ => value.ToString(),
    };

    private static string? Found(DecodedFrame frame, byte[] apdu, string key)
    {
        var name = key switch { "text_cp437" => "text", "bmp_F1" => "text_line_1", "bmp_F2" => "text_line_2", _ => key };
        var value = frame.Fields.FirstOrDefault(field => field.Name == name)?.Value;
        return key switch
        {
            "text_cp437" => value ?? (apdu.Length == 4 ? "" : null),
            "bmp_F1" or "bmp_F2" => Convert.ToHexString(CodePages.Cp437.GetBytes(value!)),
            "aid_authorisation_attribute" => value?.TrimEnd(),
            _ => value,
        };
    }

    private static void Compare(ReadOnlySpan<byte> container, JsonElement objects)
    {
        var walk = new Tlv(container);
        foreach (var expected in objects.EnumerateArray())
        {
            Assert.True(walk.Next(), walk.Why);
            Assert.Equal(expected[0].GetString(), walk.Tag.ToString("X2"));
            if (expected[1].ValueKind == JsonValueKind.Array) Compare(walk.Value, expected[1]);
            else Assert.Equal(expected[1].GetString(), Convert.ToHexStringLower(walk.Value));
        }

        Assert.False(walk.Next());
        Assert.Null(walk.Why);
    }
}
