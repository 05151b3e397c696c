using System.Text.Json;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Commands;

/// <summary>The built program against a built virtual terminal, two processes: keys, operations, wrong usage.</summary>
[Trait("Speed", "Slow")]
public sealed class CliTests : CliBench
{
    [Fact]
    public async Task A_terminal_that_forgot_leaves_an_unknown_that_the_journal_explains_and_a_person_resolves()
    {
        var (code, output) = await Sale("99.13", "--json");
        Assert.True(code == 4, output);
        Assert.Equal(9913, Booked());
        var id = JsonDocument.Parse(output.Trim().Split('\n')[^1]).RootElement.GetProperty("session").GetString()!;

        var refused = await Sale("1.00");
        var shown = await GatewayProcess.Run(Stop, "journal", "show", id, "--data", Data);
        var resolved = await GatewayProcess.Run(
            Stop, "journal", "resolve", id, "approved", "--by", "Anna", "--note", "slip 17", "--data", Data);
        var sold = await Sale("1.00");
        var verified = await GatewayProcess.Run(Stop, "journal", "verify", "--data", Data);

        Assert.Equal(3, refused.ExitCode);
        Assert.Contains(id, refused.Output, StringComparison.Ordinal);
        Assert.Contains("forgotten", shown.Output, StringComparison.Ordinal);
        Assert.Contains("totals", shown.Output, StringComparison.Ordinal);
        Assert.Equal((0, 0, 0), (resolved.ExitCode, sold.ExitCode, verified.ExitCode));
    }

    [Fact]
    public async Task The_same_key_charges_once_over_two_processes()
    {
        var first = await Sale("12.50", "--key", "invoice-1");
        var again = await Sale("12.50", "--key", "invoice-1");
        var other = await Sale("13.50", "--key", "invoice-1");

        Assert.Equal((0, 0, 64), (first.ExitCode, again.ExitCode, other.ExitCode));
        Assert.Equal(1250, Booked());
    }

    [Fact]
    public async Task Every_operation_has_its_command()
    {
        string[] address = ["--terminal", Simulator.Address, "--data", Data];
        Assert.Equal(0, (await Sale("12.50")).ExitCode);
        string[][] commands =
        [
            ["refund", "3.00", "EUR"], ["reversal", "--original", "0001"], ["preauthorize", "50.00", "EUR"],
            ["capture", "30.00", "EUR", "--original", "0004"],
            ["preauthorize", "20.00", "EUR"], ["cancel-preauthorization", "--original", "0006"],
            ["subtotals"], ["diagnose"], ["repeat"], ["status"], ["balance"], ["read-card"], ["initialise"], ["set-clock"], ["reconcile"],
            ["log-off"], ["reset"],
        ];
        foreach (var command in commands)
        {
            var (code, output) = await GatewayProcess.Run(Stop, [.. command, .. address]);
            Assert.True(code == 0, $"{string.Join(' ', command)} ended with {code}: {output}");
        }
    }

    [Theory]
    [InlineData("sale", "1.005", "EUR")]
    [InlineData("sale", "1.00", "XXQ")]
    [InlineData("sale", "0", "EUR")]
    [InlineData("sale", "-1", "EUR")]
    [InlineData("sale", "99999999999999", "EUR")]
    [InlineData("sale", "1.5", "JPY")]
    [InlineData("sale", "1,50", "EUR")]
    [InlineData("reversal")]
    [InlineData("sale", "1.00", "EUR", "--answer-limit", "-3")]
    [InlineData("sale", "1.00", "EUR", "--dialect", "nonesuch")]
    [InlineData("sale", "1.00", "EUR", "--key", "a\nb")]
    public async Task Wrong_usage_is_one_line_and_64_and_sends_nothing(params string[] command)
    {
        var (code, output) = await GatewayProcess.Run(Stop, [.. command, "--terminal", Simulator.Address, "--data", Data]);

        Assert.Equal(64, code);
        Assert.Single(output.Trim().Split('\n'));
        Assert.StartsWith("tillbridge: ", output, StringComparison.Ordinal);
        Assert.Equal(0, Booked());
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("zvt+tcp://127.0.0.1")]
    [InlineData("zvt+tcp://127.0.0.1:0")]
    [InlineData("nonesuch+tcp://127.0.0.1:1")]
    [InlineData("zvt+tcp://127.0.0.1:1?password=123456")]
    [InlineData("zvt+tcp://user:secret@127.0.0.1:1")]
    [InlineData("zvt+serial:///dev/ttyS0?baud=9601")]
    [InlineData("zvt+serial://usb:403:6001")]
    public async Task A_wrong_terminal_is_named_and_64(string terminal)
    {
        var (code, output) = await GatewayProcess.Run(Stop, "sale", "1.00", "EUR", "--terminal", terminal, "--data", Data);

        Assert.Equal(64, code);
        Assert.Single(output.Trim().Split('\n'));
    }

    [Fact]
    public async Task A_second_process_on_the_same_data_is_refused_and_sends_nothing()
    {
        var slow = Sale("99.07");
        while (!File.Exists(Path.Combine(Data, "journal.owner"))) await Task.Yield();

        var (code, output) = await Sale("1.00");

        Assert.Equal(3, code);
        Assert.Contains("Nothing was sent", output, StringComparison.Ordinal);
        Assert.Equal(0, (await slow).ExitCode);
        Assert.Equal(9907, Booked());
    }
}
