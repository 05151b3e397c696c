using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using System.ServiceProcess;
using Microsoft.Win32;
using Tillbridge.Catalog;
using Tillbridge.Cli.Commands;
using Tillbridge.Gateway.Settings;

namespace Tillbridge.Cli.Services.Windows;

/// <summary>The gateway in the service manager of Windows. Never run by us: there was no Windows.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsInstallation
{
    private const string Config = "Config";
    private const string Logs = "Logs";

    public static async Task<int> Install(ServiceChoice choice, CancellationToken stop)
    {
        var file = Path.GetFullPath(choice.Config);
        var plan = ServicePlan.Of(choice.Name, file, ConfigCommand.Read(file));
        // An account of the service's own, which Windows makes by itself and which may do little.
        var account = $@"NT SERVICE\{choice.Name}";
        var control = ControlOf(choice);
        var exists = control.Exists();
        if (exists) RequireOurs(choice.Name);
        await control.Set(exists, CommandLine(plan), account, stop);
        Note(plan);
        Give(plan.Data, account);
        Give(plan.Logs, account);
        if (choice.Start) control.Start();
        Console.WriteLine($"{(exists ? "updated" : "made")} the service {choice.Name}, which runs as {account}");
        return ExitCodes.Ok;
    }

    public static async Task<int> Uninstall(ServiceChoice choice, CancellationToken stop)
    {
        var control = ControlOf(choice);
        if (!control.Exists())
        {
            Console.WriteLine($"There is no service {choice.Name}; there is nothing to take out");
            return ExitCodes.Ok;
        }

        RequireOurs(choice.Name);
        control.Stop();
        await control.Delete(stop);
        Console.WriteLine($"The service {choice.Name} is stopped and taken out; configuration and data stay");
        return ExitCodes.Ok;
    }

    public static async Task<int> Status(ServiceChoice choice, CancellationToken stop)
    {
        var control = ControlOf(choice);
        var state = new ServiceState { Name = choice.Name, Installed = control.Exists() };
        if (!state.Installed) return state.Show(choice.Json);

        var config = Noted(choice.Name, Config);
        var settings = config is null ? null : GatewaySettings.Load(config, ProtocolCatalog.ByName, CommonOptions.Clock).Settings;
        state = state with
        {
            Active = control.Status() switch
            {
                ServiceControllerStatus.Running => "active",
                ServiceControllerStatus.StartPending => "activating",
                ServiceControllerStatus.StopPending => "deactivating",
                _ => "inactive",
            },
            AtBoot = true,
            Config = config,
            Data = settings?.Data,
            Logs = Noted(choice.Name, Logs),
        };
        if (state.IsRunning && settings is not null && ServiceHealth.AddressOf(settings.Listen) is { } address)
            state = state with { Asked = address, Fault = await ServiceHealth.Fault(address, stop) };
        return state.Show(choice.Json);
    }

    /// <summary>Where the log files of an installed service are; null when nothing is noted.</summary>
    public static string? LogsOf(string name) => Noted(name, Logs);

    private static ServiceControl ControlOf(ServiceChoice choice) => new(choice.Name, new ProgramCall(CommonOptions.Clock));

    // Words in quotes: a path of Windows holds none, and a backslash counts only before a quote.
    private static string CommandLine(ServicePlan plan)
    {
        IEnumerable<string> words = [.. plan.Program, "serve", "--config", plan.Config, "--windows-service", plan.Name];
        return string.Join(' ', words.Select(word => $"\"{word}\""));
    }

    private static string Key(string name) => $@"SYSTEM\CurrentControlSet\Services\{name}\Parameters";

    private static string? Noted(string name, string value)
    {
        using var key = Registry.LocalMachine.OpenSubKey(Key(name));
        return key?.GetValue(value) as string;
    }

    private static void Note(ServicePlan plan)
    {
        using var key = Registry.LocalMachine.CreateSubKey(Key(plan.Name));
        key.SetValue(Config, plan.Config);
        key.SetValue(Logs, plan.Logs);
    }

    private static void RequireOurs(string name)
    {
        if (Noted(name, Config) is null)
            throw CliException.Usage($"The service {name} was not made by tillbridge and stays as it is; choose another name with --name.");
    }

    private static void Give(string directory, string account)
    {
        var made = Directory.CreateDirectory(directory);
        var access = made.GetAccessControl();
        access.AddAccessRule(new FileSystemAccessRule(
            new NTAccount(account), FileSystemRights.Modify, InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit,
            PropagationFlags.None, AccessControlType.Allow));
        made.SetAccessControl(access);
    }
}
