using System.Reflection;
using Tillbridge.Domain;
using Tillbridge.Facades.K2;
using Tillbridge.Facades.K2.Links;
using Tillbridge.Facades.K2.Texts;

namespace Tillbridge.Gateway.Tests.Facades.K2;

/// <summary>Every end has a sentence in seven languages (k2-client.md §2.4).</summary>
public sealed class K2TextTests
{
    [Fact]
    public void Every_reason_of_the_domain_has_a_sentence_in_every_language_and_none_stands_in_another()
    {
        Assert.Equal(["cs", "de", "en", "fr", "ru", "sk", "uk"], K2Texts.Languages.Order());
        var reasons = typeof(Reason).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!);
        foreach (var reason in reasons)
        {
            foreach (var outcome in Enum.GetValues<Outcome>())
            {
                var mine = K2Reasons.Of(new K2Result("s", "t") { IsClosed = true, Conclusion = new(outcome, reason) });
                Assert.True(K2Texts.Knows(mine), $"{outcome} {reason} becomes {mine}, which has no sentence");
                var sentences = K2Texts.Languages.Select(language => K2Texts.For(mine, language, "a", "b")).ToList();
                Assert.All(sentences, sentence => Assert.NotEmpty(sentence));
                // Czech and Slovak, Ukrainian and Russian share a word here and there.
                Assert.True(sentences.Distinct().Count() >= 5, $"{mine} stands in another language");
            }
        }

        foreach (var refusal in Enum.GetValues<K2RefusalKind>()) Assert.True(K2Texts.Knows(K2Reasons.Of(refusal)), refusal.ToString());
    }

    [Theory]
    [InlineData(Outcome.Unknown, Reason.RecoveryExhausted)]
    [InlineData(Outcome.Unknown, Reason.Approved)]
    public void An_unknown_is_never_called_anything_else(Outcome outcome, string reason) =>
        Assert.Equal("outcome-unknown", K2Reasons.Of(new K2Result("s", "t") { IsClosed = true, Conclusion = new(outcome, reason) }));

    [Theory]
    [InlineData("cs", "Schváleno jen 5.00 CZK z 10.00 CZK.")]
    [InlineData("en", "Only 5.00 CZK of 10.00 CZK was approved.")]
    [InlineData("xx", "Only 5.00 CZK of 10.00 CZK was approved.")]
    public void A_partial_approval_names_both_amounts(string language, string sentence)
    {
        var (got, asked) = (new Money(500, Currency.Of("CZK")), new Money(1000, Currency.Of("CZK")));
        Assert.Equal("approved-partial", K2Reasons.Of(new K2Result("s", "t")
        {
            IsClosed = true, Asked = asked, Conclusion = new(Outcome.Approved, Reason.ApprovedOtherAmount) { ApprovedAmount = got },
        }));
        Assert.Equal(sentence, K2Texts.For("approved-partial", language, got, asked));
    }
}
