using Tillbridge.Domain;
using Tillbridge.Facades.K2;
using Tillbridge.Gateway.Facades.K2;
using Tillbridge.Gateway.Settings;
using Tillbridge.Journal;

namespace Tillbridge.Gateway.Tests.Facades.K2;

/// <summary>Configuration, routing and the two buttons of the settings window (k2-client.md §5).</summary>
public sealed class K2SettingsTests
{
    [Fact]
    public async Task The_configuration_of_a_gateway_serves_client_objects_in_the_till_s_own_process()
    {
        await using var bench = await K2Bench.Start(byHttp: false);
        var file = Path.Combine(bench.Gateway.Folder, "till.json");
        await File.WriteAllTextAsync(file, $$"""
            {
              "data": "own",
              "terminals": { "till-1": { "uri": "{{bench.Gateway.Settings.Terminals[0].Settings.Address}}" } },
              "routing": { "by": "workstation", "rules": [ { "workstation": "KASSA1", "terminal": "till-1" } ] },
              "facades": { "k2": { "language": "cs", "waitLimitSeconds": 60, "logDirectory": "logs-of-k2", "displacement": "refuse" } }
            }
            """, TestContext.Current.CancellationToken);

        using var terminals = K2Terminals.FromConfiguration(file);
        Assert.Equal(("cs", K2Displacement.Refuse, TimeSpan.FromSeconds(60)),
            (terminals.Options.Language, terminals.Options.Displacement, terminals.Options.WaitLimit!.Value));
        using (var payment = new PaymentClient(terminals, new("KASSA1", null)) { Amount = 12.50m, Currency = "EUR" })
        {
            Assert.True(payment.Execute());
            Assert.StartsWith("Platba byla schválena.", payment.LocalizedResponseDescription, StringComparison.Ordinal);
        }

        using (var payment = new PaymentClient(terminals, new("kassa1", null)) { Amount = 12.50m, Currency = "EUR" })
        {
            Assert.False(payment.Execute());
            Assert.Equal((Outcome.Failed, "no-route"), (payment.Outcome, payment.Reason));
            Assert.Contains("there is one for 'KASSA1'", payment.LocalizedResponseDescription, StringComparison.Ordinal);
        }

        var log = await K2LogTests.Lines(Assert.Single(Directory.GetFiles(Path.Combine(bench.Gateway.Folder, "logs-of-k2"))));
        Assert.Contains(log, line => line.Contains(" -> ", StringComparison.Ordinal));
        Assert.Throws<JournalException>(() => K2Terminals.FromConfiguration(file)); // A data directory has one owner.
    }

    [Fact]
    public async Task A_wrong_configuration_names_its_faults()
    {
        await using var bench = await K2Bench.Start(byHttp: false);
        var file = Path.Combine(bench.Gateway.Folder, "till.json");
        await File.WriteAllTextAsync(
            file, """{ "facades": { "k2": { "language": "xx", "waitLimitSeconds": 0, "displacement": "maybe", "colour": 1 } } }""",
            TestContext.Current.CancellationToken);

        var wrong = Assert.Throws<ArgumentException>(() => K2Terminals.FromConfiguration(file));

        foreach (var key in new[] { "language", "waitLimitSeconds", "displacement", "colour" })
            Assert.Contains($"facades.k2.{key}", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_two_buttons_tell_whether_terminal_and_bank_answer(bool byHttp)
    {
        await using var bench = await K2Bench.Start(byHttp);
        var settings = new K2Settings(bench.Terminals);

        Assert.True(settings.TestTerminal(bench.Caller).Ok);
        Assert.True(settings.TestTerminal("till-1").Ok);
        Assert.True(settings.TestBank(bench.Caller).Ok);
        var nobody = settings.TestTerminal("till-9");
        Assert.False(nobody.Ok);
        Assert.NotEmpty(nobody.LocalizedDescription);
    }

    [Theory]
    [InlineData("""{"by":"workstation","rules":[{"workstation":"KASSA1","terminal":"t"}],"otherwise":"u"}""", "KASSA1", null, "t")]
    [InlineData("""{"by":"workstation","rules":[{"workstation":"KASSA1","terminal":"t"}],"otherwise":"u"}""", " KASSA1", null, "u")]
    [InlineData("""{"by":"workstation","rules":{"KASSA1":"t"}}""", "kassa1", null, null)]
    [InlineData("""{"by":"workstation","rules":{"KASSA1":"t"}}""", " KASSA1", null, null)]
    [InlineData("""{"by":"user","rules":[{"user":"Jana","terminal":"t"}]}""", null, "JANA", "t")]
    [InlineData("""{"by":"user","rules":[{"user":"Jana","terminal":"t"}]}""", null, "Eva", null)]
    [InlineData("""{"by":"single","terminal":"u"}""", "any", "body", "u")]
    public void Workstations_are_compared_letter_by_letter_and_users_without_case(
        string routing, string? workstation, string? user, string? terminal)
    {
        var settings = Parse(routing).Settings;
        Assert.Equal(terminal, settings!.Routing.Choose(null, workstation, user, ["t", "u"]).Terminal);
    }

    [Theory]
    [InlineData("""{"by":"user","rules":[{"user":"Jana","terminal":"t"},{"user":"JANA","terminal":"u"}]}""", "routing.rules")]
    [InlineData("""{"by":"workstation","rules":[{"workstation":"A","terminal":"t","x":1}]}""", "routing.rules[0].x")]
    [InlineData("""{"by":"workstation","rules":[{"user":"A","terminal":"t"}]}""", "routing.rules[0].workstation")]
    [InlineData("""{"by":"workstation","rules":{"A":"t"},"otherwise":"nobody"}""", "routing")]
    [InlineData("""{"by":"single","otherwise":"t"}""", "routing.otherwise")]
    public void Wrong_rules_are_named(string routing, string path) =>
        Assert.Contains(Parse(routing).Faults, fault => fault.Path == path);

    private static SettingsReading Parse(string routing) => GatewaySettings.Parse(
        System.Text.Encoding.UTF8.GetBytes(
            $$$"""{"terminals":{"t":{"uri":"zvt+tcp://127.0.0.1:1"},"u":{"uri":"zvt+tcp://127.0.0.1:2"}},"routing":{{{routing}}}}"""),
        Path.GetTempPath(), Catalog.ProtocolCatalog.ByName, TimeProvider.System);
}
