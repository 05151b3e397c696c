using Tillbridge.Fuzz;
using Tillbridge.Laboratory.Fuzz;

// What fuzz/run calls. Codes: 0 nothing wrong, 1 findings, 64 called wrongly.
// The instrumented library writes its counters somewhere from its first line on; AFL gives them a place of its own.
var coverage = new Coverage();
coverage.Begin();

if (args is ["targets"])
{
    foreach (var each in FuzzTargets.All) Console.WriteLine(each.Name);
    return 0;
}

if (args.Length < 2 || FuzzTargets.All.FirstOrDefault(each => each.Name == args[1]) is not { } target)
{
    Console.Error.WriteLine("Usage: targets | seeds TARGET DIR WORDS | run TARGET | check TARGET PATH... | keep TARGET FILE PATH...");
    return 64;
}

switch (args)
{
    case ["seeds", _, var folder, var words]:
        Corpus.WriteWords(target, words);
        Console.WriteLine($"{Corpus.WriteSeeds(target, folder)} seeds");
        return 0;

    case ["run", _]:
        new Guided(target).Run();
        return 0;

    case ["check", _, .. var paths]:
        var guided = new Guided(target);
        var kinds = Corpus.Read(paths).Select(input => (input.Name, input.Bytes, Wrong: guided.Wrong(input.Bytes)))
            .Where(input => input.Wrong is not null).GroupBy(input => Findings.Kind(input.Wrong!)).ToList();
        foreach (var kind in kinds)
        {
            var least = kind.First();
            Console.WriteLine($"{target.Name}: {least.Wrong} ({kind.Count()} inputs)");
            Console.WriteLine($"    {least.Name}");
            Console.WriteLine($"    hex:{Convert.ToHexString(Findings.Smallest(guided, least.Bytes))}");
        }

        return kinds.Count == 0 ? 0 : 1;

    case ["keep", _, var file, .. var paths]:
        var kept = Corpus.Smallest(target, paths, coverage);
        Corpus.Write(file, $"Found by coverage: each input shows {target.Name} a place that the seeds do not. Made by fuzz/run.", kept);
        Console.WriteLine($"{kept.Count} inputs kept, {coverage.Places} places");
        return 0;

    default:
        Console.Error.WriteLine($"'{args[0]}' is called with other arguments.");
        return 64;
}
