using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Laboratory.Faults;
using Tillbridge.Laboratory.Lines;
using Tillbridge.Laboratory.Runs;
using Tillbridge.Laboratory.Simulation;
using Tillbridge.Transports;

namespace Tillbridge.Laboratory.Tests.Runs;

/// <summary>Terminals and tills that send without end: what is said stays true, and every bound holds.</summary>
public sealed class FloodTests
{
    private const ulong Seeds = 3;
    private const int FirstMessages = 4;

    public static IEnumerable<TheoryDataRow<string>> Protocols() =>
        ProtocolCatalog.All.Select(protocol => new TheoryDataRow<string>(protocol.Name));

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

    // Which of its messages is progress only the terminal knows, so that each of the first is said without end once.
    [Theory]
    [MemberData(nameof(Protocols))]
    public void Whatever_message_behind_the_command_never_ends_the_bounds_hold(string protocol)
    {
        foreach (var trouble in new[] { LinkTrouble.SameAgain, LinkTrouble.ManyTimes })
        {
            for (var message = 0; message < FirstMessages; message++)
            {
                var at = message;
                var flood = new Fault(FaultSide.Terminal, $"{trouble} of message {at}", (order, _) =>
                {
                    order.Script = order.Script with { SlowSeconds = 20 };
                    order.Link.Add(new(trouble, At: 0) { Message = at });
                }) { IsFlood = true };

                Assert.Empty(Trial.Run(Planner.Around(ProtocolCatalog.ByName[protocol], RequestKind.Sale, [flood], 1)).Broken);
            }
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
