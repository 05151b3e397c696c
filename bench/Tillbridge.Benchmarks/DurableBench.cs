using System.Diagnostics;
using System.Runtime.InteropServices;
using Tillbridge.Journal;

namespace Tillbridge.Benchmarks;

/// <summary>
/// Payments per second whose intent and result are durable, over loopback terminals, against what the disk itself gives:
/// writes of 4 KiB with fdatasync, one after another, in the same directory and by turns.
/// </summary>
internal static partial class DurableBench
{
    private const int Rounds = 5;
    private const int PaymentsPerTerminal = 40;
    private const int Syncs = 200;

    public static async Task Run()
    {
        var directory = Directory.CreateTempSubdirectory("tillbridge-bench-").FullName;
        try
        {
            foreach (var terminals in (int[])[1, 8]) await Report(Path.Combine(directory, $"{terminals}"), terminals);
            await ReportLongDay(Path.Combine(directory, "day"));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task Report(string directory, int terminals)
    {
        await using var journal = await SqliteJournal.Open(directory, TimeProvider.System, null, default);
        var posts = Enumerable.Range(0, terminals).Select(_ => new VirtualPost()).ToArray();
        await using var engine = await PaymentBench.EngineOf(journal, posts);
        Task PayAll(int times) => Task.WhenAll(Enumerable.Range(1, terminals).Select(async number =>
        {
            for (var index = 0; index < times; index++) await PaymentBench.Pay(engine, $"till-{number}");
        }));
        await PayAll(PaymentsPerTerminal);

        var (sessions, syncs, commits, records) = (new List<double>(), new List<double>(), journal.Commits, journal.LastSequence);
        for (var round = 0; round < Rounds; round++)
        {
            syncs.Add(SyncsPerSecond(directory));
            var begun = Stopwatch.GetTimestamp();
            await PayAll(PaymentsPerTerminal);
            sessions.Add(terminals * PaymentsPerTerminal / Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }

        double paid = Rounds * terminals * PaymentsPerTerminal;
        var (perSecond, disk) = (Measure.Median(sessions), Measure.Median(syncs));
        Console.WriteLine(
            $"  {terminals} terminal(s): {perSecond,6:F0} payments/s ({2 * perSecond:F0} intents and results/s); "
            + $"the disk gives {disk:F0} syncs/s; "
            + $"{(journal.LastSequence - records) / paid:F1} records in {(journal.Commits - commits) / paid:F1} commits per payment; "
            + $"{2 * perSecond / disk:P0} of the disk's rate, commits {perSecond * (journal.Commits - commits) / paid / disk:P0}");
        foreach (var post in posts) await post.DisposeAsync();
    }

    // Does a payment cost more when the terminal's open period is long?
    private static async Task ReportLongDay(string directory)
    {
        const int Day = 1500;
        const int Sample = 100;
        await using var journal = await SqliteJournal.Open(directory, TimeProvider.System, null, default);
        await using var post = new VirtualPost();
        await using var engine = await PaymentBench.EngineOf(journal, post);
        var times = new List<double>();
        for (var index = 0; index < Day; index++)
        {
            var begun = Stopwatch.GetTimestamp();
            await PaymentBench.Pay(engine, "till-1");
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMicroseconds);
        }

        Console.WriteLine(
            $"  a long day: payments 101-200 take {Measure.Median(times.Skip(Sample).Take(Sample)):F0} us each, "
            + $"payments {Day - Sample + 1}-{Day} {Measure.Median(times.TakeLast(Sample)):F0} us, without a close between");
    }

    private static double SyncsPerSecond(string directory)
    {
        var path = Path.Combine(directory, "disk-rate");
        var page = new byte[4096];
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        var begun = Stopwatch.GetTimestamp();
        for (var index = 0; index < Syncs; index++)
        {
            RandomAccess.Write(file, page, (long)index * page.Length);
            if (!OperatingSystem.IsLinux()) RandomAccess.FlushToDisk(file);
            else if (SyncData(file.DangerousGetHandle().ToInt32()) != 0) throw new IOException("fdatasync failed.");
        }

        return Syncs / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int SyncData(int file);
}
