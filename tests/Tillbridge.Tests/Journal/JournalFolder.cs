using System.Diagnostics;
using Tillbridge.Journal;
using Tillbridge.Journal.Sqlite;

namespace Tillbridge.Tests.Journal;

/// <summary>A data directory of one test; gone afterwards.</summary>
internal sealed class JournalFolder : IDisposable
{
    private bool isMounted;

    public string Root { get; } = Directory.CreateTempSubdirectory("tillbridge-journal-").FullName;

    public string Data => Path.Combine(Root, "data");

    public string File => Path.Combine(Data, JournalDirectory.FileName);

    /// <summary>Changes the file behind the journal's back.</summary>
    public void Tamper(string sql)
    {
        using var connection = SqliteConnection.Open(File, SqliteAccess.ReadWrite);
        connection.Execute(sql);
    }

    /// <summary>Mounts a small disk under the data directory, or skips the test with the reason.</summary>
    public void Mount(string options)
    {
        Directory.CreateDirectory(Data);
        var said = Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", Data);
        Assert.SkipWhen(said is not null, $"This test needs to mount a small disk: {said}");
        isMounted = true;
    }

    public void Remount(string options) => Assert.Null(Run("mount", "-o", $"remount,{options}", Data));

    public void Dispose()
    {
        if (isMounted) Run("umount", Data);
        Directory.Delete(Root, recursive: true);
    }

    /// <summary>Runs a program; null when it succeeded, else what it said.</summary>
    private static string? Run(string program, params string[] arguments)
    {
        if (!OperatingSystem.IsLinux()) return "only on Linux";
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : said.Trim();
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return error.Message;
        }
    }
}
