using System.Diagnostics;

namespace Tillbridge.Tests.Architecture;

/// <summary>The working tree that these tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] NeverOurs =
        [".git", ".dotnet", ".vs", ".idea", "bin", "obj", "artifacts", "tillbridge-data", "TestResults", "BenchmarkDotNet.Artifacts"];

    public static string Root { get; } = FindRoot();

    /// <summary>Every file that is or could be committed, relative to the root, with forward slashes.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. (AskGit() ?? Walk()).Order(StringComparer.Ordinal)];

    public static string Read(string file) => File.ReadAllText(PathOf(file));

    public static string PathOf(string file) => Path.Combine(Root, file);

    private static string FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Tillbridge.slnx"))) return at.FullName;
        }

        throw new InvalidOperationException("Run the tests out of a working tree: no Tillbridge.slnx above the test program.");
    }

    // Null without git, or where git does not trust the folder's owner.
    private static List<string>? AskGit()
    {
        var ask = new ProcessStartInfo("git", ["-C", Root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var git = Process.Start(ask)!;
            var answer = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            if (git.ExitCode != 0) return null;
            return [.. answer.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(file => File.Exists(PathOf(file)))];
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // There is no git here.
        }
    }

    private static List<string> Walk()
    {
        var found = new List<string>();
        var open = new Stack<string>([Root]);
        while (open.TryPop(out var folder))
        {
            found.AddRange(Directory.EnumerateFiles(folder).Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/')));
            foreach (var inner in Directory.EnumerateDirectories(folder))
            {
                if (!NeverOurs.Contains(Path.GetFileName(inner))) open.Push(inner);
            }
        }

        return found;
    }
}
