using Tillbridge.Catalog;
using Tillbridge.Domain;

namespace Tillbridge.Tests.Scenarios;

/// <summary>Every row of the amount table of the contract §5, over every protocol: the outcome and the books agree.</summary>
[Trait("Speed", "Slow")]
public sealed class AmountTableTests
{
    public static IEnumerable<TheoryDataRow<string, long, Outcome>> Rows()
    {
        (long Cents, Outcome Expected)[] rows =
        [
            (1250, Outcome.Approved), (9901, Outcome.Declined), (9902, Outcome.Cancelled), (9903, Outcome.Cancelled),
            (9904, Outcome.Failed), (9905, Outcome.Approved), (9906, Outcome.Approved), (9908, Outcome.Failed),
            (9909, Outcome.Failed), (9910, Outcome.Approved), (9911, Outcome.Approved), (9912, Outcome.Approved),
            (9913, Outcome.Unknown), (9914, Outcome.Approved),
        ];
        foreach (var protocol in ProtocolCatalog.All)
        {
            foreach (var (cents, expected) in rows)
            {
                // The contract §5: a decline where the protocol has no word for a part.
                var hasNoPart = cents == 9906 && protocol.Name == "csob-b";
                yield return new(protocol.Name, cents, hasNoPart ? Outcome.Declined : expected);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task The_row_ends_as_it_should_and_the_books_agree(string protocol, long cents, Outcome expected)
    {
        await using var bench = await TestBench.Start(protocol);

        var session = await bench.Run(TestBench.Sale(cents));

        Assert.Equal(expected, session.Outcome);
        bench.BooksAgree(session);
        Assert.True(bench.Virtual.Acquirer.Lines.Count(line => line.State == "booked") <= 1);
        if (expected is Outcome.Approved) Assert.NotEmpty(session.Receipts);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task The_row_ends_the_same_after_an_earlier_payment(string protocol, long cents, Outcome expected)
    {
        await using var bench = await TestBench.Start(protocol);
        var before = await bench.Run(TestBench.Sale(700));

        var session = await bench.Run(TestBench.Sale(cents));

        Assert.Equal(Outcome.Approved, before.Outcome);
        Assert.Equal(expected, session.Outcome);
        if (expected is Outcome.Unknown) return;
        var booked = expected is Outcome.Approved ? session.Conclusion!.ApprovedAmount!.Value.MinorUnits : 0;
        Assert.Equal(700 + booked, bench.Virtual.Acquirer.Net);
    }
}
