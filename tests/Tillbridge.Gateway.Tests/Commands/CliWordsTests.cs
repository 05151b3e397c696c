using System.Text.Json;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Commands;

/// <summary>What the command line says about money besides an outcome: totals, refusals, the end of what was unknown.</summary>
public sealed class CliWordsTests : CliBench
{
    protected override string Protocol => "gpe";

    [Theory]
    [InlineData("gpe")]
    [InlineData("csob-b")]
    public async Task Totals_are_told_in_the_currency_of_what_was_booked(string protocol)
    {
        await using var forints = await SimulatorProcess.Start(Path.Combine(Folder, "forints.jsonl"), protocol, "--currency", "HUF");
        var at = new[] { "--terminal", forints.Address, "--data", Data };
        Assert.Equal(0, (await GatewayProcess.Run(Stop, ["sale", "1250", "HUF", .. at])).ExitCode);

        var asked = await GatewayProcess.Run(Stop, ["subtotals", .. at]);
        var closed = await GatewayProcess.Run(Stop, ["reconcile", .. at]);

        Assert.Contains("totals 1250.00 HUF in 1 bookings", asked.Output, StringComparison.Ordinal);
        Assert.Contains("totals 1250.00 HUF in 1 bookings", closed.Output, StringComparison.Ordinal);
        Assert.Contains("journal 1250.00 HUF in 1 bookings: both agree", closed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_undoes_a_booking_twice_is_not_told_to_give_the_money_back_again()
    {
        Assert.Contains("approval code 000001", (await Crowns("sale", "10")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await Crowns("reversal", "10", "--approval", "000001")).ExitCode);

        var (code, output) = await Crowns("reversal", "10", "--approval", "000001");

        Assert.Equal(3, code);
        Assert.Contains("undone already", output, StringComparison.Ordinal);
        Assert.DoesNotContain("refund", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("--json")]
    public async Task Totals_that_are_not_the_journal_s_are_called_so(string form)
    {
        await GatewayProcess.Run(
            Stop, ["sale", "7", "CZK", "--terminal", Simulator.Address, "--data", Path.Combine(Folder, "somebody-else")]);
        await Crowns("sale", "10");

        string[] more = form == "--json" ? [form] : [];
        var (_, output) = await GatewayProcess.Run(Stop, ["reconcile", "--terminal", Simulator.Address, "--data", Data, .. more]);

        Assert.Contains("journal 10.00 CZK in 1 bookings: they do not agree", output, StringComparison.Ordinal);
        Assert.Contains("DIFFERENCE net: terminal 17.00 CZK, journal 10.00 CZK", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_that_is_not_there_leads_to_the_doctor()
    {
        var (code, output) = await GatewayProcess.Run(
            Stop, ["sale", "10", "CZK", "--terminal", "gpe+tcp://127.0.0.1:1", "--data", Data]);

        Assert.Equal(3, code);
        Assert.Contains("tillbridge doctor --terminal gpe+tcp://127.0.0.1:1", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_a_line_of_JSON_too()
    {
        await Crowns("sale", "10");

        var (code, output) = await Crowns("reversal", "9", "--approval", "000001", "--json");

        Assert.Equal(3, code);
        var line = output.Split('\n').First(text => text.StartsWith('{'));
        var refused = JsonDocument.Parse(line).RootElement;
        Assert.Equal(
            ("refused", "not-the-last-transaction"), (refused.GetProperty("event").GetString(), refused.GetProperty("code").GetString()));
        Assert.Contains("is over 10.00 CZK; name that amount", refused.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_an_unknown_payment_is_told_by_the_command_that_learns_it()
    {
        Assert.Equal(4, (await Crowns("sale", "99.13", "--recovery-limit", "2")).ExitCode);

        var (_, output) = await Crowns("sale", "5");

        Assert.Contains("unknown since an earlier run: ", output, StringComparison.Ordinal);
        Assert.Contains("99.13 CZK", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Steps_are_told_in_words()
    {
        var (_, output) = await Crowns("sale", "10");
        Assert.DoesNotContain("bprotocol.", output, StringComparison.Ordinal);
        var (_, lines) = await Crowns("sale", "10", "--json");
        Assert.DoesNotContain("\"text\":\"bprotocol.", lines, StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output)> Crowns(string command, string amount, params string[] more) =>
        GatewayProcess.Run(Stop, [command, amount, "CZK", "--terminal", Simulator.Address, "--data", Data, .. more]);
}
