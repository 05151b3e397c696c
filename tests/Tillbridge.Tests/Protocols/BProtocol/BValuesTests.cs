using System.Text;
using Tillbridge.Domain;
using Tillbridge.Protocols;
using Tillbridge.Protocols.BProtocol;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Tests.Protocols.BProtocol;

/// <summary>Amounts, totals, printed text and secrets of the wire.</summary>
public sealed class BValuesTests
{
    private static readonly BDialect Gpe = BDialectFiles.Of("gpe-1");
    private static readonly Currency Koruna = Currency.Of("CZK");
    private static readonly Currency Forint = Currency.Of("HUF");

    [Theory]
    [InlineData("CZK", 2000, "2000")]
    [InlineData("CZK", 99, "099")]
    [InlineData("HUF", 200_000, "2000")]
    [InlineData("HUF", 200_050, null)]
    [InlineData("JPY", 5, "005")]
    public void An_amount_is_said_exactly_or_not_at_all(string code, long minorUnits, string? digits)
    {
        var money = new Money(minorUnits, Currency.Of(code));

        Assert.Equal(digits, BAmounts.Write(money, Gpe));
        if (digits is not null) Assert.Equal(money, BAmounts.Read(digits, money.Currency, Gpe));
    }

    [Fact]
    public void Forints_with_fillers_are_refused_before_anything_is_written()
    {
        var request = new TerminalRequest(RequestKind.Sale) { Amount = new Money(200_050, Forint) };

        Assert.Equal("amount", new BRequests(Gpe).Fault(request)?.Field);
    }

    [Theory]
    [InlineData("gpe-1", "12345678901", "reference")]
    [InlineData("gpe-1", "INV-7", "reference")]
    [InlineData("csob-b", "123456789012345678901", "reference")]
    [InlineData("csob-b", "příjem", "reference")]
    [InlineData("csob-b", "INV-7", null)]
    public void A_reference_that_does_not_fit_is_refused_not_cut(string dialect, string reference, string? field)
    {
        var request = new TerminalRequest(RequestKind.Sale) { Amount = new Money(1000, Koruna), Reference = reference };

        Assert.Equal(field, new BRequests(BDialectFiles.Of(dialect)).Fault(request)?.Field);
    }

    [Fact]
    public void Totals_have_the_layout_of_the_sample()
    {
        const string Sample = "0012+0000012345000001-0000000025000002+000000100000";
        List<BrandTotal> groups =
        [
            new(TotalsGroup.Debit, 12, new(1_234_500, Koruna)), new(TotalsGroup.Credit, 1, new(-2500, Koruna)),
            new(TotalsGroup.Cashback, 2, new(100_000, Koruna)),
        ];

        Assert.Equal(Sample, BTotals.Write(groups, Gpe));
        var read = BTotals.Read(Sample, Koruna, Gpe)!;
        Assert.Equal(groups, read.ByBrand);
        Assert.Equal((13, 1_332_000), (read.Count, read.Net.MinorUnits));
        Assert.Null(BTotals.Read("12;12345;1;-25", Koruna, Gpe));
        Assert.Equal("0000+0000000000000001-0000000025000000+000000000000", BTotals.Write([groups[1]], Gpe));
    }

    [Fact]
    public void Printed_text_has_styles_directives_and_copies()
    {
        var frame = Frame("K2", "P^SHOP\n{COPY M}0merchant\n>9.50\n{COPY C}\n{LINE -}\n3BIG{BEEP}\n{DATE} {TID}\n{FEED 2}{CUT}");
        var reader = new BPrintText(Gpe);

        var receipts = reader.Read(BPrintText.TextOf(frame, Gpe)!, frame, isMoney: true);

        Assert.Equal(["SHOP", "0merchant", "9.50".PadLeft(40)], receipts[0].Lines.Select(line => line.Text));
        Assert.Equal(["SHOP", new string('-', 40), "BIG{BEEP}", "21.11.2026 12345678", "", ""],
            receipts[1].Lines.Select(line => line.Text));
        Assert.True(receipts[1].Lines[0].Centred && receipts[1].Lines[2] is { Wide: true, Tall: true });
        Assert.Equal(["{BEEP}"], reader.Unknown);
    }

    [Theory]
    [InlineData("2", "D\u00ECkujeme")]
    [InlineData("5", "D\u00C4\u009Bkujeme")]
    [InlineData("4", "D\u00D8kujeme")]
    public void Printed_text_is_read_in_its_code_page(string page, string raw) =>
        Assert.Equal("Děkujeme", BPrintText.TextOf(Frame($"K{page}", $"P{raw}"), Gpe));

    [Fact]
    public void A_full_card_number_stands_in_no_frame_and_no_dump_wherever_the_terminal_put_it()
    {
        var answer = RawBTerminal.Response("T00 R000 H4111111111111111 gCARD:5555555555554444 Z4111111111111111");
        var bytes = Encoding.Latin1.GetBytes($"\x02{answer}\x03");

        var frame = BCodec.Decode(bytes, Gpe);
        var dump = BInspector.Dump(bytes, Sender.Terminal, Gpe);

        Assert.Equal("411111******1111", frame.Get(Gpe, "pan"));
        Assert.All(frame.Fields, field => Assert.DoesNotContain("1111111111", field.Raw, StringComparison.Ordinal));
        Assert.DoesNotContain("111111111", dump, StringComparison.Ordinal);
        Assert.DoesNotContain("31 31 31 31 31 31 31 31", dump, StringComparison.Ordinal);
        Assert.Contains("**", dump, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gpe-1", "P0SHOP\n0{0}\n1{0}\n{0}\n04111 1111 1111 1111")]
    [InlineData("csob-b", "9\u001DT0{0}\u001DT3{0}\u001DT04111-1111-1111-1111\u001Dt0")]
    public void The_style_in_front_of_a_printed_line_hides_no_card_number(string dialect, string field)
    {
        var number = "4" + new string('1', 15);
        var answer = RawBTerminal.Response("x", type: dialect == "gpe-1" ? "B2" : "B4").Replace(
            "x", field.Replace("{0}", number, StringComparison.Ordinal), StringComparison.Ordinal);

        var frame = BCodec.Decode(Encoding.Latin1.GetBytes($"\u0002{answer}\u0003"), BDialectFiles.Of(dialect));

        var digits = string.Concat(frame.Fields.Select(one => one.Raw)).Replace(" ", "", StringComparison.Ordinal)
            .Replace("-", "", StringComparison.Ordinal);
        Assert.DoesNotContain("1111111", digits, StringComparison.Ordinal);
        Assert.Contains("0411111******1111", digits, StringComparison.Ordinal);
    }

    [Fact]
    public void A_code_page_or_a_directive_joins_no_card_number_again()
    {
        var grouped = string.Join("\u00C2\u00A0", "4111", "1111", "1111", "1111"); // A blank of UTF-8.
        var frame = Frame("K5", $"P0{grouped}");
        Assert.Contains("**", BPrintText.TextOf(frame, Gpe), StringComparison.Ordinal);

        var cut = Frame("K2", $"P04{new string('1', 7)}{{CUT}}{new string('1', 8)}");
        var line = new BPrintText(Gpe).Read(BPrintText.TextOf(cut, Gpe)!, cut, isMoney: true)[0].Lines[0].Text;
        Assert.Equal("411111******1111", line);
    }

    [Theory]
    [InlineData("3", "0D\u00ECkujeme", "0Děkujeme")]
    [InlineData("5", "0D\u00C4\u009Bkujeme", "0Děkujeme")]
    public void A_decoder_reads_printed_text_in_its_code_page_like_the_driver(string page, string raw, string text)
    {
        var bytes = Encoding.Latin1.GetBytes($"\u0002{RawBTerminal.Response($"T00 R000 K{page} P{raw}")}\u0003");

        Assert.Equal(text, BInspector.Inspect(bytes, Gpe).Fields.Single(field => field.Name == "printing").Value);
    }

    [Theory]
    [InlineData("B12a", "amount")]
    [InlineData("B1234567890123", "amount")]
    [InlineData("B1250 E999", "currency")]
    [InlineData("B1250 B1350", "amount")]
    public void A_decoder_says_which_field_of_money_says_none(string fields, string named)
    {
        var decoded = BInspector.Inspect(Encoding.Latin1.GetBytes($"\u0002{RawBTerminal.Response($"T00 {fields}")}\u0003"), Gpe);

        Assert.Contains($"The {named} ", decoded.Fields.Single(field => field.Name == "warning").Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dump_moves_nobodys_cursor()
    {
        var bytes = Encoding.Latin1.GetBytes($"\u0002{RawBTerminal.Response("T00 R000 gA\u001B[31mB\u0007")}\u0003");

        Assert.Contains("A\\u001B[31mB\\u0007", BInspector.Dump(bytes, Sender.Terminal, Gpe), StringComparison.Ordinal);
    }

    // Found by fuzzing: such a frame was read and could not be written again.
    [Fact]
    public void A_mark_of_the_frame_inside_of_a_value_is_a_fault_when_it_is_read() => Assert.Equal(
        "data", BCodec.Decode(Encoding.Latin1.GetBytes($"\x02{RawBTerminal.Response("T00 R000 S1\u00032")}\u0003"), Gpe).Fault?.Field);

    [Theory]
    [InlineData('\x02')]
    [InlineData('\x03')]
    [InlineData('\x1C')]
    public void A_mark_of_the_frame_inside_of_a_value_is_refused_by_the_encoder(char mark) =>
        Assert.Throws<InvariantException>(() => BCodec.Encode(new BFrame("B1") { Fields = [new('S', $"1{mark}2")] }, Gpe));

    private static BFrame Frame(params string[] fields)
    {
        const string Header = "B2" + "01" + "12345678" + "261121101500" + "0000" + "0000" + "A5A5";
        var rest = string.Concat(fields.Select(field => $"\x1C{field}"));
        return BCodec.Decode(Encoding.Latin1.GetBytes($"\x02{Header}\x1CT00\x1CR000{rest}\x03"), Gpe);
    }
}
