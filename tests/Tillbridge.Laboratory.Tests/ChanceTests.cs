namespace Tillbridge.Laboratory.Tests;

public sealed class ChanceTests
{
    // The first three values of xoshiro256** seeded by splitmix64 with 1, as its authors' own programs print them.
    [Fact]
    public void A_seed_means_the_same_for_ever()
    {
        var chance = new Chance(1);
        Assert.Equal([0xB3F2AF6D0FC710C5, 0x853B559647364CEA, 0x92F89756082A4514], [chance.Next(), chance.Next(), chance.Next()]);
    }
}
