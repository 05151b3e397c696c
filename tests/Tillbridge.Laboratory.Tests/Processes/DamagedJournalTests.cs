using Tillbridge.Catalog;
using Tillbridge.Laboratory.Processes;

namespace Tillbridge.Laboratory.Tests.Processes;

/// <summary>The journal of the built gateway is damaged between its lives, and taken away under it.</summary>
[Trait("Speed", "Slow")]
public sealed class DamagedJournalTests
{
    private static readonly string Protocol = ProtocolCatalog.All[0].Name;

    [Fact]
    public Task A_journal_damaged_in_any_way_charges_no_order_again() => RealProgram.Check(DamageTrial.Run(
        RealProgram.File, Protocol, Enum.GetValues<JournalDamage>(), Today.Seed, TimeProvider.System, RealProgram.Stop));

    [Fact]
    public Task A_journal_moved_away_under_the_gateway_takes_no_orders_and_no_start() => RealProgram.Check(
        DamageTrial.MoveAway(RealProgram.File, Protocol, Today.Seed, TimeProvider.System, RealProgram.Stop));
}
