using System.Globalization;
using Tillbridge.Benchmarks;

// Figures of one run on one machine; ratios are taken by turns, so that both sides meet the same weather.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is [CostBench.Posts, var count])
{
    await CostBench.Serve(int.Parse(count));
    return 0;
}

if (args is [MoveBench.Opens, var directory])
{
    await MoveBench.Open(directory);
    return 0;
}

var sections = new (string Name, Func<Task> Run)[]
{
    ("payment", PaymentBench.Run), ("decode", DecodeBench.Run), ("durable", DurableBench.Run), ("lines", LinesBench.Run),
    ("period", PeriodBench.Run), ("cost", CostBench.Run), ("move", MoveBench.Run),
};
var chosen = args.Length == 0 ? sections : [.. sections.Where(section => args.Contains(section.Name))];
if (chosen.Length == 0)
{
    Console.Error.WriteLine($"Name one or more of: {string.Join(", ", sections.Select(section => section.Name))}.");
    return 64;
}

Console.WriteLine($"{Environment.ProcessorCount} cores, .NET {Environment.Version}, {DateTimeOffset.Now:yyyy-MM-dd}");
foreach (var (name, run) in chosen)
{
    Console.WriteLine();
    Console.WriteLine(name);
    await run();
}

return 0;
