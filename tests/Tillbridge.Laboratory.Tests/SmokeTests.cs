using Tillbridge.Catalog;
using Tillbridge.Laboratory.Faults;
using Tillbridge.Laboratory.Simulation;

namespace Tillbridge.Laboratory.Tests;

public sealed class SmokeTests
{
    [Fact]
    public void Smoke()
    {
        var first = ulong.Parse(Environment.GetEnvironmentVariable("SEED") ?? "1");
        var count = int.Parse(Environment.GetEnvironmentVariable("COUNT") ?? "20");
        var tell = Environment.GetEnvironmentVariable("TELL") is not null;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        int sessions = 0, broken = 0; long steps = 0;
        var kinds = new SortedDictionary<string, (int, ulong)>();
        for (var seed = first; seed < first + (ulong)count; seed++)
        {
            var result = Trial.Run(Planner.Random(ProtocolCatalog.All[0], seed), tell);
            sessions += result.Sessions; steps += result.Steps;
            if (result.Broken.Count > 0) { broken++; var k = result.Broken[0].Split(' ')[0]; kinds[k] = (kinds.GetValueOrDefault(k).Item1 + 1, seed); if (broken < 12) Console.WriteLine($"{seed}: {result.Broken[0]}"); }
            if (tell) foreach (var l in result.Story) Console.WriteLine(l);
            if (Trial.Run(Planner.Random(ProtocolCatalog.All[0], seed)).Mark != result.Mark) Console.WriteLine($"seed {seed} does not repeat");
        }
        Console.WriteLine($"{sessions} sessions, {steps} steps, {broken} broken, {clock.Elapsed}; {string.Join(", ", kinds)}");
    }
}
