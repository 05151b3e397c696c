using Tillbridge.Catalog;
using Tillbridge.Laboratory.Processes;

namespace Tillbridge.Laboratory.Tests.Processes;

/// <summary>The built gateway and a terminal stand still for half a minute each.</summary>
[Trait("Speed", "Slow")]
public sealed class FrozenProcessTests
{
    [Fact]
    public Task Half_a_minute_without_a_pulse_misstates_nothing() => RealProgram.Check(
        ProcessTrial.Freeze(RealProgram.File, ProtocolCatalog.All[0].Name, Today.Seed, TimeProvider.System, RealProgram.Stop));
}
