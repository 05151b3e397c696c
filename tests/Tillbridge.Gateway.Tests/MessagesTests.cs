using System.Reflection;
using Tillbridge.Domain;
using Tillbridge.Domain.Messages;

namespace Tillbridge.Gateway.Tests;

public sealed class MessagesTests
{
    private static readonly string[] Languages = ["en", "de", "cs", "sk", "fr", "uk", "ru"];

    public static TheoryData<string> Tongues => [.. Languages];

    private static IEnumerable<string> Codes => typeof(Reason).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(code => code.IsLiteral).Select(code => (string)code.GetRawConstantValue()!);

    [Theory]
    [MemberData(nameof(Tongues))]
    public void Every_language_has_a_sentence_for_every_reason(string language)
    {
        Assert.True(Messages.Knows(language));
        foreach (var code in Codes.Append("unknown").Append("unknown-operation").Append("not-carried-out"))
        {
            var text = Messages.ForReason(code, language);
            Assert.NotEqual(code, text);
            Assert.EndsWith(".", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Tongues))]
    public void No_language_borrows_a_sentence_of_another(string language)
    {
        foreach (var other in Languages.Where(other => other != language))
            Assert.NotEqual(Messages.ForReason("unknown", other), Messages.ForReason("unknown", language));
    }

    [Theory]
    [InlineData("xx")]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-")]
    public void A_language_that_is_not_spoken_here_is_answered_in_English(string? language) =>
        Assert.Equal("Approved.", Messages.ForReason(Reason.Approved, language));

    [Theory]
    [InlineData("de-AT")]
    [InlineData("DE")]
    public void A_region_is_served_by_its_language(string language) =>
        Assert.Equal("Genehmigt.", Messages.ForReason(Reason.Approved, language));

    [Theory]
    [MemberData(nameof(Tongues))]
    public void Only_a_payment_is_told_of_goods(string language)
    {
        var end = new Conclusion(Outcome.Approved, Reason.ApprovedOtherAmount);
        var payment = Messages.ForConclusion(end, RequestKind.Sale, language);
        var reversal = Messages.ForConclusion(end, RequestKind.Reversal, language);

        Assert.NotEqual(payment, reversal);
        Assert.EndsWith(".", reversal, StringComparison.Ordinal);
        if (language == "en") Assert.DoesNotContain("goods", reversal, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_outcome_says_so_whatever_its_reason()
    {
        foreach (var code in Codes)
        {
            var text = Messages.ForConclusion(new(Outcome.Unknown, code), RequestKind.Sale, "en");
            Assert.Contains("Do not charge again", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(RequestKind.Reversal)]
    [InlineData(RequestKind.Refund)]
    [InlineData(RequestKind.Capture)]
    [InlineData(RequestKind.CancelPreAuthorization)]
    public void What_was_not_undone_is_never_said_to_be_uncharged(RequestKind kind)
    {
        foreach (var code in Codes)
        {
            // These two say what is booked, and that nothing was sent.
            var isToldApart = code is Reason.BookedAlready or Reason.NotTheLast;
            foreach (var outcome in new[] { Outcome.Declined, Outcome.Cancelled, Outcome.Failed })
            {
                var said = Messages.ForConclusion(new(outcome, code), kind, "en");
                Assert.Contains(isToldApart ? "othing was sent" : "still stands", said, StringComparison.Ordinal);
                Assert.DoesNotContain("charge", said, StringComparison.Ordinal);
            }
        }
    }
}
