using Tillbridge.Catalog;
using Tillbridge.Laboratory.Planted;
using Tillbridge.Laboratory.Runs;

namespace Tillbridge.Laboratory.Tests.Runs;

/// <summary>The tester is tested: a laboratory that overlooks one of these is worth nothing.</summary>
public sealed class PlantedHuntTests
{
    public static TheoryData<string> Protocols => [.. ProtocolCatalog.ByName.Keys.Order(StringComparer.Ordinal)];

    public static IEnumerable<TheoryDataRow<string, string>> Bugs() =>
        from protocol in ProtocolCatalog.All from bug in Bug.All select new TheoryDataRow<string, string>(protocol.Name, bug.Name);

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_planted_bug_is_caught(string protocol, string bug)
    {
        var caught = PlantedHunt.Hunt(ProtocolCatalog.ByName[protocol], Bug.All.First(one => one.Name == bug), Today.Seed);

        Assert.True(caught.CaughtBy is not null, $"{bug} was not caught in {caught.Runs} runs of seed {Today.Seed}.");
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void A_wrong_statement_with_plausible_grounds_is_caught_by_the_books(string protocol)
    {
        var caught = PlantedHunt.Hunt(ProtocolCatalog.ByName[protocol], new BelievesNotFound(), Today.Seed);

        Assert.StartsWith("I", caught.CaughtBy, StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_four_of_them() => Assert.Equal(4, Bug.All.Count);
}
