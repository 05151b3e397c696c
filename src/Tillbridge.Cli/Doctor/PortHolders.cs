using System.Globalization;

namespace Tillbridge.Cli.Doctor;

/// <summary>Which programs have a device open, as far as this user may see: its own programs, or all of them for root. Linux.</summary>
internal static class PortHolders
{
    private const int MostProcesses = 20_000;
    private const int MostFiles = 4096;

    /// <summary>The first one that is not this process, for a message such as "minicom (process 123)"; null when none is seen.</summary>
    public static string? Of(string device)
    {
        if (!OperatingSystem.IsLinux()) return null;
        var real = RealPath(device);
        foreach (var process in Entries("/proc", MostProcesses))
        {
            var isProcess = int.TryParse(Path.GetFileName(process), NumberStyles.None, null, out var number);
            if (!isProcess || number == Environment.ProcessId) continue;
            // Seen twice: a program that we start lets go of our files at the moment in which it becomes itself.
            if (Holds(process, real) && !IsCopyOfUs(process) && Holds(process, real))
                return $"{NameOf(process)} (process {number.ToString(CultureInfo.InvariantCulture)})";
        }

        return null;
    }

    private static bool Holds(string process, string device) =>
        Entries(Path.Combine(process, "fd"), MostFiles).Any(file => RealPath(file) == device);

    // A program that we start is a copy of us that has all our files open, for a moment, until it becomes itself.
    private static bool IsCopyOfUs(string process)
    {
        if (RealPath(Path.Combine(process, "exe")) != RealPath("/proc/self/exe")) return false;
        // "123 (name) S parent …"; the name may hold anything.
        var stat = Text(Path.Combine(process, "stat"));
        var parent = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(1);
        return parent == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
    }

    private static string NameOf(string process) => Text(Path.Combine(process, "comm")).Trim() is { Length: > 0 } name ? name : "a program";

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string RealPath(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return path; // It went while we looked, or is not ours to see.
        }
    }

    private static List<string> Entries(string directory, int most)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(directory).Take(most)];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
