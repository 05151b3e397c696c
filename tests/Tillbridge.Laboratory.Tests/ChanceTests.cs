namespace Tillbridge.Laboratory.Tests;

public sealed class ChanceTests
{
    [Fact]
    public void A_seed_means_the_same_for_ever()
    {
        var chance = new Chance(1);
        Assert.Equal([12966619160104079557UL, 9600361134598540522UL, 10590380919521690900UL], [chance.Next(), chance.Next(), chance.Next()]);
    }
}
