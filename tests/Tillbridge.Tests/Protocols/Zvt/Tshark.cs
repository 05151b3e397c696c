using System.Diagnostics;

namespace Tillbridge.Tests.Protocols.Zvt;

/// <summary>Asks tshark's own ZVT dissector about a capture. Nothing of it is ours.</summary>
internal static class Tshark
{
    public const string WhySkipped = "tshark is not installed; ./test installs it, or: apt-get install tshark.";

    private const char Separator = '\t';
    private const char Aggregator = '|';
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(directory => File.Exists(Path.Combine(directory, "tshark")) || File.Exists(Path.Combine(directory, "tshark.exe")));

    /// <summary>Per frame that holds application data, the values of each asked field in order.</summary>
    public static Task<IReadOnlyList<TsharkFrame>> Read(byte[] capture, IReadOnlyList<string> fields, CancellationToken stop) =>
        Read(capture, ["-d", $"tcp.port=={Pcap.TerminalPort},zvt", "-Y", "tcp.len > 0"], fields, stop);

    /// <summary>The same of a capture whose packets are what passed a serial line, see <see cref="Pcap.WriteSerial"/>.</summary>
    public static Task<IReadOnlyList<TsharkFrame>> ReadSerial(byte[] capture, IReadOnlyList<string> fields, CancellationToken stop) =>
        Read(capture, ["-o", "uat:user_dlts:\"User 0 (DLT=147)\",\"zvt\",\"0\",\"\",\"0\",\"\""], fields, stop);

    private static async Task<IReadOnlyList<TsharkFrame>> Read(
        byte[] capture, IReadOnlyList<string> how, IReadOnlyList<string> fields, CancellationToken stop)
    {
        List<string> arguments =
        [
            .. how, "-T", "fields",
            "-E", "separator=/t", "-E", "occurrence=a", "-E", $"aggregator={Aggregator}",
        ];
        foreach (var field in fields) arguments.AddRange(["-e", field]);
        var output = await Run(capture, arguments, stop);
        var frames = new List<TsharkFrame>();
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var values = line.Split(Separator);
            Assert.Equal(fields.Count, values.Length);
            frames.Add(new(fields.Zip(values).ToDictionary(
                pair => pair.First, pair => (IReadOnlyList<string>)(pair.Second.Length == 0 ? [] : pair.Second.Split(Aggregator)))));
        }

        return frames;
    }

    private static async Task<string> Run(byte[] capture, IEnumerable<string> arguments, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Limit);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, capture, limit.Token);
            var start = new ProcessStartInfo("tshark") { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var argument in (string[])["-r", file, "-n", .. arguments])
                start.ArgumentList.Add(argument);
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, await errors);
            return output;
        }
        finally
        {
            File.Delete(file);
        }
    }
}

/// <summary>What tshark says about one frame.</summary>
internal sealed record TsharkFrame(IReadOnlyDictionary<string, IReadOnlyList<string>> Values)
{
    public IReadOnlyList<string> this[string field] => Values[field];
}
