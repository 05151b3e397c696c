using System.Diagnostics;
using System.Text.Json;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Commands;

/// <summary>The built program against a built virtual terminal over a serial line: two processes that meet on a pair of ptys.</summary>
[Trait("Speed", "Slow")]
[Trait("Needs", "pty")]
public sealed class CliSerialTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("tillbridge-serial").FullName;
    private SocatPair cable = null!;
    private SimulatorProcess simulator = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Books => Path.Combine(folder, "books.jsonl");

    private string Data => Path.Combine(folder, "data");

    public async ValueTask InitializeAsync()
    {
        if (!SocatPair.IsInstalled) return;
        cable = await SocatPair.Plug(folder);
        simulator = await SimulatorProcess.Start(cable, Books);
    }

    public async ValueTask DisposeAsync()
    {
        if (SocatPair.IsInstalled)
        {
            await simulator.DisposeAsync();
            await cable.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Two_sales_in_a_row_are_approved()
    {
        Assert.SkipUnless(SocatPair.IsInstalled, SocatPair.WhySkipped);
        var first = await Sale("12.50");
        var second = await Sale("12.50");
        Assert.True((first.ExitCode, second.ExitCode) == (0, 0), first.Output + second.Output);
        Assert.Equal(2500, Booked());
    }

    [Theory]
    [MemberData(nameof(AmountTable.Rows), MemberType = typeof(AmountTable))]
    [InlineData("99.13", 4, 9913)]
    public async Task A_row_of_the_amount_table_ends_as_over_tcp(string amount, int exitCode, long booked)
    {
        Assert.SkipUnless(SocatPair.IsInstalled, SocatPair.WhySkipped);
        var (code, output) = await Sale(amount, "--answer-limit", "4", "--recovery-limit", "20", "--json");
        Assert.True(code == exitCode, $"exit {code}: {output}");
        Assert.Equal(booked, Booked());
        Assert.Equal("concluded", JsonDocument.Parse(output.Trim().Split('\n')[^1]).RootElement.GetProperty("event").GetString());
    }

    [Fact]
    public async Task A_cable_that_is_pulled_while_the_customer_pays_and_plugged_in_again_leaves_the_truth()
    {
        Assert.SkipUnless(SocatPair.IsInstalled, SocatPair.WhySkipped);
        using var sale = Begin("99.07");
        while (await sale.StandardOutput.Line() is { } line && !line.Contains("zvt.status.0E", StringComparison.Ordinal)) { }

        await cable.Pull();
        await cable.PlugIn();
        await sale.Gone();

        Assert.True(sale.ExitCode is 3 or 4, $"exit {sale.ExitCode}");
        if (sale.ExitCode == 3) Assert.Equal(0, Booked());
        var next = await Sale("12.50", "--not-strict");
        Assert.True(next.ExitCode == 0, next.Output);
        Assert.Equal(1250, Booked());
    }

    [Fact]
    public async Task A_terminal_of_the_configuration_may_be_on_a_serial_line()
    {
        Assert.SkipUnless(SocatPair.IsInstalled, SocatPair.WhySkipped);
        var config = Path.Combine(folder, "tillbridge.json");
        await File.WriteAllTextAsync(
            config,
            $$"""{ "data": "{{Data}}", "terminals": { "till-1": { "uri": "{{simulator.Address}}&baud=19200&framing=8n1" } } }""",
            Stop);

        var (code, output) = await GatewayProcess.Run(Stop, "sale", "12.50", "EUR", "--terminal", "till-1", "--config", config);

        Assert.True(code == 0, output);
        Assert.Equal(1250, Booked());
    }

    [Fact]
    public async Task A_wrong_option_is_found_when_the_configuration_is_examined()
    {
        var config = Path.Combine(folder, "tillbridge.json");
        await File.WriteAllTextAsync(
            config, """{ "terminals": { "till-1": { "uri": "zvt+serial:///dev/ttyUSB0?baud=9601" } } }""", Stop);

        var (code, output) = await GatewayProcess.Run(Stop, "config", "check", config);

        Assert.Equal(64, code);
        Assert.Contains("terminals.till-1.uri", output, StringComparison.Ordinal);
        Assert.Contains("baud must be one of 1200", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_and_a_port_that_is_not_there_are_told_apart()
    {
        Assert.SkipUnless(SocatPair.IsInstalled, SocatPair.WhySkipped);
        var busy = await GatewayProcess.Run(Stop, "simulate", "zvt", "--serial", cable.Terminal);
        var none = await GatewayProcess.Run(Stop, "simulate", "zvt", "--serial", "/dev/tillbridge-none");

        Assert.Equal((64, 64), (busy.ExitCode, none.ExitCode));
        Assert.Contains("in use by another program", busy.Output, StringComparison.Ordinal);
        Assert.Contains("There is no serial port /dev/tillbridge-none", none.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_permission_names_the_group_and_how_to_join_it()
    {
        Assert.SkipUnless(SocatPair.IsInstalled, SocatPair.WhySkipped);
        Assert.SkipUnless(
            Environment.IsPrivilegedProcess && File.Exists("/usr/bin/setpriv"), "Only root can become somebody without rights.");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        // Where the system gives new lines to root alone, they are given to the group that has them elsewhere.
        using var given = Process.Start("sh", ["-c", $"chgrp tty '{cable.Ecr}' && chmod 660 '{cable.Ecr}'"]);
        await given.Gone();
        var (program, first) = GatewayProcess.Find();
        using var process = Process.Start(new ProcessStartInfo(
            "setpriv",
            ["--reuid=nobody", "--regid=nogroup", "--clear-groups", program, .. first, "simulate", "zvt", "--serial", cable.Ecr])
        {
            RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/",
        })!;
        var errors = await process.StandardError.Rest();
        await process.Gone();

        Assert.Equal(64, process.ExitCode);
        Assert.Matches(@"belongs to the group \w+\. Join it with: sudo usermod -aG \w+ \$USER", errors);
    }

    private Task<(int ExitCode, string Output)> Sale(string amount, params string[] options) =>
        GatewayProcess.Run(Stop, ["sale", amount, "EUR", "--terminal", simulator.Address, "--data", Data, .. options]);

    private Process Begin(string amount) => GatewayProcess.Begin(
        "sale", amount, "EUR", "--terminal", simulator.Address, "--data", Data, "--json", "--answer-limit", "8", "--recovery-limit", "20");

    private long Booked() => CliBench.Booked(Books);
}
