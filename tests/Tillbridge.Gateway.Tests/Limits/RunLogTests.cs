using Microsoft.Extensions.Logging;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Limits;

public sealed class RunLogTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tillbridge-log-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void An_entry_is_one_line_with_terminal_and_session_also_when_the_text_tries_to_begin_another()
    {
        using (var log = new RunLog(folder, TimeProvider.System))
        {
            var logger = log.CreateLogger("Test");
            using var scope = logger.BeginScope(new Dictionary<string, object?> { ["Terminal"] = "till-1", ["Session"] = "0af" });
            logger.Log(LogLevel.Warning, new EventId(7), "first\r\nsecond", null, (text, _) => text);
        }

        var file = Assert.Single(Directory.GetFiles(folder));
        Assert.Matches(@"tillbridge-\d{8}-\d{6}\.log$", file);
        var line = Assert.Single(File.ReadAllLines(file));
        Assert.EndsWith("Z WARNING 7 Test terminal=till-1 session=0af: first\\r\\nsecond", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_comes_before_the_journal_leaves_the_data_directory_private()
    {
        var data = Path.Combine(folder, "data");
        using var log = new RunLog(Path.Combine(data, "logs"), TimeProvider.System);

        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes of files.");
            return;
        }

        Assert.Equal((Private, Private), (File.GetUnixFileMode(data), File.GetUnixFileMode(Path.Combine(data, "logs"))));
    }

    [Fact]
    public void Only_the_last_twenty_files_stay()
    {
        for (var day = 1; day <= 25; day++)
        {
            var old = Path.Combine(folder, $"tillbridge-202001{day:00}-000000.log");
            File.WriteAllText(old, "x");
            File.SetLastWriteTimeUtc(old, new DateTime(2020, 1, day, 0, 0, 0, DateTimeKind.Utc));
        }

        using (var log = new RunLog(folder, TimeProvider.System))
            log.CreateLogger("Test").Log(LogLevel.Information, 1, "x", null, (text, _) => text);
        var left = Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(20, left.Count);
        Assert.Equal("tillbridge-20200107-000000.log", left[0]);
    }

    [Fact]
    public void A_disk_that_hangs_holds_up_nobody_and_what_is_missing_is_told_in_its_place()
    {
        using var slow = new SlowDisk();
        using (var log = new RunLog(folder, TimeProvider.System, _ => slow, mostWaiting: 10))
        {
            var logger = log.CreateLogger("Test");
            Say(logger, 0);
            slow.UntilAsked();
            // The writer hangs with the first line in its hand; ten wait, the others have no room.
            for (var line = 1; line < 1000; line++) Say(logger, line);
            slow.GoOn();
            slow.UntilHas("989 log lines are missing here");
            Say(logger, 1000);
        }

        var lines = slow.Lines;
        Assert.Equal([.. Enumerable.Range(0, 11).Select(line => $"line {line}"), "989", "line 1000"], lines.Select(Essence));
    }

    [Fact]
    public void Lines_that_a_full_disk_refused_are_counted_and_told_when_it_takes_some_again()
    {
        using var disk = new SlowDisk();
        disk.GoOn();
        using (var log = new RunLog(folder, TimeProvider.System, _ => disk))
        {
            var logger = log.CreateLogger("Test");
            disk.IsFull = true;
            for (var line = 0; line < 3; line++)
            {
                var before = disk.Refused;
                Say(logger, line);
                SpinWait.SpinUntil(() => disk.Refused > before, TimeSpan.FromSeconds(60));
            }

            disk.IsFull = false;
            Say(logger, 3);
        }

        // A refusal is noted a moment after the disk spoke it, so that the three may be told at two places.
        var told = disk.Lines.Select(Essence).ToList();
        Assert.True(told.Remove("line 3"));
        Assert.Equal(3, told.Sum(int.Parse));
    }

    [Fact]
    public void Everything_is_written_at_the_end_in_the_order_of_each_caller()
    {
        using (var log = new RunLog(folder, TimeProvider.System))
        {
            var logger = log.CreateLogger("Test");
            Parallel.For(0, 4, caller =>
            {
                for (var line = 0; line < 1000; line++) logger.Log(LogLevel.Information, 1, $"{caller} {line}", null, (text, _) => text);
            });
        }

        var lines = File.ReadAllLines(Assert.Single(Directory.GetFiles(folder))).Select(line => line[(line.LastIndexOf(": ") + 2)..]);
        var byCaller = lines.GroupBy(line => line[0], line => int.Parse(line[2..]));
        Assert.All(byCaller, caller => Assert.Equal(Enumerable.Range(0, 1000), caller));
        Assert.Equal(4, byCaller.Count());
    }

    private static void Say(ILogger logger, int line) => logger.Log(LogLevel.Information, 1, $"line {line}", null, (text, _) => text);

    private static string Essence(string line)
    {
        var text = line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..];
        return text.Contains("missing", StringComparison.Ordinal) ? text.Split(' ')[0] : text;
    }
}
