using Tillbridge.Domain;
using Tillbridge.Laboratory.Model;
using Tillbridge.Sessions;

namespace Tillbridge.Laboratory.Tests.Model;

/// <summary>The real session machine with an abstract terminal, line, disk and crash: every moment that can be reached.</summary>
public sealed class ModelTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_reachable_moment_breaks_an_invariant(bool confirm)
    {
        var explored = Explorer.Explore(new SessionModel(ModelBug.None, confirm));

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{explored.States} states, {explored.Transitions} transitions, depth {explored.Depth}");
        Assert.True(explored.Broken is null, $"{explored.Broken}\n{string.Join('\n', explored.Story)}");
        Assert.True(explored.States > 1000);
    }

    public static IEnumerable<TheoryDataRow<string>> Bugs() =>
        Enum.GetNames<ModelBug>().Where(name => name != nameof(ModelBug.None)).Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_planted_bug_has_a_counterexample(string bug)
    {
        var explored = Explorer.Explore(new SessionModel(Enum.Parse<ModelBug>(bug), confirm: false));

        TestContext.Current.TestOutputHelper!.WriteLine($"{explored.Broken}\n{string.Join('\n', explored.Story)}");
        Assert.NotNull(explored.Broken);
        Assert.True(explored.Story.Count > 2);
    }

    [Fact]
    public void Every_input_in_every_state_is_a_move_or_one_of_the_few_that_cannot_happen()
    {
        var table = MachineTable.Walk();

        Assert.Empty(table.Broken);
        Assert.True(table.Pairs > 1000, $"{table.Pairs} pairs");
        Assert.Equal(MachineTable.Impossible.Order(), table.Refused.Order());
    }
}
