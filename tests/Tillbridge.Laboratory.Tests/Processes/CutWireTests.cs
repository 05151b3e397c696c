using Tillbridge.Catalog;
using Tillbridge.Laboratory.Processes;

namespace Tillbridge.Laboratory.Tests.Processes;

/// <summary>The wire between the built gateway and its terminals is cut.</summary>
[Trait("Speed", "Slow")]
public sealed class CutWireTests
{
    public static IEnumerable<TheoryDataRow<string>> Protocols => RealProgram.Protocols();

    // The protocols share the cuts.
    private static readonly int Cuts = 12 / ProtocolCatalog.All.Count;

    [Theory]
    [MemberData(nameof(Protocols))]
    public Task A_wire_that_is_cut_again_and_again_misstates_nothing(string protocol) =>
        RealProgram.Check(ProcessTrial.Cut(RealProgram.File, protocol, Cuts, Today.Seed, TimeProvider.System, RealProgram.Stop));

    [Fact]
    public Task A_disk_that_fills_up_misstates_nothing_and_heals() => RealProgram.Check(
        ProcessTrial.FillDisk(RealProgram.File, ProtocolCatalog.All[0].Name, Today.Seed, TimeProvider.System, RealProgram.Stop));
}
