using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Tillbridge.Laboratory.Processes;

/// <summary>The built program in a process of its own, which can be killed and stopped.</summary>
internal sealed partial class ProgramRun : IAsyncDisposable
{
    private const int Stop = 19;     // SIGSTOP
    private const int Continue = 18; // SIGCONT
    private const string Ready = "listening on ";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(40);

    private readonly Process process;
    private readonly StringBuilder errors = new();

    private ProgramRun(Process process) => this.process = process;

    /// <summary>What it said that it listens on.</summary>
    public string Place { get; private set; } = "";

    /// <summary>What it wrote to standard error.</summary>
    public string Errors
    {
        get { lock (errors) return errors.ToString(); }
    }

    /// <summary>Starts the program and waits until it listens.</summary>
    /// <exception cref="InvalidOperationException">It ended, or did not listen in time.</exception>
    public static async Task<ProgramRun> Begin(string program, IReadOnlyList<string> arguments, TimeProvider clock, CancellationToken stop)
    {
        var run = new ProgramRun(Start(program, arguments));
        run.process.ErrorDataReceived += (_, line) =>
        {
            lock (run.errors) run.errors.AppendLine(line.Data);
        };
        run.process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(StartLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            while (await run.process.StandardOutput.ReadLineAsync(either.Token) is { } line)
            {
                if (!line.StartsWith(Ready, StringComparison.Ordinal)) continue;
                run.Place = line[Ready.Length..];
                return run;
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Said below, with what it wrote.
        }

        await run.DisposeAsync();
        throw new InvalidOperationException($"{string.Join(' ', arguments)} does not listen: {run.Errors}");
    }

    /// <summary>Runs a command of the program to its end.</summary>
    public static async Task<(int ExitCode, string Output)> Finish(string program, CancellationToken stop, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var error = process.StandardError.ReadToEndAsync(stop);
        var output = await process.StandardOutput.ReadToEndAsync(stop) + await error;
        await process.WaitForExitAsync(stop);
        return (process.ExitCode, output);
    }

    /// <summary>SIGKILL; the system has taken the process away when this completes.</summary>
    public async Task Kill()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>The process stands still, its sockets stay.</summary>
    public void Freeze() => Send(process.Id, Stop);

    public void Thaw() => Send(process.Id, Continue);

    public async ValueTask DisposeAsync()
    {
        await Kill();
        process.Dispose();
    }

    private static Process Start(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start.");
    }

    private static void Send(int process, int signal)
    {
        if (Signal(process, signal) != 0) throw new InvalidOperationException($"The signal {signal} did not reach process {process}.");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);
}
