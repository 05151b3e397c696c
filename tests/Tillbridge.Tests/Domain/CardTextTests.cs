using Tillbridge.Domain.Cards;

namespace Tillbridge.Tests.Domain;

public sealed class CardTextTests
{
    public static TheoryData<string> Likely =>
    [
        CardSamples.Number("411111", 16), CardSamples.Number("545454", 16), CardSamples.Number("222300", 16),
        CardSamples.Number("374245", 15), CardSamples.Number("676280", 19), CardSamples.Number("362201", 14),
    ];

    [Theory]
    [MemberData(nameof(Likely))]
    public void A_card_number_is_found_in_every_form_in_which_it_is_printed(string number)
    {
        foreach (var (form, text) in CardSamples.Forms(number))
        {
            var masked = CardText.Mask(text);
            Assert.Equal(text.Length, masked.Length);
            Assert.False(CardSamples.Shows(masked, number), $"{form}: {masked}");
            Assert.Same(masked, CardText.Mask(masked));
            Assert.True(CardText.Holds(text), form);
        }
    }

    [Theory]
    [InlineData("28.11.2026 23:36:10")]
    [InlineData("2026-11-28T23:36:10.123")]
    [InlineData("20261128233610")]
    [InlineData("1764372970000")]
    [InlineData("Summe EUR 1.234.567,89")]
    [InlineData("order-20261128-000123-4711")]
    [InlineData("550e8400-e29b-41d4-a716-446655440000")]
    [InlineData("Beleg 0021\nTrace 000123\nBetrag 12,34")]
    public void What_reads_otherwise_is_no_card_number_of_a_caller(string text) => Assert.False(CardText.Holds(text));

    [Fact]
    public void Lines_are_masked_as_they_are_read_one_below_the_other()
    {
        var number = CardSamples.Number("411111", 16);
        string[] lines = ["Karte", $"Nr. {number[..7]}", $"  {number[7..]} gültig", "Danke"];
        var masked = CardText.Mask(lines);
        Assert.Equal(["Karte", "Nr. 411111*", $"  *****{number[^4..]} gültig", "Danke"], masked);
        Assert.Same(masked, CardText.Mask(masked));
    }

    // Found by a run of two million sessions: a doubled byte spoils the check digit, and the card's number is still there to read.
    [Theory]
    [InlineData("Track 2 41111111111111111=2812101123456789", "Track 2 411111*******1111=****************")]
    [InlineData("4111111111111112=28121011234567890", "411111******1112=*****************")]
    public void A_track_is_hidden_though_a_damaged_line_spoilt_its_check_digit(string text, string masked) =>
        Assert.Equal(masked, CardText.Mask(text));

    [Fact]
    public void No_likely_number_begins_otherwise_than_a_likely_number_may()
    {
        int[] digits = new int[19];
        for (var head = 0; head < 10_000; head++)
        {
            for (var (place, rest) = (3, head); place >= 0; place--, rest /= 10) digits[place] = rest % 10;
            var isLikely = Enumerable.Range(13, 7).Any(length => CardNumberRules.IsLikely(digits.AsSpan(0, length)));
            Assert.True(!isLikely || CardNumberRules.MayBecomeLikely(digits[0], digits[1]), $"{head:D4}");
        }
    }

    [Fact]
    public void Many_numbers_take_no_time()
    {
        var row = string.Concat(Enumerable.Repeat(CardSamples.Number("411111", 16) + "\n", 4000));
        var masked = CardText.Mask(row);
        Assert.Equal(masked, CardText.Mask(masked));
    }
}
