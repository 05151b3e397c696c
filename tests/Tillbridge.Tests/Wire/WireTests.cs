using System.Text;
using Tillbridge.Wire;

namespace Tillbridge.Tests.Wire;

public sealed class WireTests
{
    [Fact]
    public void Packed_digits_keep_their_leading_zeros()
    {
        Assert.True(Bcd.TryDigits([0x00, 0x12, 0x34], out var digits));
        Assert.Equal("001234", digits);
        Assert.True(Bcd.TryNumber([0x00, 0x00, 0x00, 0x00, 0x10, 0x00], out var number));
        Assert.Equal(1000, number);
    }

    [Theory]
    [InlineData("0A")]
    [InlineData("A0")]
    [InlineData("99FF")]
    public void A_nibble_above_nine_is_no_digit(string hex)
    {
        var packed = Convert.FromHexString(hex);
        Assert.False(Bcd.IsDigits(packed));
        Assert.False(Bcd.TryDigits(packed, out _));
        Assert.False(Bcd.TryNumber(packed, out _));
    }

    [Fact]
    public void Numbers_and_digits_that_do_not_fit_are_refused_not_cut()
    {
        Assert.Throws<InvariantException>(() => Bcd.WriteNumber(100, new byte[1]));
        Assert.Throws<InvariantException>(() => Bcd.WriteNumber(-1, new byte[1]));
        Assert.Throws<InvariantException>(() => Bcd.WriteDigits("123", new byte[1]));
        Assert.Throws<InvariantException>(() => Bcd.WriteDigits("1x", new byte[1]));
    }

    [Fact]
    public void Every_amount_survives_packing()
    {
        var random = new Random(1);
        var packed = new byte[6];
        for (var round = 0; round < 1000; round++)
        {
            var amount = random.NextInt64(1_000_000_000_000);
            Bcd.WriteNumber(amount, packed);
            Assert.True(Bcd.TryNumber(packed, out var again));
            Assert.Equal(amount, again);
        }
    }

    [Fact]
    public void Checks_give_the_values_of_the_public_catalogue()
    {
        var nine = "123456789"u8;
        Assert.Equal(0x2189, Crc16.Kermit(nine));
        Assert.Equal(0x31C3, Crc16.XModem(nine));
        Assert.Equal(0x29B1, Crc16.CcittFalse(nine));
        Assert.Equal(0xBB3D, Crc16.Arc(nine));
        Assert.Equal(0x4B37, Crc16.Modbus(nine));
        Assert.Equal(0x31, Lrc.Xor(nine));
        Assert.Equal(0x23, Lrc.Sum(nine));
    }

    [Fact]
    public void Objects_are_walked_with_long_tags_and_long_lengths()
    {
        var value = new byte[300];
        var container = new TlvWriter().Add(0x07, 0x41).Add(0x1F8003, value).Add(0x2F, new TlvWriter().Add(0x1F10, 0x02)).ToOctets();
        Assert.Equal("070141" + "1F800382012C", container.ToString()[..18]);
        Assert.True(Tlv.IsWellFormed(container.Span));
        Assert.True(Tlv.TryFind(container.Span, out var found, 0x2F, 0x1F10));
        Assert.Equal(2, found[0]);
        Assert.False(Tlv.TryFind(container.Span, out _, 0x2F, 0x1F11));
    }

    [Theory]
    [InlineData("0780")]
    [InlineData("0783000001")]
    [InlineData("070241")]
    [InlineData("1F")]
    [InlineData("1FFFFFFF00")]
    [InlineData("0782FF")]
    public void A_malformed_object_stops_the_walk_with_a_reason(string hex)
    {
        var walk = new Tlv(Convert.FromHexString(hex));
        Assert.False(walk.Next());
        Assert.NotNull(walk.Why);
    }

    [Fact]
    public void Objects_may_not_be_nested_without_end()
    {
        var deep = new TlvWriter().Add(0x24);
        for (var level = 0; level < 20; level++) deep = new TlvWriter().Add(0x24, deep);
        var walk = new Tlv(deep.ToOctets().Span);
        var levels = 0;
        while (walk.Next())
        {
            walk = walk.Inside();
            levels++;
        }

        Assert.Equal(Tlv.MostNesting, levels);
        Assert.NotNull(walk.Why);
    }

    [Theory]
    [InlineData("F0F3", 2, 3, false)]
    [InlineData("F1F0", 2, 10, false)]
    [InlineData("E0F3", 0, 0, true)]
    [InlineData("FAF3", 0, 0, true)]
    [InlineData("F0", 0, 0, true)]
    public void Marked_lengths_need_their_marks(string hex, int prefix, int length, bool broken)
    {
        var bytes = Convert.FromHexString(hex + new string('0', 40));
        if (hex.Length < 4) bytes = Convert.FromHexString(hex);
        var why = LengthRule.LlVar.Measure(bytes, out var foundPrefix, out var foundLength);
        Assert.Equal(broken, why is not null);
        if (!broken) Assert.Equal((prefix, length), (foundPrefix, foundLength));
    }

    [Fact]
    public void A_length_beyond_the_end_is_told()
        => Assert.NotNull(LengthRule.LllVar.Measure([0xF1, 0xF0, 0xF0, 0x01], out _, out _));

    [Fact]
    public void Code_pages_read_every_byte_and_the_ones_we_bring_are_complete()
    {
        var every = Enumerable.Range(0, 256).Select(octet => (byte)octet).ToArray();
        foreach (var name in CodePages.Names)
        {
            var encoding = CodePages.Find(name)!;
            Assert.NotEmpty(encoding.GetString(every));
            Assert.Equal("12.50", encoding.GetString(encoding.GetBytes("12.50")));
        }

        Assert.Equal("ÄÖÜäöüß", CodePages.ZvtSevenBit.GetString([0x5B, 0x5C, 0x5D, 0x7B, 0x7C, 0x7D, 0x7E]));
        Assert.Equal("Ä", CodePages.Cp437.GetString([0x8E]));
        Assert.Equal("€", CodePages.Find("iso-8859-16")!.GetString([0xA4]));
        Assert.Equal("€", CodePages.Find("iso-8859-15")!.GetString([0xA4]));
        Assert.Equal("?", Encoding.ASCII.GetString(CodePages.Find("iso-8859-10")!.GetBytes("€")));
        Assert.Null(CodePages.Find("ebcdic"));
    }

    [Fact]
    public void Text_that_is_no_utf_8_takes_little_memory()
    {
        var text = Enumerable.Repeat((byte)0xFF, 50_000).ToArray();
        CodePages.Read(text, CodePages.Utf8);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(new string('\uFFFD', text.Length), CodePages.Read(text, CodePages.Utf8));

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 10 * text.Length);
    }

    [Theory]
    [InlineData("41C3A4")]
    [InlineData("F09F98")]
    [InlineData("C341")]
    [InlineData("EDA080")]
    [InlineData("E282E282AC80")]
    [InlineData("F4908080F09F9880")]
    public void Broken_utf_8_reads_as_the_runtime_reads_it(string hex)
    {
        var text = Convert.FromHexString(hex);
        Assert.Equal(CodePages.Utf8.GetString(text), CodePages.Read(text, CodePages.Utf8));
    }

    [Fact]
    public void A_dump_shows_stars_for_secret_bytes()
    {
        Assert.Equal("01 ** ** 04", WireDump.Line([1, 2, 3, 4], 1..3));
        Assert.Equal(["0000  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "0010  ** 00"], WireDump.Lines(new byte[18], 16..17));
    }
}
