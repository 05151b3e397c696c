using System.Diagnostics;
using System.Text.Json;
using Tillbridge.Gateway.Tests.Doctor;
using Tillbridge.Gateway.Tests.Support;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Gateway.Tests.Commands;

/// <summary><c>tillbridge doctor</c> as it is built: exit codes, forms of its answer, and that it stays away from a payment.</summary>
[Trait("Speed", "Slow")]
public sealed class DoctorCommandTests : CliBench
{
    [Fact]
    public async Task A_terminal_that_is_well_ends_with_0()
    {
        var (code, output) = await Doctor("--terminal", Simulator.Address);
        Assert.True(code == 0, output);
        Assert.StartsWith("ok ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_ends_with_3_in_two_lines_or_one_object()
    {
        var address = $"zvt+tcp://127.0.0.1:{await TestGateway.DeadPort()}";
        var text = await Doctor("--terminal", address);
        var json = await Doctor("--terminal", address, "--json");

        Assert.Equal((3, 3), (text.ExitCode, json.ExitCode));
        Assert.Equal(2, text.Output.Trim().Split('\n').Length);
        Assert.Contains("cure: ", text.Output, StringComparison.Ordinal);
        var finding = JsonDocument.Parse(Assert.Single(json.Output.Trim().Split('\n'))).RootElement;
        Assert.Equal("connection-refused", finding.GetProperty("code").GetString());
        Assert.Equal("wrong", finding.GetProperty("severity").GetString());
        Assert.NotEmpty(finding.GetProperty("cure").GetString()!);
    }

    [Fact]
    public async Task Without_an_option_the_ports_are_listed()
    {
        var bare = await Doctor("--json");
        var asked = await Doctor("--ports", "--json");

        Assert.Equal(bare.Output, asked.Output);
        foreach (var line in bare.Output.Trim().Split('\n'))
            Assert.NotEmpty(JsonDocument.Parse(line).RootElement.GetProperty("code").GetString()!);
    }

    [Theory]
    [InlineData("--host", "203.0.113.7")]
    [InlineData("--host", "10.0.0.1:20007")]
    [InlineData("--terminal", "till-9")]
    [InlineData("--terminal", "zvt+tcp://127.0.0.1")]
    [InlineData("--terminal", "nonesuch+tcp://127.0.0.1:1")]
    [InlineData("--nonesuch")]
    public async Task Wrong_usage_is_one_line_and_64(params string[] arguments)
    {
        var (code, output) = await Doctor(arguments);
        Assert.Equal(64, code);
        Assert.Single(output.Trim().Split('\n'));
    }

    [Fact]
    public async Task While_a_session_of_the_command_line_runs_its_terminal_is_left_alone()
    {
        var slow = Sale("99.07");
        while (!File.Exists(Path.Combine(Data, "journal.owner"))) await Task.Yield();

        var (code, output) = await Doctor("--terminal", Simulator.Address, "--json");

        Assert.True(code == 3, output);
        Assert.Equal("gateway-running", JsonDocument.Parse(output).RootElement.GetProperty("code").GetString());
        Assert.Equal(0, (await slow).ExitCode);
        Assert.Equal(9907, Booked());
        Assert.Equal(0, (await Doctor("--terminal", Simulator.Address)).ExitCode);
    }

    [Fact]
    public async Task While_a_gateway_runs_it_is_named_with_the_way_to_ask_it_and_force_asks_all_the_same()
    {
        var config = Path.Combine(Directory.CreateDirectory(Data).FullName, "tillbridge.json");
        var port = await TestGateway.DeadPort();
        await File.WriteAllTextAsync(
            config,
            $$"""
            { "listen": "127.0.0.1:{{port}}", "data": "{{Data}}", "terminals": { "till-1": { "uri": "{{Simulator.Address}}" } } }
            """,
            Stop);
        await using var gateway = await GatewayProcess.Serve(config, Stop);

        var held = await Run("--terminal", "till-1", "--config", config);
        // A user who may not look into the data directory is told by the gateway itself.
        var answers = await Run("--terminal", "till-1", "--config", config, "--data", Path.Combine(Data, "elsewhere"));
        var forced = await Run("--terminal", "till-1", "--config", config, "--force");
        await gateway.Kill();
        var after = await Run("--terminal", "till-1", "--config", config);

        Assert.Equal((3, 3, 0, 0), (held.ExitCode, answers.ExitCode, forced.ExitCode, after.ExitCode));
        Assert.Contains($"curl -X POST http://127.0.0.1:{port}/v1/terminals/till-1/test", held.Output, StringComparison.Ordinal);
        Assert.Contains("A gateway answers at", answers.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_password_comes_from_the_environment_and_is_never_shown()
    {
        using var simulator = GatewayProcess.Begin("simulate", "zvt", "--listen", "127.0.0.1:0", "--password", "424242");
        try
        {
            var address = $"zvt+tcp://{(await simulator.StandardOutput.Line())!["listening on ".Length..]}";
            var wrong = await WithPassword("434343", address);
            var right = await WithPassword("424242", address);

            Assert.Equal((3, 0), (wrong.ExitCode, right.ExitCode));
            Assert.Contains("[wrong-password]", wrong.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("434343", wrong.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("43 43 43", wrong.Output, StringComparison.Ordinal);
        }
        finally
        {
            simulator.Kill();
            await simulator.Gone();
        }
    }

    [Fact]
    public async Task A_port_that_this_user_may_not_open_names_the_group()
    {
        Assert.SkipUnless(PtyPair.IsSupported, "Pseudo-terminals are served on Linux.");
        await using var cable = PtyPair.Open();
        string[] command = ["doctor", "--terminal", $"zvt+serial://{cable.First}", "--data", Data, "--json"];
        var (program, first) = GatewayProcess.Find();
        string[] line = [program, .. first, .. command];
        if (Environment.IsPrivilegedProcess)
        {
            // Root may open everything: somebody without rights asks.
            Assert.SkipUnless(File.Exists("/usr/bin/setpriv"), "Root needs setpriv to become somebody without rights.");
            line = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", .. line];
        }
        else if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(cable.First, UnixFileMode.None);
        }

        var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, WorkingDirectory = "/" };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.Rest();
        await process.Gone();

        Assert.True(process.ExitCode == 3, output);
        var finding = JsonDocument.Parse(output).RootElement;
        Assert.Equal("no-permission", finding.GetProperty("code").GetString());
        Assert.Matches(@"sudo usermod -aG \w+ \$USER|udev", finding.GetProperty("cure").GetString());
    }

    [Fact]
    public async Task A_terminal_on_a_serial_line_is_asked_by_another_process()
    {
        Assert.SkipUnless(PtyPair.IsSupported, "Pseudo-terminals are served on Linux.");
        await using var cable = PtyPair.Open();
        var end = new SerialSettings(cable.Second, new(9600, 8, SerialParity.None, 2));
        await using var terminal = DoctorBench.Serve(SerialAcceptor.Open(end, TimeProvider.System));

        // The pair keeps both its ends open: to another process that is a program which has the port open.
        var held = await Doctor("--terminal", $"zvt+serial://{cable.First}", "--json");
        var forced = await Doctor("--terminal", $"zvt+serial://{cable.First}", "--force");

        Assert.Equal("port-busy", JsonDocument.Parse(held.Output).RootElement.GetProperty("code").GetString());
        Assert.Contains($"(process {Environment.ProcessId})", held.Output, StringComparison.Ordinal);
        Assert.True(forced.ExitCode == 0, forced.Output);
    }

    private static Task<(int ExitCode, string Output)> Run(params string[] arguments) =>
        GatewayProcess.Run(Stop, ["doctor", .. arguments]);

    private Task<(int ExitCode, string Output)> Doctor(params string[] arguments) => Run([.. arguments, "--data", Data]);

    private async Task<(int ExitCode, string Output)> WithPassword(string password, string address)
    {
        var (program, first) = GatewayProcess.Find();
        using var process = GatewayProcess.Begin(
            [program, .. first, "doctor", "--terminal", address, "--data", Data, "--verbose"],
            [("TILLBRIDGE_TERMINAL_PASSWORD", password)]);
        var errors = process.StandardError.Rest();
        var output = await process.StandardOutput.Rest() + await errors;
        await process.Gone();
        return (process.ExitCode, output);
    }
}
