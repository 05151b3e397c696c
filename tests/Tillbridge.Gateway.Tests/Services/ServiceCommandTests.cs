using System.Text.Json;
using Tillbridge.Cli.Services.Systemd;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Services;

/// <summary><c>service install</c>, <c>uninstall</c> and <c>status</c>: what systemd is asked, and each failure by its name.</summary>
[Trait("Speed", "Slow")]
public sealed class ServiceCommandTests : ServiceBench
{
    [Fact]
    public async Task Install_makes_the_user_and_the_data_directory_writes_the_unit_and_starts_it()
    {
        RequireRoot();
        Fails("id", "-u", "no such user");

        var (code, output) = await Service("install", "--config", Config);

        Assert.True(code == 0, output);
        Assert.Contains("made the user tillbridge", output, StringComparison.Ordinal);
        var data = Path.Combine(Folder, "data");
        Assert.True(Directory.Exists(data));
        var calls = Calls();
        Assert.Contains(calls, call => call.StartsWith("useradd --system ", StringComparison.Ordinal)
            && call.EndsWith(" tillbridge", StringComparison.Ordinal));
        Assert.Contains($"chown tillbridge: {data}", calls);
        Assert.Contains(calls, call => call.StartsWith("runuser -u tillbridge -- ", StringComparison.Ordinal)
            && call.EndsWith($"config check {Config}", StringComparison.Ordinal));
        Assert.Equal(["systemctl daemon-reload", "systemctl enable --now tillbridge.service"], calls[^2..]);
        Assert.Contains($"serve --config {Config}\n", await File.ReadAllTextAsync(Unit, Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Install_again_says_what_changed_and_restarts_nothing()
    {
        RequireRoot();
        await Service("install", "--config", Config);
        Says("systemctl", "show", "ActiveState=active\n");

        var same = await Service("install", "--config", Config, "--no-start");
        await File.WriteAllTextAsync(Config, """{ "listen": "127.0.0.1:81" }""", Stop);
        Calls();
        var changed = await Service("install", "--config", Config);

        Assert.Contains("is up to date", same.Output, StringComparison.Ordinal);
        Assert.Contains($"updated {Unit}", changed.Output, StringComparison.Ordinal);
        Assert.Contains("sudo systemctl restart tillbridge", changed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Calls(), call => call.Contains("restart", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_start_enables_only()
    {
        RequireRoot();
        var (code, _) = await Service("install", "--config", Config, "--no-start");

        Assert.Equal(0, code);
        Assert.Equal("systemctl enable tillbridge.service", Calls()[^1]);
    }

    [Fact]
    public async Task A_unit_of_somebody_else_is_neither_overwritten_nor_taken_out()
    {
        RequireRoot();
        await File.WriteAllTextAsync(Unit, "[Unit]\nDescription=mine\n", Stop);

        var install = await Service("install", "--config", Config);
        var uninstall = await Service("uninstall");

        OneLine(install, 64, "was not written by tillbridge");
        OneLine(uninstall, 64, "was not written by tillbridge");
        Assert.Equal("[Unit]\nDescription=mine\n", await File.ReadAllTextAsync(Unit, Stop));
        Assert.DoesNotContain(Calls(), call => !call.StartsWith("systemctl show", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_configuration_installs_nothing()
    {
        await File.WriteAllTextAsync(Config, """{ "lissten": "127.0.0.1:9" }""", Stop);

        OneLine(await Service("install", "--config", Config), 64, "lissten");
        Assert.False(File.Exists(Unit));
        Assert.Empty(Calls());
    }

    [Fact]
    public async Task Whoever_is_not_root_is_told_of_sudo_and_of_the_unit_alone()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/setpriv") || !Environment.IsPrivilegedProcess, "setpriv is not on this machine.");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Folder, (UnixFileMode)0b111_101_101);

        var (code, output) = await ServiceOfNobody("install", "--config", Config);

        OneLine((code, output), 64, "sudo ");
        Assert.Contains("--unit-dir DIR", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_system_without_systemd_is_named_before_anything_is_changed()
    {
        RequireRoot();
        Fails("systemctl", "show", "System has not been booted with systemd as init system (PID 1). Can't operate.");

        OneLine(await Service("install", "--config", Config), 3, "systemd does not run here: System has not been booted");
        Assert.False(File.Exists(Unit));
        Assert.Equal(["systemctl show --property=Version"], Calls());
    }

    [Theory]
    [InlineData("systemctl", "enable", "Job for tillbridge.service failed.", 3, "journalctl -n 20 -u tillbridge.service")]
    [InlineData("systemctl", "daemon-reload", "Access denied", 3, "systemctl daemon-reload failed: Access denied.")]
    [InlineData("useradd", "--system", "useradd: cannot lock /etc/passwd", 3, "--user NAME")]
    [InlineData("chown", "tillbridge:", "chown: not permitted", 3, "chown tillbridge: ")]
    [InlineData("runuser", "-u", "FILE cannot be read", 64, "'tillbridge' cannot run the gateway: FILE cannot be read.")]
    public async Task What_fails_is_one_line_with_its_cure(string program, string argument, string why, int exitCode, string says)
    {
        RequireRoot();
        if (program == "useradd") Fails("id", "-u", "no such user");
        Fails(program, argument, why);

        OneLine(await Service("install", "--config", Config), exitCode, says);
    }

    [Fact]
    public async Task Data_of_another_user_are_not_taken_over()
    {
        RequireRoot();
        Directory.CreateDirectory(Path.Combine(Folder, "data"));
        Says("stat", "-c", "anna\n");

        OneLine(await Service("install", "--config", Config), 64, "belongs to 'anna'");
        Assert.DoesNotContain(Calls(), call => call.StartsWith("chown", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Uninstall_stops_disables_and_takes_the_unit_out_and_the_data_stay()
    {
        RequireRoot();
        await Service("install", "--config", Config);
        var kept = Path.Combine(Folder, "data", "journal.db");
        await File.WriteAllTextAsync(kept, "money", Stop);
        Calls();

        var (code, output) = await Service("uninstall");
        var again = await Service("uninstall");

        Assert.True(code == 0, output);
        Assert.Contains(Path.Combine(Folder, "data"), output, StringComparison.Ordinal);
        Assert.Equal(
            ["systemctl show --property=Version", "systemctl disable --now tillbridge.service", "systemctl daemon-reload"], Calls());
        Assert.False(File.Exists(Unit));
        Assert.True(File.Exists(kept));
        Assert.Equal(0, again.ExitCode);
    }

    [Fact]
    public async Task Status_tells_running_from_silent_from_stopped_from_absent()
    {
        RequireRoot();
        var absent = await Service("status");
        (int ExitCode, string Output) running;
        await using (var gateway = await TestGateway.Start())
        {
            await File.WriteAllTextAsync(Config, $$"""{ "listen": "{{gateway.Address.Authority}}" }""", Stop);
            await Service("install", "--config", Config);
            Says("systemctl", "show",
                "ActiveState=active\nMainPID=4711\nActiveEnterTimestamp=Wed 2026-11-25 10:04:04 UTC\nUnitFileState=enabled\n");
            running = await Service("status", "--json");
        }

        var silent = await Service("status");
        Says("systemctl", "show", "ActiveState=failed\nMainPID=0\nActiveEnterTimestamp=\nUnitFileState=disabled\n");
        var stopped = await Service("status");

        Assert.Equal((3, 0, 1, 2), (absent.ExitCode, running.ExitCode, silent.ExitCode, stopped.ExitCode));
        var state = JsonDocument.Parse(running.Output).RootElement;
        Assert.Equal("2026-11-25T10:04:04Z", state.GetProperty("since").GetString());
        Assert.Equal("ok", state.GetProperty("health").GetString());
        Assert.Equal(Path.Combine(Folder, "data"), state.GetProperty("data").GetString());
        Assert.Contains("Connection refused", silent.Output, StringComparison.Ordinal);
        Assert.Contains("failed, does not start with the system", stopped.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Systemd_times_are_read_or_absent()
    {
        Assert.Equal(new DateTimeOffset(2026, 11, 25, 10, 4, 4, TimeSpan.Zero), SystemdTime.Read("Wed 2026-11-25 10:04:04 UTC"));
        Assert.Null(SystemdTime.Read(""));
        Assert.Null(SystemdTime.Read("n/a"));
    }

    private static void OneLine((int ExitCode, string Output) answer, int exitCode, string says)
    {
        Assert.True(answer.ExitCode == exitCode, $"{answer.ExitCode}: {answer.Output}");
        var error = Assert.Single(answer.Output.Trim().Split('\n'), line => line.StartsWith("tillbridge: ", StringComparison.Ordinal));
        Assert.Contains(says, error, StringComparison.Ordinal);
    }
}
