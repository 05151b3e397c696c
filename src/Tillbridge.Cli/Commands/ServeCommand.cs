using System.CommandLine;
using Tillbridge.Catalog;
using Tillbridge.Cli.Services.Systemd;
using Tillbridge.Cli.Services.Windows;
using Tillbridge.Domain;
using Tillbridge.Gateway;
using Tillbridge.Gateway.Settings;
using Tillbridge.Journal;

namespace Tillbridge.Cli.Commands;

/// <summary>The gateway in the foreground, or as the system's service.</summary>
internal static class ServeCommand
{
    private static readonly Option<string> Config = CommonOptions.Config();

    // Written into the service's command line by `service install`; nobody types it.
    private static readonly Option<string?> WindowsName = new("--windows-service") { Hidden = true };

    public static Command Build()
    {
        var command = new Command("serve", "Run the gateway: API, page and events, for the terminals of the configuration.")
        {
            Config, WindowsName,
        };
        command.SetAction(Run);
        return command;
    }

    /// <summary>Starts a gateway, and says in one line what keeps it from starting.</summary>
    public static async Task<GatewayHost> Start(GatewaySettings settings, GatewayParts parts)
    {
        try
        {
            return await GatewayHost.Start(settings, parts);
        }
        catch (JournalException failure)
        {
            throw new CliException(ExitCodes.Failed, failure.Message, failure);
        }
        catch (Exception wrong) when (wrong is ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Usage, $"The gateway cannot start: {wrong.Message}", wrong);
        }
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken stop)
    {
        var config = parsed.GetRequiredValue(Config);
        if (parsed.GetValue(WindowsName) is { } name) return await RunForWindows(name, config, stop);
        using var systemd = SystemdOverseer.FromEnvironment(CommonOptions.Clock);
        return await Serve(config, systemd, stop);
    }

    private static async Task<int> Serve(string config, SystemdOverseer? systemd, CancellationToken stop)
    {
        var settings = ConfigCommand.Read(config);
        var clock = CommonOptions.Clock;
        var parts = new GatewayParts(ProtocolCatalog.ByName, clock, IdSource.Of(clock))
        {
            LinesForSystemd = SystemdOverseer.ReadsStandardError(),
        };
        await using var host = await Start(settings, parts);
        if (host.CallbackAddress is { } face) Console.WriteLine($"zvt callback face on {face}");
        Console.WriteLine($"listening on {host.Address}");
        systemd?.Ready(host);
        // Before the requests that still run are waited for.
        using var told = stop.Register(() => systemd?.Stopping());
        await host.WaitForStop(stop);
        systemd?.Stopping();
        if (systemd is not null) await systemd.LetGo();
        return ExitCodes.Ok;
    }

    private static async Task<int> RunForWindows(string name, string config, CancellationToken stop)
    {
        if (!OperatingSystem.IsWindows()) throw CliException.Usage("--windows-service is for the service manager of Windows.");
        // A service has no console; what cannot be started must be told somewhere.
        if (WindowsInstallation.LogsOf(name) is { } logs)
        {
            PrivateFile.MakeDirectory(logs);
            var errors = PrivateFile.Text(Path.Combine(logs, "service-errors.txt"), FileMode.Append);
            errors.AutoFlush = true;
            Console.SetError(errors);
        }

        return await WindowsLifetime.Run(name, asked => Serve(config, systemd: null, asked), stop);
    }
}
