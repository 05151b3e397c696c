using Microsoft.Extensions.Logging;

namespace Tillbridge.Gateway.Tests;

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
        Assert.EndsWith("Z WARNING 7 Test terminal=till-1 session=0af: first  second", line, StringComparison.Ordinal);
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
}
