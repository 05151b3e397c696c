using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Tillbridge.Catalog;
using Tillbridge.Protocols;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;
using Tillbridge.Wire;

namespace Tillbridge.Tests.Protocols.BProtocol;

/// <summary>Foreign bytes: they are read as their record says, and written again byte for byte.</summary>
public sealed class BVectorTests
{
    public static IEnumerable<TheoryDataRow<string>> Names() => BVectors.Names();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_frame_is_read_and_written_again_byte_for_byte(string name)
    {
        var vector = BVectors.Named(name);
        var frame = BCodec.Decode(vector.Bytes, vector.Dialect);

        Assert.Null(frame.Fault);
        Assert.Equal(Convert.ToHexString(vector.Bytes), Convert.ToHexString(BCodec.Encode(frame, vector.Dialect)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_frame_says_what_its_record_says(string name)
    {
        var vector = BVectors.Named(name);
        var told = Protocol(vector).Decode(vector.Bytes, vector.From);
        var fields = told.Fields.GroupBy(field => field.Name).ToDictionary(group => group.Key, group => group.First().Value);

        Assert.Null(told.Error);
        Assert.Equal(vector.Bytes.Length, told.End);
        foreach (var (key, field) in new[]
        {
            ("type", "type"), ("version", "version"), ("terminalId", "terminal_id"), ("timestamp", "timestamp"), ("flags", "flags"),
            ("crc", "crc"), ("message", "text"), ("clientId", "client_id"), ("totalsRaw", "totals"),
        })
        {
            if (vector.Text(key) is { } wanted) Assert.Equal(wanted, fields[field]);
        }

        if (vector.Text("responseCode") is { } code) Assert.Equal(code, told.ResultCode);
        if (vector.Text("amountMinor") is { } amount) Assert.Equal(amount, told.AmountMinor?.ToString(CultureInfo.InvariantCulture));
        if (vector.Text("approvalCode") is { } approval) Assert.Equal(approval, told.Approval);
        if (vector.Text("invoice") is { } invoice) Assert.Contains(invoice,
            new[] { fields.GetValueOrDefault("invoice"), fields.GetValueOrDefault("long_invoice") });
        if (vector.Text("reference") is { } reference) Assert.Equal(reference, told.Reference);
        if (vector.Text("lengthIsCorrect") is { } right) Assert.Equal(right == "True", !fields.ContainsKey("warning"));
        if (vector.Meaning.TryGetProperty("fields", out var listed)) Assert.Equal(Expected(listed), Seen(vector));
    }

    [Fact]
    public void The_frames_are_named_by_type_and_operation()
    {
        string Named(string name) => Protocol(BVectors.Named(name)).Decode(BVectors.Named(name).Bytes, null).Message;

        Assert.Equal("B1 purchase", Named("csob-b.ecr.purchase_1"));
        Assert.Equal("B1 refund", Named("gpe-1.ecr.refund"));
        Assert.Equal("N1 tmsCall", Named("csob-b.ecr.old.v55_n_tms"));
        Assert.Equal("B0 confirm", Named("csob-b.pt.b0_ack"));
        Assert.Equal("B2 lastTransaction", Named("gpe-1.pt.last_found"));
        Assert.Equal("B3 receiptRequest", Named("csob-b.ecr.ticket_tM_p"));
        Assert.Equal("B4 receiptData", Named("csob-b.pt.b4_last"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_frame_is_found_byte_by_byte_glued_and_in_noise(string name)
    {
        var vector = BVectors.Named(name);
        var parser = new FramingParser<BFrame>("framing", new BMessageCodec(vector.Dialect));
        byte[] glued = [.. "noise"u8, .. vector.Bytes, .. vector.Bytes, 0x03, .. vector.Bytes];

        var found = Assert.IsType<List<Octets>>(parser.Read(glued));

        Assert.Equal(3, found.Count);
        Assert.All(found, frame => Assert.Equal(Convert.ToHexString(vector.Bytes), frame.ToString()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_frame_that_is_cut_short_is_none_and_a_changed_bit_is_read_without_a_fright(string name)
    {
        var vector = BVectors.Named(name);
        for (var length = 0; length < vector.Bytes.Length; length++)
        {
            var part = new ReadOnlySequence<byte>(vector.Bytes, 0, length);
            Assert.False(BFraming.TryTake(ref part, vector.Dialect.MaxFrame, strict: false, out _));
            Assert.NotNull(Protocol(vector).Decode(vector.Bytes.AsSpan(0, length), vector.From).Error);
        }

        for (var bit = 0; bit < vector.Bytes.Length * 8; bit++)
        {
            var changed = (byte[])vector.Bytes.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            BCodec.Decode(changed, vector.Dialect);
            Assert.NotEmpty(BInspector.Dump(changed, vector.From, vector.Dialect));
        }
    }

    [Fact]
    public void The_old_client_with_its_wrong_length_is_read_leniently_and_dropped_strictly()
    {
        var vector = BVectors.Named("csob-b.ecr.old.v55_purchase");
        var right = BVectors.Named("csob-b.ecr.purchase_1").Bytes;
        byte[] both = [.. vector.Bytes, .. right];
        var (lenient, strict) = (new ReadOnlySequence<byte>(both), new ReadOnlySequence<byte>(both));

        Assert.True(BFraming.TryTake(ref lenient, 8192, strict: false, out var first));
        Assert.True(BFraming.TryTake(ref strict, 8192, strict: true, out var only));

        Assert.Equal(vector.Bytes, first.ToArray());
        Assert.Single(BCodec.Decode(first.ToArray(), vector.Dialect).Warnings);
        Assert.Equal(right, only.ToArray());
    }

    private static IProtocol Protocol(BVector vector) =>
        ProtocolCatalog.ByName[vector.Name.StartsWith("gpe", StringComparison.Ordinal) ? "gpe" : "csob-b"];

    private static List<string> Expected(JsonElement fields) =>
    [
        .. fields.EnumerateArray().SelectMany(field => field.TryGetProperty("sub", out var subs)
            ? subs.EnumerateArray().Select(sub => $"{field.GetProperty("fid")}{sub.GetProperty("fid")}={sub.GetProperty("value")}")
            : [$"{field.GetProperty("fid")}={field.GetProperty("value")}"]),
    ];

    private static List<string> Seen(BVector vector) =>
    [
        .. BCodec.Decode(vector.Bytes, vector.Dialect).Fields.SelectMany(field => field.Subs.Any()
            ? field.Subs.Select(sub => $"{field.Fid}{sub.Letter}={BFrame.TextOf(sub.Raw, vector.Dialect.Encoding)}")
            : [$"{field.Fid}={BFrame.TextOf(field.Raw, vector.Dialect.Encoding)}"]),
    ];
}
