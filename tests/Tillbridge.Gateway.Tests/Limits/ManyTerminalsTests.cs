using System.Text;
using Tillbridge.Catalog;
using Tillbridge.Gateway.Settings;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Limits;

/// <summary>As many terminals as one gateway may have, for which nobody waits.</summary>
public sealed class ManyTerminalsTests : IDisposable
{
    private const int All = 20_000;

    private readonly string folder = Directory.CreateTempSubdirectory("tillbridge-many-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Twenty_thousand_terminals_and_as_many_rules_are_read()
    {
        var settings = Read(All).Settings!;

        Assert.Equal(All, settings.Terminals.Count);
        Assert.Equal(("till-20001", null), settings.Routing.Choose(null, "desk-20001", null, ["till-20001"]));
    }

    [Fact]
    public async Task Very_many_terminals_start_and_are_listed_page_by_page()
    {
        const int Some = 2500;
        var many = Read(Some).Settings!.Terminals;
        await using var gateway = await TestGateway.Start(change: settings => settings with
        {
            Terminals = [.. settings.Terminals, .. many], Limits = settings.Limits with { Terminals = All },
        });

        var names = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await gateway.Get($"/v1/terminals?cursor={cursor}")).Json;
            names.AddRange(page.GetProperty("terminals").EnumerateArray().Select(terminal => terminal.GetProperty("name").GetString()!));
            cursor = page.GetProperty("cursor").GetString();
            Assert.True(page.GetProperty("terminals").GetArrayLength() <= 1000);
        }

        Assert.Equal(many.Select(entry => entry.Name).Append("till-1").Order(StringComparer.Ordinal), names);
        (await gateway.Get("/v1/terminals?limit=1001")).IsProblem(400, "invalid-request", "limit");
        Assert.Contains($"The first 500 of {Some + 1} terminals", (await gateway.Get("/", "text/html")).Text, StringComparison.Ordinal);
        await gateway.Sale(100);
    }

    private SettingsReading Read(int terminals)
    {
        var json = new StringBuilder($$"""{ "limits": { "terminals": {{All}} }, "terminals": {""");
        Each(json, terminals, index => $$"""
            "till-{{index}}": { "uri": "zvt+tcp://10.{{index / 65536}}.{{index / 256 % 256}}.{{index % 256}}:20007", "currency": "EUR" }
            """);
        json.Append("}, \"routing\": { \"by\": \"workstation\", \"rules\": {");
        Each(json, terminals, index => $"\"desk-{index}\": \"till-{index}\"");
        return GatewaySettings.Parse(
            Encoding.UTF8.GetBytes(json.Append("} } }").ToString()), folder, ProtocolCatalog.ByName, TimeProvider.System);
    }

    private static void Each(StringBuilder json, int count, Func<int, string> entry) =>
        json.AppendJoin(',', Enumerable.Range(2, count).Select(entry));
}
