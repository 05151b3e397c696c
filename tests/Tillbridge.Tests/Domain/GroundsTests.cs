using Tillbridge.Domain;
using Tillbridge.Domain.Proof;
using Tillbridge.Tests.Architecture;

namespace Tillbridge.Tests.Domain;

public sealed class GroundsTests
{
    private static readonly Conclusion Approved = new(Outcome.Approved, Reason.Approved)
    {
        ApprovedAmount = Money.Euro(1250), References = new("0042"),
    };

    [Fact]
    public void The_same_codes_are_equal_whoever_put_them_together()
    {
        var one = Grounds.Of(Ground.SecondLook, Ground.MemoryIsTrue).With(Ground.SecondLook);
        var other = Grounds.Of(Ground.MemoryIsTrue).With(Ground.SecondLook);

        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.Equal(Approved with { Grounds = one }, Approved with { Grounds = other });
        Assert.Equal([Ground.SecondLook, Ground.MemoryIsTrue], one);
        Assert.NotEqual(one, Grounds.Of(Ground.MemoryIsTrue));
        Assert.Equal(Grounds.None, Grounds.Of());
    }

    [Fact]
    public void Results_that_rest_on_different_grounds_say_the_same_about_money()
    {
        var heard = Approved with { Grounds = Grounds.Of(Ground.ResultOnTheLine) };
        var repeated = Approved with { Grounds = Grounds.Of(Ground.RepeatsBooking) };

        Assert.True(heard.Agrees(repeated));
        Assert.NotEqual(heard, repeated);
    }

    [Fact]
    public void Every_code_is_told_in_the_documents()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "api.md"));

        Assert.All(Ground.Facts.Concat(Ground.Assumptions), code => Assert.Contains($"`{code}`", page, StringComparison.Ordinal));
    }
}
