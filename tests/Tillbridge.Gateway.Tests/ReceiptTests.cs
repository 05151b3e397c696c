using System.Text;
using Tillbridge.Domain;
using Tillbridge.Gateway.Receipts;

namespace Tillbridge.Gateway.Tests;

public sealed class ReceiptTests
{
    [Fact]
    public void Text_is_centred_and_indented()
    {
        var text = TextReceipt.Render(Of(new ReceiptLine("SHOP", Centred: true), new("12.50", Indent: 4), new("")));
        Assert.Equal("              SHOP\n    12.50\n\n", text);
    }

    [Fact]
    public void Control_characters_of_the_terminal_reach_no_printer_and_no_screen()
    {
        var receipt = Of(new ReceiptLine("a\u001bm\u001d(A\r\nb\u0085c\u2028d\u202Ee\u007f"));
        Assert.DoesNotContain(TextReceipt.Render(receipt), character => char.IsControl(character) && character != '\n');
        Assert.DoesNotContain('\u202E', TextReceipt.Render(receipt));
        var bytes = EscPosReceipt.Render(receipt);
        Assert.Equal(3, bytes.Count(value => value == 0x1B)); // initialise, code page, alignment
        Assert.Equal(2, bytes.Count(value => value == 0x1D)); // size, cut
    }

    [Fact]
    public void Html_is_escaped_and_styled()
    {
        var html = HtmlReceipt.Render(Of(new ReceiptLine("<script>alert('x')</script> & \"y\"", Centred: true, Wide: true, Tall: true)));
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.Contains("<div class=\"centred wide tall\">&lt;script&gt;", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Escpos_is_code_page_437_with_sizes_and_a_cut()
    {
        var bytes = EscPosReceipt.Render(Of(new ReceiptLine("Größe", Wide: true, Tall: true)));
        byte[] expected =
        [
            0x1B, 0x40, 0x1B, 0x74, 0x00, 0x1B, 0x61, 0x00, 0x1D, 0x21, 0x11,
            (byte)'G', (byte)'r', 0x94, 0xE1, (byte)'e', (byte)'\n', 0x1D, 0x56, 0x42, 0x03,
        ];
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("Děkujeme", 18, 852)]
    [InlineData("Größe 12,50 €", 19, 858)]
    [InlineData("Příjem 12 €", 45, 1250)]
    [InlineData("Łódź, ő ű ť ů", 18, 852)]
    [InlineData("Оплата", 17, 866)]
    [InlineData("Оплачено, ґанок і їжа", 46, 1251)]
    public void Letters_outside_of_437_choose_a_table_that_has_them(string text, byte number, int page)
    {
        var bytes = EscPosReceipt.Render(Of(new("Summe"), new(text)));

        Assert.Equal([0x1B, 0x40, 0x1B, 0x74, number], bytes[..5]);
        Assert.True(bytes.AsSpan().IndexOf(CodePagesEncodingProvider.Instance.GetEncoding(page)!.GetBytes(text)) >= 0);
    }

    [Fact]
    public void Where_no_table_has_all_each_line_chooses_and_what_none_has_is_its_base_letter()
    {
        var bytes = EscPosReceipt.Render(Of(new("Größe"), new("Оплата"), new("ařб☺😀")));

        Assert.Equal(3, Count(bytes, [0x1B, 0x74]));
        Assert.True(bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[(byte)'G', (byte)'r', 0x94, 0xE1, (byte)'e', (byte)'\n']) >= 0);
        Assert.True(bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[(byte)'?', (byte)'?', (byte)'\n']) >= 0);
    }

    [Fact]
    public void The_table_that_is_asked_for_is_the_only_one()
    {
        var bytes = EscPosReceipt.Render(Of(new("Příjem ů 12 €"), new("Größe")), EscPosTable.Cp437);

        Assert.Equal(1, Count(bytes, [0x1B, 0x74]));
        // í has a place in 437, ř and ů and € have none.
        Assert.True(bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[(byte)'P', (byte)'r', 0xA1, (byte)'j']) >= 0);
        Assert.True(bytes.AsSpan().IndexOf("m u 12 EUR\n"u8) >= 0);
    }

    private static int Count(byte[] bytes, byte[] part) =>
        Enumerable.Range(0, bytes.Length - part.Length).Count(at => bytes.AsSpan(at, part.Length).SequenceEqual(part));

    private static Receipt Of(params ReceiptLine[] lines) => new(ReceiptAudience.Cardholder, lines);
}
