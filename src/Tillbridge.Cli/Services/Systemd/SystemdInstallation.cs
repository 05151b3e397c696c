using Tillbridge.Catalog;
using Tillbridge.Cli.Commands;
using Tillbridge.Gateway.Settings;

namespace Tillbridge.Cli.Services.Systemd;

/// <summary>The gateway as a unit of systemd: put in, taken out, looked at.</summary>
internal sealed class SystemdInstallation(ServiceChoice choice, TimeProvider clock)
{
    private static readonly string[] Properties = ["ActiveState", "SubState", "MainPID", "ActiveEnterTimestamp", "UnitFileState"];

    private readonly ProgramCall programs = new(clock);
    private readonly UnitFile unit = new(choice.UnitDirectory, choice.Name);
    private readonly Systemctl systemctl = new(new ProgramCall(clock));

    public async Task<int> Install(CancellationToken stop)
    {
        var plan = Plan();
        if (!unit.IsSeenBySystemd) return WriteOnly(plan);

        RequireRoot("install");
        await systemctl.Require(stop);
        unit.RequireOurs();
        var account = new Account(plan.User, programs);
        if (await account.Make(plan.Data, stop)) Console.WriteLine($"made the user {plan.User}");
        await account.Own(plan.Data, stop);
        if (plan.Logs != Path.Combine(plan.Data, "logs")) await account.Own(plan.Logs, stop);
        await account.Check(plan, stop);

        var before = await systemctl.Show(unit.Name, Properties, stop);
        var wasActive = before?.GetValueOrDefault("ActiveState") is "active" or "activating";
        var change = unit.Write(UnitText.Of(plan));
        Console.WriteLine(Said(change));
        await systemctl.Do(stop, "daemon-reload");
        if (choice.Start) await systemctl.Do(stop, "enable", "--now", unit.Name);
        else await systemctl.Do(stop, "enable", unit.Name);
        Console.WriteLine(choice.Start
            ? $"{unit.Name} runs and starts with the system; tillbridge service status shows how it is doing"
            : $"{unit.Name} starts with the system; start it now with: sudo systemctl start {choice.Name}");
        // Not restarted here: somebody may be paying.
        if (change is UnitChange.Updated && wasActive)
            Console.WriteLine($"it still runs as it was started; when nobody is paying: sudo systemctl restart {choice.Name}");
        return ExitCodes.Ok;
    }

    public async Task<int> Uninstall(CancellationToken stop)
    {
        if (!unit.Exists)
        {
            Console.WriteLine($"{unit.Path} does not exist; there is nothing to take out");
            return ExitCodes.Ok;
        }

        unit.RequireOurs();
        var notes = unit.Notes();
        if (unit.IsSeenBySystemd)
        {
            RequireRoot("uninstall");
            await systemctl.Require(stop);
            await systemctl.Do(stop, "disable", "--now", unit.Name);
        }

        unit.Delete();
        if (unit.IsSeenBySystemd) await systemctl.Do(stop, "daemon-reload");
        Console.WriteLine($"{unit.Path} is taken out");
        Console.WriteLine($"the data stay in {notes.GetValueOrDefault("Data")}, the configuration in {notes.GetValueOrDefault("Config")}");
        return ExitCodes.Ok;
    }

    public async Task<int> Status(CancellationToken stop)
    {
        var notes = unit.Notes();
        var state = new ServiceState { Name = unit.Name, Installed = unit.Exists };
        if (!unit.Exists) return state.Show(choice.Json);

        var config = notes.GetValueOrDefault("Config");
        var settings = config is null ? null : GatewaySettings.Load(config, ProtocolCatalog.ByName, clock).Settings;
        var shown = unit.IsSeenBySystemd ? await systemctl.Show(unit.Name, Properties, stop) : null;
        state = state with
        {
            Active = shown?.GetValueOrDefault("ActiveState"),
            Since = shown is null ? null : SystemdTime.Read(shown.GetValueOrDefault("ActiveEnterTimestamp")),
            AtBoot = shown is null ? null : shown.GetValueOrDefault("UnitFileState") is "enabled",
            Process = long.TryParse(shown?.GetValueOrDefault("MainPID"), out var process) && process > 0 ? process : null,
            Unit = unit.Path,
            Config = config,
            Data = settings?.Data ?? notes.GetValueOrDefault("Data"),
            Logs = settings is null ? notes.GetValueOrDefault("Logs") : settings.LogDirectory ?? Path.Combine(settings.Data, "logs"),
        };
        if (state.Active is not "active") return (state with { Since = null }).Show(choice.Json);
        if ((settings?.Listen ?? UnitFile.ListenOf(notes)) is { } listen && ServiceHealth.AddressOf(listen) is { } address)
            state = state with { Asked = address, Fault = await ServiceHealth.Fault(address, stop) };
        return state.Show(choice.Json);
    }

    private ServicePlan Plan()
    {
        var file = Path.GetFullPath(choice.Config);
        EnvironmentLines.Load(Path.Combine(Path.GetDirectoryName(file)!, $"{choice.Name}.env"));
        return ServicePlan.Of(choice.Name, file, ConfigCommand.Read(file)) with
        {
            User = choice.User, SerialGroup = Account.SerialGroup(),
        };
    }

    private int WriteOnly(ServicePlan plan)
    {
        Console.WriteLine(Said(unit.Write(UnitText.Of(plan))));
        Console.WriteLine("systemd does not look there, so nothing else was done: no user, no start");
        return ExitCodes.Ok;
    }

    private string Said(UnitChange change) => change switch
    {
        UnitChange.Written => $"wrote {unit.Path}",
        UnitChange.Updated => $"updated {unit.Path}",
        _ => $"{unit.Path} is up to date",
    };

    private static void RequireRoot(string what)
    {
        if (Environment.IsPrivilegedProcess) return;
        var elsewhere = what == "install" ? ", or write the unit only, with --unit-dir DIR" : "";
        throw CliException.Usage($"Only root changes services; run: sudo {Environment.ProcessPath} service {what} ...{elsewhere}.");
    }
}
