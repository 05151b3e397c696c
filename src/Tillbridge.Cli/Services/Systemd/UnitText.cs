using System.Text;

namespace Tillbridge.Cli.Services.Systemd;

/// <summary>The text of our unit: how systemd starts, watches and confines the gateway.</summary>
internal static class UnitText
{
    /// <summary>The first line; a unit without it is somebody else's and stays as it is.</summary>
    public const string Marker = "# Written by `tillbridge service install`, which replaces it; changes belong into `systemctl edit`.";

    // Ports below are the superuser's, or of whom holds the one capability.
    private const int FirstFreePort = 1024;

    private static readonly string[] Homes = ["/home", "/root", "/run/user"];
    private static readonly string[] TemporaryPlaces = ["/tmp", "/var/tmp"];

    // ttyAMA is the built-in port of small ARM machines, the others are USB adapters and PC ports.
    private static readonly string[] SerialPorts = ["ttyUSB", "ttyACM", "ttyS", "ttyAMA"];

    /// <summary>The unit for a plan.</summary>
    public static string Of(ServicePlan plan)
    {
        var unit = new StringBuilder();
        void Line(string text) => unit.Append(text).Append('\n');

        Line(Marker);
        Line("[Unit]");
        Line("Description=Tillbridge, gateway between tills and card terminals");
        Line("Wants=network-online.target");
        Line("After=network-online.target");
        Line("# A cause that goes away by itself, such as an address that is not there yet, must not need a person.");
        Line("StartLimitIntervalSec=0");
        Line("");
        Line("[Service]");
        Line("Type=notify");
        Line("NotifyAccess=main");
        Line($"ExecStart={Command(plan)}");
        if (plan.Runtime is not null) Line($"Environment={Quoting.Word($"DOTNET_ROOT={plan.Runtime}")}");
        Line($"EnvironmentFile=-{Quoting.Plain(plan.EnvironmentFile)}");
        Line($"User={plan.User}");
        if (plan.SerialGroup is not null) Line($"SupplementaryGroups={plan.SerialGroup}");
        Line("UMask=0077");
        Line("# Which journal is expected in the data directory is kept outside of it; the configuration's place is read-only here.");
        Line($"StateDirectory={plan.Name}-state");
        Line("StateDirectoryMode=0700");
        Line("Restart=on-failure");
        Line("RestartSec=2");
        Line("WatchdogSec=30");
        Line("TimeoutStopSec=30");
        Line("");
        Confine(plan, Line);
        Line("");
        Line("[Install]");
        Line("WantedBy=multi-user.target");
        Line("");
        Line("# For `tillbridge service status`; systemd reads no section that begins with X-.");
        Line($"[{UnitFile.OwnSection}]");
        Line($"Config={plan.Config}");
        Line($"Data={plan.Data}");
        Line($"Logs={plan.Logs}");
        Line($"Listen={plan.Listen}");
        return unit.ToString();
    }

    private static string Command(ServicePlan plan)
    {
        IEnumerable<string> words =
        [
            Quoting.Word(plan.Program[0]), .. plan.Program.Skip(1).Select(Quoting.Argument),
            "serve", "--config", Quoting.Argument(plan.Config),
        ];
        return string.Join(' ', words);
    }

    private static void Confine(ServicePlan plan, Action<string> line)
    {
        var writable = new[] { plan.Data, plan.Logs }.Where((place, index) => index == 0 || !IsUnder(place, plan.Data));
        var needsPort = plan.Listen.Port is > 0 and < FirstFreePort;
        var capability = needsPort ? "CAP_NET_BIND_SERVICE" : "";
        line("# No MemoryDenyWriteExecute: .NET compiles at run time.");
        line("NoNewPrivileges=yes");
        line("ProtectSystem=strict");
        line($"ReadWritePaths={string.Join(' ', writable.Select(Quoting.Word))}");
        line(plan.Places.Any(place => Homes.Any(home => IsUnder(place, home))) ? "ProtectHome=read-only" : "ProtectHome=yes");
        if (!plan.Places.Any(place => TemporaryPlaces.Any(temporary => IsUnder(place, temporary)))) line("PrivateTmp=yes");
        line("ProtectKernelTunables=yes");
        line("ProtectKernelModules=yes");
        line("ProtectKernelLogs=yes");
        line("ProtectControlGroups=yes");
        line("ProtectClock=yes");
        line("ProtectHostname=yes");
        line("RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK");
        line("RestrictNamespaces=yes");
        line("RestrictRealtime=yes");
        line("RestrictSUIDSGID=yes");
        line("LockPersonality=yes");
        line("RemoveIPC=yes");
        line("SystemCallArchitectures=native");
        line($"CapabilityBoundingSet={capability}");
        if (needsPort) line($"AmbientCapabilities={capability}");
        line("DevicePolicy=closed");
        foreach (var port in SerialPorts) line($"DeviceAllow=char-{port} rw");
    }

    private static bool IsUnder(string place, string directory) =>
        place == directory || place.StartsWith(directory.TrimEnd('/') + '/', StringComparison.Ordinal);
}
