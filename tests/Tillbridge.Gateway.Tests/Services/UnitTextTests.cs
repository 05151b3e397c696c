using System.Net;
using Tillbridge.Cli.Services;
using Tillbridge.Cli.Services.Systemd;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Services;

/// <summary>What the unit says, and that systemd itself takes it.</summary>
public sealed class UnitTextTests
{
    private const string Home = "/ho" + "me/anna";

    private static readonly ServicePlan Plan = new()
    {
        Name = "tillbridge", Program = ["/opt/tillbridge/tillbridge"], Config = "/etc/tillbridge/tillbridge.json",
        Data = "/var/lib/tillbridge", Logs = "/var/lib/tillbridge/logs", Listen = new(IPAddress.Loopback, 8190),
        User = "tillbridge", SerialGroup = "dialout",
    };

    [Fact]
    public void A_unit_starts_watches_and_confines_the_gateway()
    {
        var lines = UnitText.Of(Plan).Split('\n');

        Assert.Equal(UnitText.Marker, lines[0]);
        foreach (var line in (string[])
        [
            "Type=notify", "NotifyAccess=main",
            "ExecStart=/opt/tillbridge/tillbridge serve --config /etc/tillbridge/tillbridge.json",
            "EnvironmentFile=-/etc/tillbridge/tillbridge.env", "User=tillbridge", "SupplementaryGroups=dialout", "UMask=0077",
            "StateDirectory=tillbridge-state", "Restart=on-failure", "RestartSec=2", "WatchdogSec=30", "TimeoutStopSec=30",
            "NoNewPrivileges=yes", "ProtectSystem=strict", "ReadWritePaths=/var/lib/tillbridge", "ProtectHome=yes", "PrivateTmp=yes",
            "CapabilityBoundingSet=", "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK", "DevicePolicy=closed",
            "DeviceAllow=char-ttyUSB rw", "DeviceAllow=char-ttyACM rw", "DeviceAllow=char-ttyS rw", "WantedBy=multi-user.target",
        ]) Assert.Contains(line, lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("MemoryDenyWriteExecute=", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("AmbientCapabilities", StringComparison.Ordinal));
    }

    [Fact]
    public void A_low_port_takes_the_one_capability_that_it_needs()
    {
        var lines = UnitText.Of(Plan with { Listen = new(IPAddress.Any, 443) }).Split('\n');

        Assert.Contains("CapabilityBoundingSet=CAP_NET_BIND_SERVICE", lines);
        Assert.Contains("AmbientCapabilities=CAP_NET_BIND_SERVICE", lines);
    }

    [Fact]
    public void Places_in_homes_and_temporary_folders_stay_reachable()
    {
        var lines = UnitText.Of(Plan with { Program = ["/tmp/t/tillbridge"], Data = Home + "/data", Logs = "/srv/logs" }).Split('\n');

        Assert.Contains("ProtectHome=read-only", lines);
        Assert.DoesNotContain("PrivateTmp=yes", lines);
        Assert.Contains($"ReadWritePaths={Home}/data /srv/logs", lines);
    }

    [Theory]
    [InlineData("/opt/a", "/opt/a", "/opt/a")]
    [InlineData("/opt/a b", "\"/opt/a b\"", "\"/opt/a b\"")]
    [InlineData("/opt/50%", "\"/opt/50%%\"", "\"/opt/50%%\"")]
    [InlineData("/opt/$HOME", "\"/opt/$HOME\"", "\"/opt/$$HOME\"")]
    [InlineData("/opt/\"q\\", "\"/opt/\\\"q\\\\\"", "\"/opt/\\\"q\\\\\"")]
    [InlineData("", "\"\"", "\"\"")]
    public void Values_are_quoted_by_the_rules_of_systemd(string value, string word, string argument)
    {
        Assert.Equal(word, Quoting.Word(value));
        Assert.Equal(argument, Quoting.Argument(value));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("with blank, 50% and $money")]
    public async Task Systemd_takes_the_unit_without_a_word(string name)
    {
        const string Verifier = "/usr/bin/systemd-analyze";
        Assert.SkipUnless(File.Exists(Verifier), "systemd-analyze is not on this machine; the text is compared in the other tests.");
        var stop = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("tillbridge-unit").FullName;
        try
        {
            var home = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
            var program = Path.Combine(home, "tillbridge");
            await File.WriteAllTextAsync(program, "#!/bin/sh\n", stop);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            var unit = Path.Combine(folder, "tillbridge.service");
            var text = UnitText.Of(Plan with
            {
                Program = [program], Runtime = home, Config = Path.Combine(home, "tillbridge.json"),
                Data = Path.Combine(home, "data"), Logs = Path.Combine(home, "logs"), Listen = new(IPAddress.Any, 80),
            });
            await File.WriteAllTextAsync(unit, text, stop);

            using var verify = GatewayProcess.Begin([Verifier, "verify", unit], []);
            var output = await verify.StandardOutput.Rest() + await verify.StandardError.Rest();
            await verify.Gone();
            Assert.Equal("", output);
            Assert.Equal(0, verify.ExitCode);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void An_environment_file_is_read_as_far_as_secrets_need_it() => Assert.Equal(
        [("A", "1"), ("B", "two words"), ("C", "x=y"), ("D", "\""), ("E", "")],
        EnvironmentLines.Read(["# why", "A=1", "", "B=\"two words\"", "C='x=y'", "D=\"", "; no", "E=", "nothing"]));
}
