using Tillbridge.Catalog;
using Tillbridge.Laboratory.Fuzz;

namespace Tillbridge.Laboratory.Tests.Fuzz;

/// <summary>
/// Every parser of ours under inputs of one seed: a finding of a new day must not stop a change that did not cause it. New days are
/// <c>soak --all</c>'s.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class FuzzTests
{
    private const int Inputs = 200_000;
    private const ulong Seed = 20261125;

    [Fact]
    public void Two_hundred_thousand_inputs_for_each_parser_throw_nothing_hang_nothing_and_stay_small()
    {
        var reports = Fuzzer.Run(FuzzTargets.All, Seed, Inputs, TestContext.Current.CancellationToken);

        var table = $"seed {Seed}\n{string.Join('\n', reports)}";
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
        Assert.Equal(FuzzTargets.All.Count, FuzzTargets.All.Select(target => target.Name).Distinct().Count());
    }
}
