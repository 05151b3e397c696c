using System.Text;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Tests.Protocols.BProtocol;

/// <summary>The table of csob-b.md §2.3, and what a dialect with a real check accepts.</summary>
public sealed class BCrcTests
{
    private const string Header = "B101PAXX296326112104005780000004";
    private static readonly byte[] Data = [0x1C, (byte)'T', (byte)'9', (byte)'5'];

    [Theory]
    [InlineData("crc16-ccitt-false", "8BA0", "D1F0", "29B1")]
    [InlineData("crc16-xmodem", "0F60", "50C5", "31C3")]
    [InlineData("crc16-kermit", "B383", "C852", "2189")]
    [InlineData("crc16-x25", "4F5D", "9B2C", "906E")]
    [InlineData("crc16-arc", "0794", "FA71", "BB3D")]
    [InlineData("crc16-modbus", "2394", "EA31", "4B37")]
    public void The_algorithms_give_the_worked_sample(string algorithm, string overData, string overAll, string overDigits)
    {
        var header = Encoding.ASCII.GetBytes(Header + "____");

        Assert.Equal(overData, BCrc.Calculate(algorithm, withHeader: false, header, Data));
        Assert.Equal(overAll, BCrc.Calculate(algorithm, withHeader: true, header, Data));
        Assert.Equal(overDigits, BCrc.Calculate(algorithm, withHeader: false, header, "123456789"u8));
        Assert.Equal($"{algorithm} over data", BCrc.Explain(overData, header, Data));
        Assert.Equal($"{algorithm} over header32+data", BCrc.Explain(overAll, header, Data));
    }

    [Theory]
    [InlineData("8BA0", true, false)]
    [InlineData("A5A5", true, false)]
    [InlineData("A5A5", false, true)]
    [InlineData("1234", true, true)]
    public void A_dialect_with_a_check_takes_the_right_one_and_the_constant_where_it_says_so(string crc, bool takesConstant, bool wrong)
    {
        var dialect = BDialectFiles.Parse(
            $$"""{ "extends": "gpe-1", "crc": { "mode": "crc16", "acceptConstant": {{(takesConstant ? "true" : "false")}} } }""", "test");
        byte[] frame = [0x02, .. Encoding.ASCII.GetBytes(Header + crc), .. Data, 0x03];

        var read = BCodec.Decode(frame, dialect);

        Assert.Equal(wrong, read.CrcIsWrong);
        Assert.Equal(frame, BCodec.Encode(read, dialect));
    }

    [Fact]
    public void The_vector_with_a_check_is_what_the_default_algorithm_writes()
    {
        var dialect = BDialectFiles.Parse("""{ "extends": "gpe-1", "crc": { "mode": "crc16" } }""", "test");
        var vector = BVectors.Named("gpe-1.ecr.handshake_crc");
        var read = BCodec.Decode(vector.Bytes, dialect);

        Assert.Null(read.Crc);
        Assert.Equal(vector.Bytes, BCodec.Encode(read, dialect));
    }
}
