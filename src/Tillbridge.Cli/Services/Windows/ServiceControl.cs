using System.ComponentModel;
using System.Runtime.Versioning;
using System.ServiceProcess;

namespace Tillbridge.Cli.Services.Windows;

/// <summary>
/// Services in the manager's database: made and changed by Windows' own program sc.exe, asked and stopped by the platform's
/// package. Never run by us: there was no Windows.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class ServiceControl(string name, ProgramCall programs)
{
    private const string Program = "sc.exe";
    private const string RestartDelayMs = "2000";
    private const string ForgetFailuresSeconds = "86400";
    private const int AccessDenied = 5;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    public bool Exists()
    {
        var all = ServiceController.GetServices();
        var exists = all.Any(service => string.Equals(service.ServiceName, name, StringComparison.OrdinalIgnoreCase));
        foreach (var service in all) service.Dispose();
        return exists;
    }

    /// <summary>A service of its own process, started with the system, and again after every end that was not asked for.</summary>
    public async Task Set(bool exists, string commandLine, string account, CancellationToken stop)
    {
        // Its options end with '=', and what they take is a word of its own.
        await Do(stop, exists ? "config" : "create", name, "binPath=", commandLine, "start=", "auto", "obj=", account,
            "DisplayName=", name == "tillbridge" ? "Tillbridge" : $"Tillbridge ({name})");
        await Do(stop, "failure", name, "reset=", ForgetFailuresSeconds, "actions=", $"restart/{RestartDelayMs}");
        await Do(stop, "failureflag", name, "1"); // Also after an end with an exit code.
    }

    /// <summary>Marks it for deletion; the manager takes it out when it has stopped and nobody holds it open.</summary>
    public Task Delete(CancellationToken stop) => Do(stop, "delete", name);

    public void Start() => Ask(static service =>
    {
        if (service.Status is ServiceControllerStatus.Stopped) service.Start();
    });

    public void Stop() => Ask(static service =>
    {
        if (service.Status is ServiceControllerStatus.Stopped) return;
        if (service.CanStop) service.Stop();
        service.WaitForStatus(ServiceControllerStatus.Stopped, StopLimit);
    });

    public ServiceControllerStatus Status()
    {
        using var service = new ServiceController(name);
        return service.Status;
    }

    private void Ask(Action<ServiceController> question)
    {
        using var service = new ServiceController(name);
        try
        {
            question(service);
        }
        catch (InvalidOperationException refused) when (refused.InnerException is Win32Exception { NativeErrorCode: var code } why)
        {
            if (code == AccessDenied) throw OnlyAdministrators();
            throw new CliException(ExitCodes.Failed, $"{refused.Message} {why.Message}", refused);
        }
        catch (System.ServiceProcess.TimeoutException late)
        {
            throw new CliException(ExitCodes.Failed, $"The service {name} did not stop within {StopLimit.TotalSeconds:0} s.", late);
        }
    }

    private async Task Do(CancellationToken stop, params string[] arguments)
    {
        var answer = await programs.Run(Program, arguments, stop)
            ?? throw new CliException(ExitCodes.Failed, $"There is no program {Program}.");
        if (answer.ExitCode == AccessDenied) throw OnlyAdministrators();
        if (answer.ExitCode == 0) return;
        // It complains on standard output.
        throw new CliException(ExitCodes.Failed, $"{Program} {arguments[0]} {name} failed: {answer.Output.ReplaceLineEndings(" ").Trim()}");
    }

    private static CliException OnlyAdministrators() =>
        CliException.Usage("Only an administrator changes services; run it in a console that was started as administrator.");
}
