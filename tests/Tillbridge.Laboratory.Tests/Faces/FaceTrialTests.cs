using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Laboratory.Faults;
using Tillbridge.Laboratory.Planted;
using Tillbridge.Laboratory.Runs;
using Tillbridge.Laboratory.Simulation;

namespace Tillbridge.Laboratory.Tests.Faces;

/// <summary>The callback face as the laboratory plays it: the real one, on virtual time.</summary>
public sealed class FaceTrialTests
{
    [Fact]
    public void A_payment_through_the_face_is_told_once_and_the_list_is_empty()
    {
        var plan = Planner.Around(ProtocolCatalog.ByName["zvt"], RequestKind.Sale, [], 1, onFace: true);
        using var trial = new Trial(plan);

        var result = trial.Finish();

        Assert.Empty(result.Broken);
        Assert.All(trial.Face!.Tellings, telling => Assert.True(telling is { WasDelivered: true, Seen.Success: true }));
        Assert.Equal(trial.Face.Tellings.Count() + 1, trial.Face.Met["ends that arrived"]);
    }

    [Fact]
    public void No_invariant_breaks_at_the_face_and_every_fault_of_a_receiver_is_met()
    {
        var tally = new Tally();

        Runner.Run(Catalogue.Face(ProtocolCatalog.All, Today.Seed).Take(250), tally, 100_000, TestContext.Current.CancellationToken);

        Assert.True(tally.BrokenCount == 0, string.Join('\n', tally.Broken));
        Assert.All(FaultCatalog.All.Where(fault => fault.OnFaceOnly), fault => Assert.Contains(fault.Name, tally.Faults.Keys));
        // What makes the runs worth something happens in them.
        foreach (var what in new[] { "late ends", "repeats", "clients gone", "entries acknowledged", "payments of which nobody hears" })
            Assert.Contains(what, tally.Face.Keys);
    }

    [Fact]
    public void A_run_on_the_face_repeats_to_the_last_step()
    {
        foreach (var id in Catalogue.Face(ProtocolCatalog.All, 5).Where(id => !id.MakePlan().OnRealFile).Take(10))
        {
            var (first, second) = (Soak.Replay(id), Soak.Replay(id));

            Assert.Equal((first.Mark, first.Steps), (second.Mark, second.Steps));
            Assert.Equal(first.Story, second.Story);
        }
    }

    [Fact]
    public void The_face_holds_on_the_real_file_over_deaths_and_torn_logs()
    {
        var deaths = 0;
        foreach (var id in Catalogue.Face(ProtocolCatalog.All, Today.Seed).Take(16))
        {
            var result = Trial.Run(id.MakePlan() with { OnRealFile = true });

            Assert.True(result.Broken.Count == 0, $"{id} on the real file: {string.Join("; ", result.Broken)}");
            deaths += result.Deaths;
        }

        Assert.True(deaths > 0, "the runs must kill the host now and then");
    }

    public static IEnumerable<TheoryDataRow<string, string>> Bugs() =>
        from protocol in ProtocolCatalog.All from bug in Bug.OfFace select new TheoryDataRow<string, string>(protocol.Name, bug.Name);

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_bug_that_is_planted_in_the_face_is_caught(string protocol, string bug)
    {
        var caught = PlantedHunt.Hunt(ProtocolCatalog.ByName[protocol], Bug.OfFace.First(one => one.Name == bug), Today.Seed);

        Assert.True(caught.CaughtBy is not null, $"{bug} was not caught in {caught.Runs} runs of seed {Today.Seed}.");
    }
}
