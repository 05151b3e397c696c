using System.Diagnostics;
using System.Text.Json;
using Tillbridge.Protocols;
using Tillbridge.Protocols.Zvt.Apdu;

namespace Tillbridge.Benchmarks;

/// <summary>Decoding the status informations of the vectors, warm: time and memory per message.</summary>
internal static class DecodeBench
{
    private const int Rounds = 15;
    private const int Times = 20_000;
    private const int WarmUp = 100_000;

    public static Task Run()
    {
        var all = Vectors();
        var typical = all.OrderBy(vector => vector.Bytes.Length).ElementAt(all.Count / 2);
        Report($"median of {all.Count} vectors ({typical.Name}, {typical.Bytes.Length} bytes)", typical.Bytes);
        var longest = all.MaxBy(vector => vector.Bytes.Length);
        Report($"the longest ({longest.Name}, {longest.Bytes.Length} bytes)", longest.Bytes);
        return Task.CompletedTask;
    }

    /// <summary>The directory of the vectors, above this program's.</summary>
    public static string Directory()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (System.IO.Directory.Exists(Path.Combine(at.FullName, "vectors"))) return Path.Combine(at.FullName, "vectors");
        }

        throw new DirectoryNotFoundException("There is no vectors directory above this program.");
    }

    private static void Report(string name, byte[] apdu)
    {
        for (var index = 0; index < WarmUp; index++) Decode(apdu);
        var rounds = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var begun = Stopwatch.GetTimestamp();
            for (var index = 0; index < Times; index++) Decode(apdu);
            rounds.Add(Stopwatch.GetElapsedTime(begun).TotalNanoseconds / Times);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = 0; index < Times; index++) Decode(apdu);
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / Times;
        Console.WriteLine($"  {Measure.Median(rounds),8:F0} ns {bytes,6} bytes allocated   {name} (goal: 2000 ns at most)");
    }

    private static void Decode(byte[] apdu)
    {
        if (!ZvtCodec.TryDecode(apdu, Sender.Terminal, ZvtText.Default, out _, out var fault))
            throw new InvalidOperationException(fault.Text);
    }

    private static List<(string Name, byte[] Bytes)> Vectors()
    {
        var found = new List<(string, byte[])>();
        foreach (var line in File.ReadLines(Path.Combine(Directory(), "zvt", "zvt.jsonl")))
        {
            using var vector = JsonDocument.Parse(line);
            var root = vector.RootElement;
            if (!root.TryGetProperty("hex", out var hex) || hex.GetString() is not { } text) continue;
            if (!text.StartsWith("040F", StringComparison.OrdinalIgnoreCase)) continue;
            var bytes = Convert.FromHexString(text);
            if (ZvtCodec.TryDecode(bytes, Sender.Terminal, ZvtText.Default, out _, out _))
                found.Add((root.GetProperty("name").GetString()!, bytes));
        }

        return found;
    }
}
