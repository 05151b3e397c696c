using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions;

namespace Tillbridge.Benchmarks;

/// <summary>
/// What one approved payment costs the gateway: bytes in the file, records, commits, processor time, allocations. The terminals live in a
/// process of their own, so that only our side is counted.
/// </summary>
internal static class CostBench
{
    /// <summary>The argument by which this program is the terminals.</summary>
    public const string Posts = "posts";

    private const int Payments = 4000;
    private const int WarmUp = 1000;

    private static readonly TerminalRequest Sale = new(RequestKind.Sale) { Amount = Money.Euro(1250), Reference = "2026001234" };

    public static async Task Run()
    {
        foreach (var terminals in (int[])[1, 200])
        {
            var directory = Directory.CreateTempSubdirectory("tillbridge-bench-").FullName;
            try
            {
                await Report(directory, terminals);
            }
            finally
            {
                Directory.Delete(directory, recursive: true);
            }
        }
    }

    /// <summary>Serves as many terminals until standard input ends, and names their ports.</summary>
    public static async Task Serve(int count)
    {
        var posts = Enumerable.Range(0, count).Select(_ => new VirtualPost()).ToArray();
        Console.WriteLine(string.Join(' ', posts.Select(post => post.Port)));
        await Console.In.ReadToEndAsync();
        foreach (var post in posts) await post.DisposeAsync();
    }

    private static async Task Report(string directory, int terminals)
    {
        using var served = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [Posts, $"{terminals}"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
        var ports = (await served.StandardOutput.ReadLineAsync())!.Split(' ');
        var (records, commits, processor, allocated, seconds) = await Pay(directory, ports);
        served.StandardInput.Close();
        await served.WaitForExitAsync();

        // Closing has moved the log into the file.
        double paid = WarmUp + Payments;
        var bytes = new FileInfo(Path.Combine(directory, "journal.db")).Length / paid;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {terminals,3} terminal(s): {bytes:F0} bytes in the file, {records / Payments:F1} records, {commits / Payments:F2} commits, "
            + $"{processor.TotalMicroseconds / Payments:F0} us of processor time, {allocated / Payments / 1024.0:F1} KiB allocated, "
            + $"{Payments / seconds:F0} payments/s"));
    }

    private static async Task<(double Records, double Commits, TimeSpan Processor, long Allocated, double Seconds)> Pay(
        string directory, string[] ports)
    {
        await using var journal = await SqliteJournal.Open(directory, TimeProvider.System, null, default);
        await using var engine = await LocalTerminals.Start(
            journal, ProtocolCatalog.ByName, address => ProtocolCatalog.Transport(address, TimeProvider.System),
            ports.Select((port, index) => new TerminalSettings(
                $"till-{index + 1}", TerminalAddress.TryParse($"zvt+tcp://127.0.0.1:{port}", out _)!)),
            TimeProvider.System, IdSource.Of(TimeProvider.System), NullLoggerFactory.Instance, default);
        await All(engine, ports.Length, WarmUp);
        var (records, commits) = (journal.LastSequence, journal.Commits);
        var (processor, begun) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        var allocated = GC.GetTotalAllocatedBytes();
        await All(engine, ports.Length, Payments);
        return (
            journal.LastSequence - records, journal.Commits - commits, Environment.CpuUsage.TotalTime - processor,
            GC.GetTotalAllocatedBytes() - allocated, Stopwatch.GetElapsedTime(begun).TotalSeconds);
    }

    private static Task All(LocalTerminals engine, int terminals, int payments) => Task.WhenAll(
        Enumerable.Range(1, terminals).Select(async number =>
        {
            for (var index = 0; index < payments / terminals; index++) await PaymentBench.Pay(engine, $"till-{number}", Sale);
        }));
}
