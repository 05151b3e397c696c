using System.CommandLine;
using Tillbridge.Cli.Services;
using Tillbridge.Cli.Services.Systemd;
using Tillbridge.Cli.Services.Windows;

namespace Tillbridge.Cli.Commands;

/// <summary>The gateway as a service of the operating system.</summary>
internal static class ServiceCommand
{
    private const int MostNameCharacters = 64;

    private static readonly Option<string> Config = CommonOptions.Config();

    private static readonly Option<string> Name = new("--name")
    {
        Description = "Name of the service", DefaultValueFactory = _ => "tillbridge",
    };

    private static readonly Option<string> User = new("--user")
    {
        Description = "Linux: user of the service, made when there is none", DefaultValueFactory = _ => "tillbridge",
    };

    private static readonly Option<string> UnitDirectory = new("--unit-dir")
    {
        Description = "Linux: directory of the unit; one where systemd does not look gets the file and nothing else is done",
        DefaultValueFactory = _ => UnitFile.DefaultDirectory,
    };

    private static readonly Option<bool> NoStart = new("--no-start") { Description = "Install, but do not start now" };

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object" };

    public static Command Build()
    {
        var install = new Command("install", "Examine the configuration, register the service and start it. Again: bring it up to date.")
        {
            Config, User, UnitDirectory, NoStart, Name,
        };
        install.SetAction((parsed, stop) => Install(Choose(parsed, withConfig: true), stop));
        var uninstall = new Command("uninstall", "Stop the service and take it out. Configuration and data stay.") { UnitDirectory, Name };
        uninstall.SetAction((parsed, stop) => Uninstall(Choose(parsed), stop));
        var status = new Command(
            "status",
            "How the service is doing. Exit codes: 0 runs and answers, 1 runs and does not answer well, 2 installed and not running "
            + "(or nobody can tell), 3 not installed.")
        {
            UnitDirectory, Name, Json,
        };
        status.SetAction((parsed, stop) => Status(Choose(parsed), stop));
        return new Command("service", "The gateway as a service of systemd or Windows.") { install, uninstall, status };
    }

    private static Task<int> Install(ServiceChoice choice, CancellationToken stop)
    {
        if (OperatingSystem.IsWindows()) return WindowsInstallation.Install(choice, stop);
        return OnLinux(choice).Install(stop);
    }

    private static Task<int> Uninstall(ServiceChoice choice, CancellationToken stop)
    {
        if (OperatingSystem.IsWindows()) return WindowsInstallation.Uninstall(choice, stop);
        return OnLinux(choice).Uninstall(stop);
    }

    private static Task<int> Status(ServiceChoice choice, CancellationToken stop)
    {
        if (OperatingSystem.IsWindows()) return WindowsInstallation.Status(choice, stop);
        return OnLinux(choice).Status(stop);
    }

    private static SystemdInstallation OnLinux(ServiceChoice choice) => OperatingSystem.IsLinux()
        ? new SystemdInstallation(choice, CommonOptions.Clock)
        : throw CliException.Usage(
            "Services are made for systemd and for Windows; here, start `tillbridge serve` by the system's own means.");

    private static ServiceChoice Choose(ParseResult parsed, bool withConfig = false)
    {
        var name = parsed.GetRequiredValue(Name);
        if (name.EndsWith(".service", StringComparison.Ordinal)) name = name[..^".service".Length];
        if (!IsName(name)) throw CliException.Usage($"--name takes 1 to {MostNameCharacters} letters, digits, '-' and '_', not '{name}'.");
        if (!withConfig)
            return new(name, UnitDirectory: parsed.GetValue(UnitDirectory) ?? "", Json: parsed.GetValue(Json));
        var user = parsed.GetRequiredValue(User);
        if (!IsName(user)) throw CliException.Usage($"--user takes the name of a user, not '{user}'.");
        return new(name, parsed.GetRequiredValue(Config), user, parsed.GetRequiredValue(UnitDirectory), !parsed.GetValue(NoStart));
    }

    // What fits into a unit's name, a user's name and a key of the registry alike, and is never taken for an option.
    private static bool IsName(string name) => name.Length is > 0 and <= MostNameCharacters && name[0] != '-'
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');
}
