using Tillbridge.Gateway;

namespace Tillbridge.Cli.Services.Systemd;

/// <summary>systemd as the one that started us, for a unit of Type=notify: readiness, stop and watchdog.</summary>
internal sealed class SystemdOverseer : IDisposable
{
    private readonly NotifySocket socket;
    private readonly TimeSpan? period;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource stopping = new();
    private Task watching = Task.CompletedTask;

    private SystemdOverseer(NotifySocket socket, TimeSpan? period, TimeProvider clock) =>
        (this.socket, this.period, this.clock) = (socket, period, clock);

    /// <summary>What the environment says; null when systemd did not start us.</summary>
    public static SystemdOverseer? FromEnvironment(TimeProvider clock)
    {
        if (NotifySocket.Of(Environment.GetEnvironmentVariable("NOTIFY_SOCKET")) is not { } socket) return null;
        var period = Watchdog.PeriodOf(
            Environment.GetEnvironmentVariable("WATCHDOG_USEC"), Environment.GetEnvironmentVariable("WATCHDOG_PID"),
            Environment.ProcessId);
        return new SystemdOverseer(socket, period, clock);
    }

    /// <summary>
    /// True when standard error is the very stream that systemd connected to its journal. The variable alone says little: every
    /// shell of a desktop inherits it.
    /// </summary>
    public static bool ReadsStandardError()
    {
        const string File = "/proc/self/fd/2";
        if (Environment.GetEnvironmentVariable("JOURNAL_STREAM")?.Split(':') is not [_, { Length: > 0 } inode]) return false;
        try
        {
            // socket:[4711]
            return new FileInfo(File).LinkTarget?.EndsWith($":[{inode}]", StringComparison.Ordinal) is true;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The gateway listens and has its journal open.</summary>
    public void Ready(GatewayHost host)
    {
        socket.Tell("READY=1", $"STATUS=Listening on {host.Address}");
        if (period is not { } limit) return;
        watching = new Watchdog(limit, host.Answers, () => socket.Tell("WATCHDOG=1"), clock).Run(stopping.Token);
    }

    /// <summary>The gateway was asked to end. May be told more than once.</summary>
    public void Stopping()
    {
        if (stopping.IsCancellationRequested) return;
        stopping.Cancel();
        socket.Tell("STOPPING=1", "STATUS=Stopping; open sessions are in the journal");
    }

    /// <summary>Completes when systemd has no question to the gateway any more; it may be taken apart then.</summary>
    public Task LetGo() => watching;

    public void Dispose()
    {
        stopping.Dispose();
        socket.Dispose();
    }
}
