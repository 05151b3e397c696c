using Tillbridge.Catalog;
using Tillbridge.Laboratory.Faults;
using Tillbridge.Laboratory.Runs;

namespace Tillbridge.Laboratory.Tests.Runs;

/// <summary>A hundred thousand sessions under everything that can go wrong, shared by all protocols of the catalog.</summary>
[Trait("Speed", "Slow")]
public sealed class SoakTests
{
    [Fact]
    public void No_invariant_breaks_in_a_hundred_thousand_sessions_under_every_fault()
    {
        // The budget is shared: with many protocols every fault meets every operation once instead of twice.
        var times = ProtocolCatalog.All.Count > 2 ? 1 : 2;
        var size = new SoakSize(Today.Seed, ProtocolCatalog.All)
        {
            Sessions = 100_000, Words = true, SingleFaultTimes = times, Pairs = true, CrashPoints = true,
        };
        var state = new SoakState { Seed = size.Seed };

        Soak.Run(size, state, _ => { }, TestContext.Current.CancellationToken);

        var table = string.Join('\n', SoakReport.Simulation(size, state));
        TestContext.Current.TestOutputHelper!.WriteLine(table);
        Assert.True(state.Tally.BrokenCount == 0, table);
        Assert.True(state.Tally.Sessions >= size.Sessions, table);
        Assert.True(FaultCatalog.All.All(fault => state.Tally.Faults.ContainsKey(fault.Name)), table);
        foreach (var protocol in size.Protocols) Assert.Empty(SoakReport.Missing(protocol, state.Tally));
    }

    [Fact]
    public void A_soak_that_was_interrupted_and_goes_on_comes_to_the_same()
    {
        var size = new SoakSize(7, ProtocolCatalog.All) { Sessions = 3000 };
        var whole = new SoakState { Seed = 7 };
        Soak.Run(size, whole, _ => { }, TestContext.Current.CancellationToken);

        var interrupted = new SoakState { Seed = 7 };
        for (var goOn = true; goOn;)
        {
            using var stop = new CancellationTokenSource();
            goOn = false;
            try
            {
                Soak.Run(size, interrupted, _ => stop.Cancel(), stop.Token);
            }
            catch (OperationCanceledException)
            {
                goOn = true;
            }
        }

        Assert.Equal(SoakReport.Simulation(size, whole), SoakReport.Simulation(size, interrupted));
    }

    [Fact]
    public void A_seed_gives_the_same_table_every_time()
    {
        var size = new SoakSize(11, ProtocolCatalog.All) { Sessions = 2000 };
        var (first, second) = (new SoakState { Seed = 11 }, new SoakState { Seed = 11 });

        Soak.Run(size, first, _ => { }, TestContext.Current.CancellationToken);
        Soak.Run(size, second, _ => { }, TestContext.Current.CancellationToken);

        Assert.Equal(SoakReport.Simulation(size, first), SoakReport.Simulation(size, second));
    }
}
