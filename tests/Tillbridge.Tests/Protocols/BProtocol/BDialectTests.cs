using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Protocols;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Transports;

namespace Tillbridge.Tests.Protocols.BProtocol;

/// <summary>A dialect is a file: whatever is wrong with it is named with its place and what is allowed.</summary>
public sealed class BDialectTests
{
    [Fact]
    public void The_built_in_ones_are_whole()
    {
        var (gpe, csob) = (BDialectFiles.Of("gpe-1"), BDialectFiles.Of("csob-b"));

        Assert.Equal(CodeGroup.Approved, gpe.Codes.GroupOf("007"));
        Assert.Equal(CodeGroup.Partial, gpe.Codes.GroupOf("010"));
        Assert.Equal("9S", csob.Fids["longInvoice"]);
        Assert.Equal(TimeSpan.FromSeconds(65), csob.Timers.Idle);
    }

    [Fact]
    public void A_file_that_extends_gives_only_what_differs()
    {
        var dialect = BDialectFiles.Parse(
            """{ "extends": "csob-b", "id": "our-bank", "timers": { "idle": 60 }, "fids": { "cashback": "Z", "batch": null } }""", "test");

        Assert.Equal(("our-bank", TimeSpan.FromSeconds(60)), (dialect.Id, dialect.Timers.Idle));
        Assert.Equal("Z", dialect.Fids["cashback"]);
        Assert.False(dialect.Has("batch"));
        Assert.Equal("10", dialect.TypeOf("reversal"));
    }

    [Theory]
    [InlineData("""{ "extends": "gpe-1", "timers": { "idel": 60 } }""",
        "timers.idel is not known; allowed are ack, confirm, connect, idle")]
    [InlineData("""{ "extends": "gpe-1", "crc": { "mode": "md5" } }""", "crc.mode must be one of: constant, crc16")]
    [InlineData("""{ "extends": "gpe-1", "crc": { "algorithm": "crc8" } }""",
        "crc.algorithm must be one of: crc16-ccitt-false, crc16-xmodem")]
    [InlineData("""{ "extends": "gpe-1", "mac": { "mode": "hmac" } }""", "mac.mode must be one of: none")]
    [InlineData("""{ "extends": "gpe-1", "fids": { "cashback": "B" } }""", "fids gives B to amount and cashback; letters are unique")]
    [InlineData("""{ "extends": "gpe-1", "fids": { "amount": "BB" } }""", "fids.amount must be a letter or digit")]
    [InlineData("""{ "extends": "gpe-1", "types": { "refund": "00" } }""", "types gives 00 to purchase and refund")]
    [InlineData("""{ "extends": "gpe-1", "codes": { "declined": ["056", "001"] } }""",
        "codes.declined holds 001, which stands in another list, too")]
    [InlineData("""{ "extends": "gpe-1", "codes": { "approved": ["009-000"] } }""",
        "codes.approved has the range 009-000, which runs backwards")]
    [InlineData("""{ "extends": "gpe-1", "codes": { "approved": ["0"] } }""", "codes.approved must be a list of codes of 3 characters")]
    [InlineData("""{ "extends": "gpe-1", "requestFields": { "purchase": ["money"] } }""",
        "requestFields.purchase must be a list of fields (amount")]
    [InlineData("""{ "extends": "csob-b", "requestFields": { "purchase": ["amount"] } }""", "by which a booking is found again")]
    [InlineData("""{ "extends": "csob-b", "requestFields": { "refund": ["region"] } }""", "names region, which has no letter in fids")]
    [InlineData("""{ "extends": "gpe-1", "flags": { "request": "80" } }""", "flags.request must be 4 hexadecimal digits")]
    [InlineData("""{ "extends": "gpe-1", "transport": { "kind": "udp" } }""", "transport.kind must be one of: tcp")]
    [InlineData("""{ "extends": "gpe-1", "fids": { "printing": null } }""", "receipt.mode inline needs fids.printing")]
    [InlineData("""{ "extends": "gpe-1", "receipt": { "mode": "fetch" }, "fids": { "receiptLine": null } }""",
        "receipt.mode fetch needs fids.receiptLine")]
    [InlineData("""{ "extends": "gpe-2" }""", "extends must be one of: gpe-1, csob-b")]
    [InlineData("""{ "id": "x" }""", "frame is missing; give it, or begin the file with \"extends\"")]
    [InlineData("""{ "extends": "gpe-1", "id": "a", "id": "b" }""", "has a key twice")]
    [InlineData("nonsense", "is no valid JSON")]
    public void What_is_wrong_is_named_with_its_place(string json, string told)
    {
        var wrong = Assert.Throws<ArgumentException>(() => BDialectFiles.Parse(json, "test"));

        Assert.Contains(told, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_takes_the_path_of_a_file_and_refuses_what_is_none()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, """{ "extends": "gpe-1", "id": "site", "invoice": { "shortMax": 6 } }""");
        var protocol = ProtocolCatalog.ByName["gpe"];
        var clock = new Scenarios.ManualClock();
        TerminalDriver Make(string? dialect) => protocol.MakeDriver(new() { Dialect = dialect }, new LoopbackTransport(clock), clock);
        var sale = new TerminalRequest(RequestKind.Sale) { Amount = new Money(1000, Currency.Of("CZK")), Reference = "1234567" };

        Assert.Null(Make(null).Fault(sale));
        Assert.Equal("reference", Make(file).Fault(sale)?.Field);
        var wrong = Assert.Throws<ArgumentException>(() => Make("gpe-9"));
        Assert.Contains("known are gpe-1, csob-b, or give the path of a dialect file", wrong.Message, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public void Whatever_stands_in_a_file_is_read_or_refused_with_a_sentence()
    {
        const string Whole =
            """{ "extends": "csob-b", "id": "x", "codes": { "approved": ["000-009"] }, "fids": { "batch": null }, "sim": {} }""";
        var chance = new Random(20261125);
        for (var times = 0; times < 3000; times++)
        {
            var letters = Whole.ToCharArray();
            for (var changes = 1 + chance.Next(3); changes > 0; changes--)
                letters[chance.Next(letters.Length)] = (char)chance.Next(times % 2 == 0 ? 128 : 0x10000);
            try
            {
                BDialectFiles.Parse(new string(letters), "test");
            }
            catch (ArgumentException refused)
            {
                Assert.NotEmpty(refused.Message);
            }
        }

        Assert.Contains("Unicode", Assert.Throws<ArgumentException>(
            () => BDialectFiles.Parse("""{ "extends": "gpe-1", "id": "\ud800" }""", "test")).Message, StringComparison.Ordinal);
    }
}
