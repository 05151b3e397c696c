using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Laboratory.Faults;
using Tillbridge.Laboratory.Runs;
using Tillbridge.Laboratory.Simulation;

namespace Tillbridge.Laboratory.Tests.Runs;

public sealed class TrialTests
{
    [Fact]
    public void A_run_repeats_to_the_last_step_and_tells_the_same_story()
    {
        foreach (var id in Catalogue.Random(ProtocolCatalog.All, 5).Where(id => !id.MakePlan().OnRealFile).Take(25))
        {
            var (first, second) = (Soak.Replay(id), Soak.Replay(id));

            Assert.Equal((first.Mark, first.Steps), (second.Mark, second.Steps));
            Assert.Equal(first.Story, second.Story);
            // To tell the story changes nothing.
            Assert.Equal(first.Mark, Trial.Run(id.MakePlan()).Mark);
        }
    }

    [Fact]
    public void Runs_on_the_real_file_hold_the_same_invariants_over_deaths_and_torn_logs()
    {
        var deaths = 0;
        foreach (var id in Catalogue.Random(ProtocolCatalog.All, Today.Seed).Take(25))
        {
            var result = Trial.Run(id.MakePlan() with { OnRealFile = true });

            Assert.True(result.Broken.Count == 0, $"{id} on the real file: {string.Join("; ", result.Broken)}");
            deaths += result.Deaths;
        }

        Assert.True(deaths > 5, "the runs must kill the host now and then");
    }

    public static IEnumerable<TheoryDataRow<string>> Ids() =>
    [
        new("random:zvt:12345"), new("words:zvt:3"), new("faults:zvt:Sale:busy:1"),
        new("faults:zvt:Reversal:byte lost+disk full:99"), new("crash:zvt:Sale:17:PowerLost:4"),
        new("face:zvt:12345"), new("faults:zvt+face:Reversal:receiver slow:7"), new("crash:zvt+face:Sale:17:Killed:4"),
    ];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_printed_run_is_read_back(string line) => Assert.Equal(line, TrialId.TryParse(line, out _)!.ToString());

    [Theory]
    [InlineData("", "names no run")]
    [InlineData("random:zvt:x", "names no run")]
    [InlineData("random:telex:1", "names no run")]
    [InlineData("faults:zvt:Sale:sunshine:1", "There is no fault 'sunshine'")]
    [InlineData("crash:zvt:Sale:seven:Killed:1", "names no run")]
    public void A_line_that_is_no_run_says_so(string line, string why)
    {
        Assert.Null(TrialId.TryParse(line, out var said));
        Assert.Contains(why, said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_payment_has_a_crash_point_at_every_byte_and_every_write()
    {
        var zvt = ProtocolCatalog.ByName["zvt"];

        var points = Catalogue.CrashPoints([zvt], 1, all: false).Where(id => id.Kind is RequestKind.Sale).ToList();

        // Two deaths each; a payment with its questions before has some five hundred bytes on the wire.
        Assert.True(points.Count > 2 * 500, $"{points.Count} points");
        Assert.Equal(points.Count, points.Distinct().Count());
    }

    [Fact]
    public void What_the_laboratory_found_stays_found()
    {
        // Answers of earlier questions, held back by the serial line, answered a new payment's.
        // A B-protocol terminal that had forgotten before was believed to have booked nothing.
        string[] lines =
        [
            "random:zvt:13229563415870221518", "faults:zvt+serial:Sale:storm of refusals:2",
            "random:gpe:1067772878" + "992871247", // In one piece it would pass for a card number.
            "random:gpe:46743208" + "86527927326", // A part of a reservation that no total could confirm.
        ];
        foreach (var line in lines)
            Assert.Empty(Trial.Run(TrialId.TryParse(line, out _)!.MakePlan()).Broken);

        // A terminal that forgot without going away was believed to have booked nothing; see LaboratoryFindsTests for the rest.
        foreach (var kind in new[] { RequestKind.Sale, RequestKind.Refund, RequestKind.PreAuthorization, RequestKind.Capture })
        {
            for (var seed = 1UL; seed <= 10; seed++)
            {
                var plan = Planner.Around(
                    ProtocolCatalog.ByName["zvt"], kind, [FaultCatalog.All.First(fault => fault.Name == "forgets its last result")], seed);
                Assert.Empty(Trial.Run(plan).Broken);
            }
        }
    }
}
