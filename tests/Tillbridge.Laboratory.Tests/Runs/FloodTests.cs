using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Laboratory.Faults;
using Tillbridge.Laboratory.Runs;
using Tillbridge.Laboratory.Simulation;
using Tillbridge.Transports;

namespace Tillbridge.Laboratory.Tests.Runs;

/// <summary>Terminals and tills that send without end: what is said stays true, and every bound holds.</summary>
public sealed class FloodTests
{
    private const ulong Seeds = 3;

    public static IEnumerable<TheoryDataRow<string, string>> Floods() =>
        from protocol in ProtocolCatalog.All
        from flood in FaultCatalog.OfFloods
        select new TheoryDataRow<string, string>(protocol.Name, flood.Name);

    [Theory]
    [MemberData(nameof(Floods))]
    public void A_flood_leaves_what_is_said_true_and_every_bound_in_place(string protocol, string name)
    {
        var flood = FaultCatalog.OfFloods.Single(one => one.Name == name);
        for (var seed = 1UL; seed <= Seeds; seed++)
        {
            var carrier = seed % 2 == 0 ? Carrier.Serial : Carrier.Stream;
            var plan = Planner.Around(ProtocolCatalog.ByName[protocol], RequestKind.Sale, [flood], seed, carrier: carrier);

            Assert.Empty(Trial.Run(plan).Broken);
        }
    }

    [Fact]
    public void Every_flood_is_met_alone_and_some_in_random_runs()
    {
        var runs = Catalogue.SingleFaults(ProtocolCatalog.All, 1, 1).SelectMany(id => id.Faults).ToHashSet();
        var random = Catalogue.Random(ProtocolCatalog.All, 1).Take(2500).Where(id => id.Part == TrialId.Random)
            .SelectMany(id => id.MakePlan().Tills).SelectMany(orders => orders).SelectMany(order => order.Faults).ToHashSet();

        Assert.All(FaultCatalog.OfFloods, flood => Assert.Contains(flood.Name, runs));
        Assert.Contains(FaultCatalog.OfFloods, flood => random.Contains(flood.Name));
    }
}
