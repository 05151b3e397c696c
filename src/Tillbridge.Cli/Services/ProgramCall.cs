using System.ComponentModel;
using System.Diagnostics;

namespace Tillbridge.Cli.Services;

/// <summary>What a program of the system answered.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
internal sealed record ProgramAnswer(int ExitCode, string Output, string Errors)
{
    /// <summary>What it complained of, in one sentence.</summary>
    public string Why
    {
        get
        {
            var lines = Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return lines.Length == 0 ? $"it ended with {ExitCode}." : string.Join(' ', lines).TrimEnd('.') + ".";
        }
    }
}

/// <summary>Runs programs of the system, which are searched in PATH alone: never where the user happens to stand.</summary>
internal sealed class ProgramCall(TimeProvider clock)
{
    // systemctl waits for the service's start, to which systemd gives 90 s.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    // Where the administrator's programs are, which a user's PATH may leave out.
    private static readonly string[] MoreFolders = ["/usr/sbin", "/sbin"];

    /// <summary>Runs a program to its end; null when there is none of that name.</summary>
    /// <exception cref="CliException">It did not come to its end in time.</exception>
    public async Task<ProgramAnswer?> Run(string name, IEnumerable<string> arguments, CancellationToken stop)
    {
        if (Find(name) is not { } path) return null;
        var start = new ProcessStartInfo(path)
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        // Answers are read by us: plain, and with times that need no table of zones.
        (start.Environment["LC_ALL"], start.Environment["TZ"]) = ("C", "UTC");
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var limit = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            using var end = either.Token.Register(() => Kill(process));
            var errors = process.StandardError.ReadToEndAsync(either.Token);
            var output = await process.StandardOutput.ReadToEndAsync(either.Token);
            await process.WaitForExitAsync(either.Token);
            return new ProgramAnswer(process.ExitCode, output, await errors);
        }
        catch (Win32Exception wrong)
        {
            throw new CliException(ExitCodes.Failed, $"{path} does not start: {wrong.Message}.", wrong);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new CliException(ExitCodes.Failed, $"{name} was not done within {Limit.TotalMinutes:0} minutes and was ended.");
        }
    }

    private static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(MoreFolders)
            .Where(Path.IsPathRooted).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It ended at the same moment.
        }
    }
}
