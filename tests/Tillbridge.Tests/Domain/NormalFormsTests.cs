using Tillbridge.Domain.Keys;

namespace Tillbridge.Tests.Domain;

/// <summary>Values of UAX #15 and of its conformance test; our program runs without the system's tables.</summary>
public sealed class NormalFormsTests
{
    [Theory]
    [InlineData("plain", "plain", "plain")]
    [InlineData("e\u0301", "\u00E9", "e\u0301")]
    [InlineData("\u212B", "\u00C5", "A\u030A")]
    [InlineData("\u2126", "\u03A9", "\u03A9")]
    [InlineData("\u1E69", "\u1E69", "s\u0323\u0307")]
    [InlineData("s\u0307\u0323", "\u1E69", "s\u0323\u0307")]
    [InlineData("\u1E0B\u0323", "\u1E0D\u0307", "d\u0323\u0307")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307", "q\u0323\u0307")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323", "\u017F\u0323\u0307")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C")]
    [InlineData("\uFB01", "\uFB01", "\uFB01")]
    [InlineData("\uAC01", "\uAC01", "\u1100\u1161\u11A8")]
    [InlineData("\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8")]
    [InlineData("\uAC00\u11A7", "\uAC00\u11A7", "\u1100\u1161\u11A7")]
    [InlineData("\uD834\uDD5E", "\uD834\uDD57\uD834\uDD65", "\uD834\uDD57\uD834\uDD65")]
    [InlineData("\u1100\u0300\u1161", "\u1100\u0300\u1161", "\u1100\u0300\u1161")]
    [InlineData("a\u0300\u0301", "\u00E0\u0301", "a\u0300\u0301")]
    [InlineData("\u0300a", "\u0300a", "\u0300a")]
    public void A_text_has_one_composed_and_one_decomposed_form(string text, string composed, string decomposed)
    {
        Assert.Equal(composed, NormalForms.Composed(text));
        Assert.Equal(decomposed, NormalForms.Decomposed(text));
        Assert.Equal(composed, NormalForms.Composed(decomposed));
        Assert.Equal(decomposed, NormalForms.Decomposed(composed));
    }
}
