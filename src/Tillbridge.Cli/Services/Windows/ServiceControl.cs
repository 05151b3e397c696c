using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Tillbridge.Cli.Services.Windows;

/// <summary>A service in the manager's database. Never run by us: there was no Windows.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class ServiceControl : IDisposable
{
    private const uint RestartDelayMs = 2000;
    private const uint ForgetFailuresSeconds = 86_400;

    private readonly nint manager;
    private readonly nint service;

    private ServiceControl(nint manager, nint service) => (this.manager, this.service) = (manager, service);

    /// <summary>Registers a service of its own process, started with the system.</summary>
    /// <returns>Null when there is one of that name already.</returns>
    public static ServiceControl? Create(string name, string commandLine, string account)
    {
        var manager = OpenManager(ServiceNative.AllAccess);
        var service = ServiceNative.CreateService(
            manager, name, DisplayName(name), ServiceNative.ServiceAllAccess, ServiceNative.OwnProcess, ServiceNative.AutoStart,
            ServiceNative.ErrorNormal, commandLine, null, 0, null, account, null);
        return service != 0 ? new(manager, service)
            : Marshal.GetLastPInvokeError() == ServiceNative.Exists ? NoneOf(manager)
            : throw Fault("CreateService");
    }

    /// <summary>Opens a service; null when there is none of that name.</summary>
    public static ServiceControl? Open(string name, bool toChange)
    {
        var manager = OpenManager(toChange ? ServiceNative.AllAccess : ServiceNative.MayConnect);
        var service = ServiceNative.OpenService(
            manager, name, toChange ? ServiceNative.ServiceAllAccess : ServiceNative.MayQueryStatus);
        return service != 0 ? new(manager, service)
            : Marshal.GetLastPInvokeError() == ServiceNative.DoesNotExist ? NoneOf(manager)
            : throw Fault("OpenService");
    }

    public void Change(string name, string commandLine, string account)
    {
        var done = ServiceNative.ChangeService(
            service, ServiceNative.OwnProcess, ServiceNative.AutoStart, ServiceNative.ErrorNormal, commandLine, null, 0, null, account,
            null, DisplayName(name));
        if (!done) throw Fault("ChangeServiceConfig");
    }

    /// <summary>Has the manager start it again after every end that was not asked for, also after one with an exit code.</summary>
    public void RestartOnFailure()
    {
        var action = new ServiceNative.FailureAction { Type = ServiceNative.ActionRestart, DelayMs = RestartDelayMs };
        // The last action is taken for all later failures, too.
        var actions = new ServiceNative.FailureActions { ResetSeconds = ForgetFailuresSeconds, Count = 1, Actions = &action };
        if (!ServiceNative.Configure(service, ServiceNative.ConfigFailureActions, &actions)) throw Fault("ChangeServiceConfig2");
        var alsoOnExitCode = 1;
        if (!ServiceNative.Configure(service, ServiceNative.ConfigFailureActionsFlag, &alsoOnExitCode)) throw Fault("ChangeServiceConfig2");
    }

    public void Start()
    {
        if (ServiceNative.StartService(service, 0, 0) || Marshal.GetLastPInvokeError() == ServiceNative.AlreadyRunning) return;
        throw Fault("StartService");
    }

    public void Stop()
    {
        if (ServiceNative.ControlService(service, ServiceNative.ControlStop, out _)) return;
        if (Marshal.GetLastPInvokeError() != ServiceNative.NotActive) throw Fault("ControlService");
    }

    /// <summary>Marks it for deletion; the manager takes it out when it has stopped and nobody holds it open.</summary>
    public void Delete()
    {
        if (!ServiceNative.DeleteService(service)) throw Fault("DeleteService");
    }

    /// <summary>Its state and the number of its process, 0 when it has none.</summary>
    public (uint State, uint Process) Query()
    {
        var size = (uint)sizeof(ServiceNative.ProcessStatus);
        return ServiceNative.QueryStatus(service, ServiceNative.StatusProcess, out var status, size, out _)
            ? (status.Status.State, status.Process)
            : throw Fault("QueryServiceStatusEx");
    }

    public void Dispose()
    {
        ServiceNative.Close(service);
        ServiceNative.Close(manager);
    }

    private static string DisplayName(string name) => name == "tillbridge" ? "Tillbridge" : $"Tillbridge ({name})";

    private static nint OpenManager(uint access)
    {
        var manager = ServiceNative.OpenManager(null, null, access);
        return manager != 0 ? manager : throw Fault("OpenSCManager");
    }

    private static ServiceControl? NoneOf(nint manager)
    {
        ServiceNative.Close(manager);
        return null;
    }

    private static CliException Fault(string function)
    {
        var code = Marshal.GetLastPInvokeError();
        return code == ServiceNative.AccessDenied
            ? CliException.Usage("Only an administrator changes services; run it in a console that was started as administrator.")
            : new CliException(ExitCodes.Failed, $"{function} failed: {new Win32Exception(code).Message} (error {code}).");
    }
}
