using Tillbridge.Catalog;
using Tillbridge.Laboratory.Processes;

namespace Tillbridge.Laboratory.Tests.Processes;

/// <summary>The built gateway and terminals on real files, killed; the protocols of the catalog share the kills.</summary>
[Trait("Speed", "Slow")]
public sealed class KilledProcessTests
{
    private const int Kills = 30;

    public static IEnumerable<TheoryDataRow<string>> Protocols => RealProgram.Protocols();

    [Theory]
    [MemberData(nameof(Protocols))]
    public Task A_gateway_killed_at_random_moments_misstates_nothing(string protocol)
    {
        var share = (Kills + ProtocolCatalog.All.Count - 1) / ProtocolCatalog.All.Count;
        return RealProgram.Check(ProcessTrial.Kill(RealProgram.File, protocol, share, Today.Seed, TimeProvider.System, RealProgram.Stop));
    }
}
