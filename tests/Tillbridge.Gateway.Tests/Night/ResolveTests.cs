using Tillbridge.Gateway.Tests.Support;
using Tillbridge.Journal;

namespace Tillbridge.Gateway.Tests.Night;

public sealed class ResolveTests
{
    private const string Key = "the-key-of-the-till-7";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_the_gateway_runs_a_person_resolves_through_it_with_the_key_of_its_configuration()
    {
        await using var gateway = await TestGateway.Start(change: settings => settings with
        {
            ApiKeys = [Key],
            Terminals = [.. settings.Terminals.Select(entry => entry with
            {
                Settings = entry.Settings with { RecoveryLimit = TimeSpan.FromSeconds(0.3) },
            })],
        });
        gateway.Client.DefaultRequestHeaders.Add("X-Api-Key", Key);
        var id = (await gateway.Sale(9913)).GetProperty("id").GetString()!;
        var data = Path.Combine(gateway.Folder, "data");

        var keyless = await Run("journal", "resolve", id, "declined", "--by", "Eva", "--data", data);
        Assert.True(keyless.ExitCode == 64, keyless.Output);
        Assert.Contains("wants an API key: name its configuration with --config FILE", keyless.Output, StringComparison.Ordinal);
        Assert.Equal("unknown", (await gateway.Get($"/v1/sessions/{id}")).Json.GetProperty("outcome").GetString());

        var configuration = Path.Combine(gateway.Folder, "tillbridge.json");
        Write(Path.Combine(gateway.Folder, "key"), Key);
        // No listen: the place that the gateway left in its directory counts, not the usual port.
        Write(configuration, $$"""{ "data": "data", "security": { "apiKeys": ["file:key"] } }""");
        var done = await Run("journal", "resolve", id, "approved", "--by", "Eva Nová", "--note", "slip 17", "--config", configuration);
        Assert.True(done.ExitCode == 0, done.Output);
        Assert.Contains($"is approved, by Eva Nová, through the gateway at {gateway.Address}", done.Output, StringComparison.Ordinal);
        Assert.Contains($"tillbridge: the journal in {data}, of {configuration}", done.Output, StringComparison.Ordinal);
        var session = (await gateway.Get($"/v1/sessions/{id}")).Json;
        Assert.Equal(
            ("approved", "Eva Nová"), (session.GetProperty("outcome").GetString(), session.GetProperty("resolvedBy").GetString()));

        var twice = await Run("journal", "resolve", id, "failed", "--by", "Eva", "--config", configuration);
        Assert.True(twice.ExitCode == 64, twice.Output);
        Assert.Contains("did not resolve it: ", twice.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_owner_of_the_journal_is_no_gateway_nothing_is_resolved_and_the_cure_is_named()
    {
        var folder = Directory.CreateTempSubdirectory("tillbridge-night-").FullName;
        await using (await SqliteJournal.Open(folder, TimeProvider.System, null, Stop))
        {
            var refused = await Run("journal", "resolve", new string('0', 32), "approved", "--by", "Eva", "--data", folder);
            Assert.True(refused.ExitCode == 3, refused.Output);
            Assert.Contains("is in use by process", refused.Output, StringComparison.Ordinal);
            Assert.Contains("name its configuration with --config FILE", refused.Output, StringComparison.Ordinal);

            var configuration = Path.Combine(folder, "tillbridge.json");
            Write(configuration, $$"""{ "data": ".", "listen": "127.0.0.1:{{await TestGateway.DeadPort()}}" }""");
            var dead = await Run("journal", "resolve", new string('0', 32), "approved", "--by", "Eva", "--config", configuration);
            Assert.True(dead.ExitCode == 3, dead.Output);
            Assert.Contains("no gateway answers at http://127.0.0.1:", dead.Output, StringComparison.Ordinal);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static Task<(int ExitCode, string Output)> Run(params string[] arguments) => GatewayProcess.Run(Stop, arguments);

    private static void Write(string path, string text) => PrivateFile.Write(path, text);
}
