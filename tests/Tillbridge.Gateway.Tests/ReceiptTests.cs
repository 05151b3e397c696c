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
    [InlineData("Оплата")]
    [InlineData("Příjem ☺ 12 €")]
    public void Letters_outside_of_the_code_page_are_sent_as_UTF8(string text)
    {
        var bytes = EscPosReceipt.Render(Of(new ReceiptLine(text)));
        Assert.Contains(text, Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.False(bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x1B, 0x74]) >= 0);
    }

    private static Receipt Of(params ReceiptLine[] lines) => new(ReceiptAudience.Cardholder, lines);
}
