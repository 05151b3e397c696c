using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Laboratory.Free;
using Tillbridge.Laboratory.Free.Findings;
using Tillbridge.Laboratory.Planted;

namespace Tillbridge.Laboratory.Tests.Free;

public sealed class FreeRunTests
{
    private const int Some = 40;
    private const int Many = 30_000;

    public static TheoryData<string> Protocols => [.. ProtocolCatalog.ByName.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Equal_lines_are_equal_runs_to_the_last_byte(string protocol)
    {
        foreach (var id in Ids(protocol, 10))
        {
            var (first, second) = (FreeRun.Run(id), FreeRun.Run(FreeId.TryParse(id.ToString())!));

            Assert.Equal(first.Mark, second.Mark);
            Assert.Equal(first.Met, second.Met);
            Assert.Equal(first.Outcomes, second.Outcomes);
        }
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Every_free_run_comes_to_its_end(string protocol)
    {
        foreach (var id in Ids(protocol, 80)) Assert.Null(FreeRun.Run(id).Stuck);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void A_terminal_of_which_nothing_odd_was_drawn_is_told_rightly_and_never_unknown(string protocol)
    {
        foreach (var id in Ids(protocol, Some))
        {
            var result = FreeRun.Run(id with { Only = new HashSet<(int, Oddity)>() });

            Assert.Empty(result.Wrong);
            Assert.Empty(result.Lucky);
            Assert.Empty(result.Broken);
            Assert.Equal(0, result.Outcomes[(int)Outcome.Unknown]);
        }
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void A_lie_about_the_result_breaks_its_assumption_and_is_no_finding(string protocol)
    {
        var mayLie = Ids(protocol, 20_000).Where(id => new FreeDice(id.Seed, null).MayBreak(Assumption.ResultIsTrue));
        var lies = mayLie.Select(id => FreeRun.Run(id)).First(result =>
            result.Broken.Contains(Assumption.ResultIsTrue) && result.Met.Any(one => one.Oddity is Oddity.LiesApproved));

        Assert.NotEmpty(lies.Wrong);
    }

    [Fact]
    public void Not_found_believed_as_declined_is_caught()
    {
        var bug = new BelievesNotFound();

        Assert.Contains(Ids("zvt", 400), id => FreeRun.Run(id, bug: bug) is { Broken.Count: 0, Wrong: [{ Said: "refused" }, ..] });
    }

    [Fact]
    public void A_finding_keeps_only_what_it_needs()
    {
        var bug = new BelievesNotFound();
        var broken = Ids("gpe", 400).Select(id => FreeRun.Run(id, bug: bug)).First(result =>
            result is { Broken.Count: 0, Wrong: [{ Said: "refused" }, ..] } && result.Met.Count > 4);

        var finding = FreeFinding.Of(broken, broken.Wrong[0], isLuck: false, bug);

        Assert.True(finding.Small.Only!.Count < broken.Met.Count);
        Assert.Contains(FreeRun.Run(finding.Small, bug: bug).Wrong, wrong => wrong.Said == "refused");
    }

    [Fact]
    public void A_free_soak_of_one_seed_comes_to_the_same_table()
    {
        string Table() => string.Join('\n', FreeReport.Of(
            FreeSoak.Run(ProtocolCatalog.All, 5, 300, null, TestContext.Current.CancellationToken), [], 5));

        Assert.Equal(Table(), Table());
    }

    // A seed of its own and not the day's: what a fresh one finds is a finding, and no failed build.
    [Fact]
    public void Many_free_sessions_say_nothing_wrong_and_nothing_by_luck()
    {
        var tally = FreeSoak.Run(ProtocolCatalog.All, 81, Many, null, TestContext.Current.CancellationToken);

        Assert.True(tally.Findings.Count == 0, string.Join('\n', FreeReport.Of(tally, [], 81)));
    }

    [Fact]
    public void A_line_that_names_no_run_is_not_read()
    {
        Assert.Null(FreeId.TryParse("free:nobody:1"));
        Assert.Null(FreeId.TryParse("free:zvt:one"));
        Assert.Null(FreeId.TryParse("free:zvt:1:1.NoSuchOddity"));
        Assert.Equal("free:zvt:1:2.Lost:2", FreeId.TryParse("free:zvt:1:2.Lost:2")!.ToString());
    }

    private static IEnumerable<FreeId> Ids(string protocol, int count) =>
        Enumerable.Range(0, count).Select(number => new FreeId(protocol, Chance.Mix(11, (ulong)number)));
}
