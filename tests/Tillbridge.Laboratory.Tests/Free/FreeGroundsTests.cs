using Tillbridge.Catalog;
using Tillbridge.Domain.Proof;
using Tillbridge.Laboratory.Free;

namespace Tillbridge.Laboratory.Tests.Free;

/// <summary>What statements say they rest on, held against terminals that break just that.</summary>
public sealed class FreeGroundsTests
{
    public static TheoryData<string> Protocols => [.. ProtocolCatalog.ByName.Keys.Order(StringComparer.Ordinal)];

    [Fact]
    public void Each_assumption_has_the_code_that_sessions_name() =>
        Assert.Equal(
            [.. Ground.Assumptions.Where(code => code != Ground.CurrencyAsAsked).Order()],
            Assumptions.All.Select(Assumptions.Code).Order());

    [Theory]
    [MemberData(nameof(Protocols))]
    public void A_statement_that_a_broken_assumption_made_wrong_named_it(string protocol)
    {
        var results = MayBreak(protocol, 6_000, Assumptions.All).Select(id => FreeRun.Run(id)).ToList();

        Assert.Contains(results, result => result is { Broken.Count: 1, Wrong.Count: > 0 });
        Assert.All(results, result => Assert.Empty(result.Unnamed));
    }

    // Found by this check: a dropped memory that was not asked before a payment either, totals that were believed by number alone,
    // and an empty period that spoke for a booking.
    [Theory]
    [InlineData("zvt", Assumption.MemoryIsTrue)]
    [InlineData("gpe", Assumption.MemoryIsTrue)]
    [InlineData("zvt", Assumption.ReachableRemembers)]
    [InlineData("gpe", Assumption.ReachableRemembers)]
    [InlineData("zvt", Assumption.TotalsMove)]
    [InlineData("csob-b", Assumption.TotalsMove)]
    [InlineData("zvt", Assumption.BookingsDiffer)]
    [InlineData("zvt", Assumption.NobodyElseBooksAlike)]
    [InlineData("zvt", Assumption.ClosesShow)]
    [InlineData("csob-b", Assumption.ClosesShow)]
    internal void A_dropped_assumption_that_breaks_makes_nothing_wrong(string protocol, Assumption dropped)
    {
        var without = Grounds.Of(Assumptions.Code(dropped));
        var results = MayBreak(protocol, 12_000, [dropped]).Select(id => FreeRun.Run(id with { Without = without })).ToList();

        Assert.NotEmpty(results);
        Assert.All(results, result => Assert.False(
            result.Broken.SetEquals([dropped]) && result.Wrong.Count > 0, $"[{result.Id}] {string.Join("; ", result.Wrong)}"));
    }

    [Theory]
    [InlineData("free:zvt:13305730560496146100:0.NumbersRepeat+0.TraceAbsent+3.Lost+3.RefundedByHand:3")]
    [InlineData("free:gpe:16500787716080222737:2.SecondResult+2.MemorySilent")]
    [InlineData("free:csob-b:4181684970650850856:4.SecondResult+4.UndoesAnother")]
    public void What_it_found_beside_is_wrong_no_more(string line)
    {
        var result = FreeRun.Run(FreeId.TryParse(line)!);

        Assert.Empty(result.Broken);
        Assert.Empty(result.Wrong);
    }

    [Fact]
    public void A_line_carries_what_was_dropped()
    {
        const string Line = "free:zvt?without=memory-is-true,totals-move:1:2.Lost:2";

        var id = FreeId.TryParse(Line)!;

        Assert.Equal((Grounds.Of(Ground.TotalsMove, Ground.MemoryIsTrue), Line), (id.Without, id.ToString()));
        Assert.Null(FreeId.TryParse("free:zvt?without=luck:1"));
    }

    private static IEnumerable<FreeId> MayBreak(string protocol, int among, IReadOnlyList<Assumption> some) =>
        Enumerable.Range(0, among).Select(number => new FreeId(protocol, Chance.Mix(13, (ulong)number)))
            .Where(id => some.Any(new FreeDice(id.Seed, null).MayBreak));
}
