using Tillbridge.Protocols;

namespace Tillbridge.Tests.Protocols;

public sealed class CardNumbersTests
{
    // Put together at run time: no full card number stands in this repository.
    private static readonly string Visa = "4" + new string('1', 15);

    [Fact]
    public void A_card_number_in_a_text_is_masked_and_the_rest_stays()
        => Assert.Equal("Karte 411111******1111 gültig", CardNumbers.MaskIn($"Karte {Visa} gültig"));

    [Fact]
    public void A_card_number_printed_in_groups_is_masked_even_when_another_number_follows()
    {
        var grouped = string.Join(' ', Visa.Chunk(4).Select(four => new string(four)));
        Assert.Equal("4111 11** **** 1111 1226", CardNumbers.MaskIn(grouped + " 1226"));
    }

    [Theory]
    [InlineData(".")]
    [InlineData("/")]
    [InlineData("-")]
    [InlineData("\u00A0")]
    public void Whatever_divides_the_groups(string mark)
    {
        var grouped = string.Join(mark, Visa.Chunk(4).Select(four => new string(four)));
        Assert.Equal($"4111{mark}11**{mark}****{mark}1111", CardNumbers.MaskIn(grouped));
    }

    [Theory]
    [InlineData("=28121011234567890", "=*****************")]
    [InlineData("D28121011234567890 next 12", "D***************** next 12")]
    [InlineData("^DOE/JOHN^2812101?next 12", "^********^*******?next 12")]
    [InlineData("=\nline 12", "=\nline 12")]
    public void What_follows_a_card_number_on_its_track_is_hidden_with_it(string rest, string hidden) =>
        Assert.Equal($"411111******1111{hidden}", CardNumbers.MaskIn(Visa + rest));

    [Theory]
    [InlineData("0000000000000000")]
    [InlineData("0000000043060")]
    [InlineData("Trace 123456 Beleg 0021")]
    public void Zeros_and_short_numbers_are_no_card_number(string text) => Assert.Same(text, CardNumbers.MaskIn(text));

    [Fact]
    public void A_packed_card_number_is_masked_and_cut_at_the_separator()
    {
        Assert.Equal("411111******1111", CardNumbers.ShowPacked(Convert.FromHexString(Visa)));
        Assert.Equal("411111******1111", CardNumbers.ShowPacked(Convert.FromHexString(Visa + "D2512201123F")));
        Assert.Equal("471100*********8004", CardNumbers.ShowPacked(Convert.FromHexString("471100EEEEEEEEE8004F")));
        Assert.Equal("************4771", CardNumbers.ShowPacked(Convert.FromHexString("EEEEEEEEEEEE4771")));
        Assert.Null(CardNumbers.ShowPacked([]));
    }

    [Fact]
    public void A_card_number_that_hides_too_little_is_masked_further()
        => Assert.Equal("411111******1111", CardNumbers.ShowPacked(Convert.FromHexString("41111111EEE11111"[..16])));

    [Fact]
    public void Unknown_bytes_lose_a_card_number_packed_or_printed()
    {
        var packed = Convert.FromHexString("7F" + Visa + "FF");
        Assert.True(CardNumbers.HideIn(packed));
        Assert.Equal("7F411111EEEEEE1111FF", Convert.ToHexString(packed));
        var printed = System.Text.Encoding.ASCII.GetBytes(Visa);
        Assert.True(CardNumbers.HideIn(printed));
        Assert.Equal("411111******1111", System.Text.Encoding.ASCII.GetString(printed));
    }
}
