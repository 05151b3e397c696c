using Tillbridge.Laboratory.Fuzz;

namespace Tillbridge.Laboratory.Tests.Fuzz;

/// <summary>What once broke something, and what reaches places that chance does not, is fed whole.</summary>
public sealed class CorpusTests
{
    [Fact]
    public void Every_seed_of_every_parser_holds()
    {
        var wrong = new List<string>();
        foreach (var target in FuzzTargets.All)
        {
            var trial = new FuzzTrial(target.Parser);
            foreach (var seed in target.Seeds)
            {
                trial.Feed(seed, out var fault);
                if (fault is var (kind, text)) wrong.Add($"{target.Name}: {kind}: {text}\n    {Convert.ToHexString(seed)}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void What_coverage_found_is_fed_to_its_parser()
    {
        var found = FuzzTargets.All.Where(target => Seeds.Found(target.Name).Count > 0).ToList();

        Assert.Contains(found, target => target.Name == "gpe/codec");
        Assert.All(found, target => Assert.Superset(
            Seeds.Found(target.Name).Select(Convert.ToHexString).ToHashSet(), target.Seeds.Select(Convert.ToHexString).ToHashSet()));
    }
}
