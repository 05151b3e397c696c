using System.Diagnostics;
using Tillbridge.Catalog;

namespace Tillbridge.Benchmarks;

/// <summary>The command <c>decode --lines</c> over all vectors of a protocol, start of the program included.</summary>
internal static class LinesBench
{
    private const int Rounds = 5;

    public static async Task Run()
    {
        foreach (var protocol in ProtocolCatalog.All)
        {
            var file = Path.Combine(DecodeBench.Directory(), protocol.Name, $"{protocol.Name}.jsonl");
            if (!File.Exists(file)) continue;
            var lines = await File.ReadAllTextAsync(file);
            var times = new List<double>();
            for (var round = 0; round < Rounds; round++) times.Add(await Time(protocol.Name, lines));
            var count = lines.Count(letter => letter == '\n');
            Console.WriteLine($"  {protocol.Name}: {Measure.Median(times):F0} ms for {count} lines, start of the program included");
        }
    }

    private static async Task<double> Time(string protocol, string lines)
    {
        var begun = Stopwatch.GetTimestamp();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "Tillbridge.Cli.dll"), "decode", protocol, "--lines"])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.WriteAsync(lines);
        process.StandardInput.Close();
        await output;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"decode ended with {process.ExitCode}.");
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }
}
