using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Laboratory.Faults;
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
        Assert.Equal(trial.Face.Tellings.Count() + 1, trial.Face.Counts.Ends);
    }
}
