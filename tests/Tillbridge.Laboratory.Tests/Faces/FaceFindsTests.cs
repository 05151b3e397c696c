using Tillbridge.Laboratory.Runs;
using Tillbridge.Laboratory.Simulation;

namespace Tillbridge.Laboratory.Tests.Faces;

/// <summary>What the laboratory found in the callback face (docs/reliability.md); each of these runs broke an invariant before.</summary>
public sealed class FaceFindsTests
{
    [Theory]
    // A wall clock that was set by months: a wait longer than a timer can take ended the delivery of an end message.
    [InlineData("face:zvt:7965884098821419836")]
    [InlineData("face:zvt:17073352394833666054")]
    [InlineData("face:zvt:13838307494700170864")]
    // A clock that was set back: an approval that nobody was told was not in the list.
    [InlineData("faults:zvt+face:Sale:clock jumps+receiver down at the end message:136")]
    [InlineData("faults:zvt+face:Sale:clock jumps+receiver down at the end message:150")]
    // A host that was down for a while: all attempts that were due came in a burst.
    [InlineData("faults:zvt+face:Sale:killed at any moment+receiver down at the end message:17")]
    // A journal that could not be read: a delivery was forgotten, and the end told again.
    [InlineData("faults:zvt+face:Sale:read error+receiver slow at the end message:39")]
    // The same: a question was taken, and its end never told.
    [InlineData("faults:zvt+face:Sale:read error+receiver slow at the end message:2")]
    public void What_was_found_stays_found(string line) => Assert.Empty(Trial.Run(TrialId.TryParse(line, out _)!.MakePlan()).Broken);
}
