using Tillbridge.Catalog;
using Tillbridge.Laboratory.Fuzz;

namespace Tillbridge.Laboratory.Tests.Fuzz;

/// <summary>Every parser of ours under inputs of the day's seed.</summary>
[Trait("Speed", "Slow")]
public sealed class FuzzTests
{
    private const int Inputs = 100_000;

    [Fact]
    public void A_hundred_thousand_inputs_for_each_parser_throw_nothing_hang_nothing_and_stay_small()
    {
        var reports = Fuzzer.Run(FuzzTargets.All, Today.Seed, Inputs, TestContext.Current.CancellationToken);

        var table = $"seed {Today.Seed}\n{string.Join('\n', reports)}";
        TestContext.Current.TestOutputHelper!.WriteLine(table);
        var findings = reports.SelectMany(report => report.Findings).ToList();
        Assert.True(findings.Count == 0, $"{table}\n{string.Join('\n', findings)}");
        Assert.All(reports, report => Assert.Equal(Inputs, report.Inputs));
        // A parser that takes nothing, or everything but what is only shown, is not tried.
        Assert.All(reports, report => Assert.True(report.Accepted > Inputs / 5000, $"{report} takes hardly anything"));
    }

    [Fact]
    public void Every_protocol_names_its_parsers_and_brings_seeds()
    {
        foreach (var protocol in ProtocolCatalog.All)
        {
            Assert.NotEmpty(protocol.Parsers);
            Assert.All(FuzzTargets.OfProtocol(protocol), target => Assert.NotEmpty(target.Seeds));
        }

        Assert.All(FuzzTargets.All, target => Assert.True(target.Seeds.Count > 0, $"{target.Name} has no corpus"));
        // Changes of a seed that is refused are refused, too. What an earlier version wrote must stay one that is taken.
        Assert.All(FuzzTargets.All, target => Assert.True(
            target.Seeds.Any(seed => target.Parser.Read(seed) is not null), $"{target.Name} refuses its whole corpus"));
        Assert.Equal(FuzzTargets.All.Count, FuzzTargets.All.Select(target => target.Name).Distinct().Count());
    }
}
