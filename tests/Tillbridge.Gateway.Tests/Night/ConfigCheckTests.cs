using System.Net;
using System.Net.Sockets;
using System.Text;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Gateway.Settings;

namespace Tillbridge.Gateway.Tests.Night;

public sealed class ConfigCheckTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tillbridge-check-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("""{ "terminals": { "a": { "uri": "zvt+tcp://127.0.0.1:1" }, "b": { "uri": "zvt+tcp://127.0.0.1:1?settle=9" } } }""",
        "terminals.b.uri")]
    [InlineData("""{ "data": "file/data" }""", "data")]
    [InlineData("""{ "log": { "directory": "file" } }""", "log.directory")]
    [InlineData("""{ "listen": "203.0.113.1:8190", "security": { "apiKeys": ["file:key"] } }""", "listen")]
    [InlineData("""{ "listen": "127.0.0.1:18197", "facades": { "zvtCallback": { "listen": "127.0.0.1:18197" } } }""",
        "facades.zvtCallback.listen")]
    [InlineData(
        """
        { "listen": "127.0.0.1:18197", "security": { "apiKeys": ["file:key"] },
          "facades": { "zvtCallback": { "listen": "0.0.0.0:18197", "auth": { "mode": "bearer" }, "tls": { "plainHttp": true } } } }
        """,
        "facades.zvtCallback.listen")]
    [InlineData("""{ "security": { "apiKeys": ["file:none"] } }""", "security.apiKeys")]
    [InlineData("""{ "webhooks": { "shop": { "url": "https://shop.example" } } }""", "webhooks")]
    public async Task What_a_start_would_refuse_is_found_without_one(string json, string place)
    {
        PrivateFile.Write(Path.Combine(folder, "file"), "no directory");
        PrivateFile.Write(Path.Combine(folder, "key"), "a-key-of-some-length");
        var before = Everything();
        var found = await Examine(json);
        Assert.Contains(found, fault => fault.StartsWith(place, StringComparison.Ordinal));
        Assert.Equal(before, Everything());

        var settings = Load(json);
        if (settings.Settings is not { } good) return; // serve reads it by the same code and refuses it with the same words.
        var parts = new GatewayParts(ProtocolCatalog.ByName, TimeProvider.System, IdSource.Of(TimeProvider.System));
        await Assert.ThrowsAnyAsync<Exception>(() => GatewayHost.Start(good, parts));
    }

    [Fact]
    public async Task A_port_and_a_journal_that_are_in_use_are_told_apart_from_faults()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var settings = Load($$"""{ "listen": "{{other.LocalEndpoint}}", "data": "data" }""").Settings!;
        await using var journal = await Journal.SqliteJournal.Open(
            settings.Data, TimeProvider.System, null, TestContext.Current.CancellationToken);
        var found = await StartCheck.Examine(settings, TestContext.Current.CancellationToken);
        Assert.Empty(found.Faults);
        Assert.Equal(2, found.Notes.Count);
        Assert.All(found.Notes, note => Assert.Contains("is in use", note, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Plain_http_beyond_this_machine_is_served_where_the_configuration_says_so_and_needs_no_certificate()
    {
        PrivateFile.Write(Path.Combine(folder, "key"), "a-key-of-some-length");
        const string Face = """{ "listen": "127.0.0.1:0", "security": { "apiKeys": ["file:key"] }, "facades": { "zvtCallback": """
            + """{ "listen": "0.0.0.0:0", "auth": { "mode": "bearer" }""";
        Assert.Equal("facades.zvtCallback.tls", Assert.Single(Load(Face + " } } }").Faults).Path);
        var reading = Load(Face + """, "tls": { "plainHttp": true } } } }""");
        Assert.True(reading.Settings is not null, string.Join("; ", reading.Faults));
        var parts = new GatewayParts(ProtocolCatalog.ByName, TimeProvider.System, IdSource.Of(TimeProvider.System));
        await using var host = await GatewayHost.Start(reading.Settings, parts);
        using var client = new HttpClient();
        var health = await client.GetStringAsync(
            $"http://127.0.0.1:{host.CallbackAddress!.Port}/health", TestContext.Current.CancellationToken);
        Assert.Equal("""{"status":"ok"}""", health);
    }

    private SettingsReading Load(string json)
    {
        var path = Path.Combine(folder, "tillbridge.json");
        File.WriteAllText(path, json, Encoding.UTF8);
        try
        {
            return GatewaySettings.Load(path, ProtocolCatalog.ByName, TimeProvider.System);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private async Task<List<string>> Examine(string json)
    {
        var reading = Load(json);
        if (reading.Settings is not { } settings) return [.. reading.Faults.Select(fault => fault.ToString())];
        var found = await StartCheck.Examine(settings, TestContext.Current.CancellationToken);
        return [.. found.Faults.Select(fault => fault.ToString())];
    }

    private List<string> Everything() => [.. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Order()];
}
