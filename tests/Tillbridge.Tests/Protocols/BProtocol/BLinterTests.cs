using System.Text;
using Tillbridge.Protocols;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Lint;

namespace Tillbridge.Tests.Protocols.BProtocol;

/// <summary>A trace shows which lines of a dialect file are wrong.</summary>
public sealed class BLinterTests
{
    private static readonly BLinter Gpe = new(BDialectFiles.Of("gpe-1"));

    [Fact]
    public void Nothing_disagrees_in_the_frames_of_the_independent_client()
    {
        var linter = new BLinter(BDialectFiles.Of("csob-b"));

        foreach (var vector in BVectors.All.Where(one => one.Name.StartsWith("csob-b", StringComparison.Ordinal)
            && !one.Name.Contains(".old.", StringComparison.Ordinal)))
            Assert.True(linter.Look(vector.Bytes, vector.From) is [],
                $"{vector.Name}: {string.Join("; ", linter.Look(vector.Bytes, vector.From))}");
    }

    [Theory]
    [InlineData("R000 T00 B1250", "the first field is not T, the type")]
    [InlineData("T00 B1250 R000", "the second field is not R, the response code")]
    [InlineData("T77 R000", "'77' is no operation of types")]
    [InlineData("T00 R999", "999 is in no list of codes")]
    [InlineData("T00 R0", "'0' is no code of 3 characters")]
    [InlineData("T00 R000 B12.50", "'12.50' is no 3 to 12 digits")]
    [InlineData("T00 R000 E999", "'999' is no currency number of ISO 4217")]
    [InlineData("T00 R000 Z1", "the letter Z is not in fids (1 characters)")]
    [InlineData("T65 R000 L12;12345", "does not fit the layout of totals")]
    [InlineData("T00 R000 P0Text{BEEP}", "the directive {BEEP} is not known and stays in the text")]
    [InlineData("T00 R000 K9", "'9' is no page of receipt.codePages")]
    [InlineData("T00 R000 S12345678901", "does not fit invoice.shortMax 10 and digits")]
    [InlineData("T00 R000 B100 B200", "B stands 2 times")]
    public void What_disagrees_is_named(string fields, string told)
    {
        var found = Gpe.Look(Bytes(RawBTerminal.Response(fields)), Sender.Terminal);

        Assert.Contains(found, what => what.Contains(told, StringComparison.Ordinal));
    }

    [Fact]
    public void A_check_of_another_algorithm_is_named_with_its_cure()
    {
        var vector = BVectors.Named("gpe-1.ecr.handshake_crc");

        Assert.Contains("crc16-ccitt-false over data gives it; set crc.mode", Assert.Single(Gpe.Look(vector.Bytes, vector.From)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Length_flags_sides_and_what_is_missing_are_named()
    {
        var wrong = RawBTerminal.Response("T00", "A000", "B1").Remove(28, 4).Insert(28, "0011");

        var found = string.Join('\n', Gpe.Look(Bytes(wrong), Sender.Terminal));

        Assert.Contains("LENGTH is 0011, the data has 0004 bytes.", found, StringComparison.Ordinal);
        Assert.Contains("flags A000 have bits that nobody knows", found, StringComparison.Ordinal);
        Assert.Contains("a B1 comes from the till, the trace has it the other way", found, StringComparison.Ordinal);
        Assert.Contains("amount (B) is missing", found, StringComparison.Ordinal);
        Assert.Contains("There is no frame in it", Assert.Single(Gpe.Look("nothing"u8, null)), StringComparison.Ordinal);
    }

    private static byte[] Bytes(string frame) => Encoding.Latin1.GetBytes($"\x02{frame}\x03");
}
