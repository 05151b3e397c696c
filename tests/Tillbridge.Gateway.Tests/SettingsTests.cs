using System.Net;
using System.Text;
using Tillbridge.Catalog;
using Tillbridge.Gateway.Settings;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests;

public sealed class SettingsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tillbridge-settings-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void An_empty_object_gives_the_defaults()
    {
        var settings = Read("{}").Settings!;
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 8190), settings.Listen);
        Assert.Equal(Path.Combine(folder, "data"), settings.Data);
        Assert.Empty(settings.Terminals);
        Assert.Equal((300, 1000, 500, 1000), (
            settings.Limits.RequestsPerSecond, settings.Limits.Connections, settings.Limits.OfOneAddress, settings.Limits.Terminals));
    }

    [Fact]
    public void A_whole_configuration_is_read()
    {
        Secret("key", "a-key-of-some-length", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var settings = Read("""
            { "listen": "0.0.0.0:0", "data": "here", "log": { "level": "debug", "directory": "logs" },
              "terminals": { "till-1": { "uri": "zvt+tcp://10.0.0.5:20007", "currency": "CHF", "strictUnknown": false,
                "answerLimit": 90, "recoveryLimit": 600, "merchants": { "1": "Shop" } } },
              "routing": { "by": "workstation", "rules": { "KASSA1": "till-1" } },
              "facades": {}, "webhooks": {},
              "limits": { "requestsPerSecond": 7, "connections": 80, "connectionsPerAddress": 9, "terminals": 3 },
              "security": { "apiKeys": ["file:key"], "allowedHosts": ["till.example"], "allowedOrigins": ["https://till.example"] } }
            """).Settings!;
        var terminal = Assert.Single(settings.Terminals);
        Assert.Equal("CHF", terminal.Settings.Driver.Currency);
        Assert.Equal(TimeSpan.FromSeconds(90), terminal.Settings.Driver.AnswerLimit);
        Assert.Equal(TimeSpan.FromMinutes(10), terminal.Settings.RecoveryLimit);
        Assert.False(terminal.Settings.StrictUnknown);
        Assert.Equal(
            new GatewayLimits { RequestsPerSecond = 7, Connections = 80, ConnectionsPerAddress = 9, Terminals = 3 }, settings.Limits);
        Assert.Equal(["a-key-of-some-length"], settings.ApiKeys);
        Assert.Equal(("till-1", null), settings.Routing.Choose(null, "KASSA1", null, ["till-1"]));
        Assert.Equal("workstation", settings.Routing.Choose(null, "kassa1", null, ["till-1"]).Fault!.Path);
        Assert.DoesNotContain("a-key", settings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_place_of_a_secret_has_an_end()
    {
        var fault = Read($$"""{ "security": { "apiKeys": ["file:{{new string('k', 5000)}}"] } }""").Faults[0];
        Assert.Contains("at most 4096 characters", fault.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "lisen": "x" }""", "lisen", "known are listen")]
    [InlineData("""{ "data": "a", "data": "b" }""", "data", "twice")]
    [InlineData("""{ "security": { "apiKeys": ["file:\u0000key"] } }""", "security.apiKeys[0]", "zero character")]
    [InlineData("""{ "listen": 8190 }""", "listen", "text")]
    [InlineData("""{ "listen": "127.0.0.1:99999" }""", "listen", "ADDRESS:PORT")]
    [InlineData("""{ "listen": "till.example:80" }""", "listen", "ADDRESS:PORT")]
    [InlineData("""{ "listen": "0.0.0.0:8190" }""", "security.apiKeys", "at least one API key")]
    [InlineData("""{ "log": { "level": "loud" } }""", "log.level", "debug, error, information, warning")]
    [InlineData("""{ "terminals": [] }""", "terminals", "JSON object")]
    [InlineData("""{ "limits": { "connections": 7 } }""", "limits.connections", "from 8 to 50000")]
    [InlineData("""{ "limits": { "connections": 10, "connectionsPerAddress": 11 } }""", "limits.connectionsPerAddress", "from 1 to 10")]
    [InlineData("""{ "limits": { "requestsPerSecond": 0.5 } }""", "limits.requestsPerSecond", "whole number")]
    [InlineData("""{ "limits": { "terminals": 20001 } }""", "limits.terminals", "from 1 to 20000")]
    [InlineData("""{ "limits": { "requests": 1 } }""", "limits.requests", "known are requestsPerSecond, connections")]
    [InlineData("""
        { "limits": { "terminals": 1 },
          "terminals": { "a": { "uri": "zvt+tcp://h:1" }, "b": { "uri": "zvt+tcp://h:2" } } }
        """, "terminals", "At most 1 terminals")]
    [InlineData("""{ "terminals": { "a b": { "uri": "zvt+tcp://h:1" } } }""", "terminals.a b", "name")]
    [InlineData("""{ "routing": { "by": "moon" } }""", "routing.by", "single, user, workstation")]
    [InlineData("""{ "routing": { "by": "user" } }""", "routing.rules", "at least one rule")]
    [InlineData("""{ "routing": { "by": "user", "rules": { "u": "gone" } } }""", "routing", "'gone'")]
    [InlineData("""{ "facades": { "kiosk": { "x": 1 } } }""", "facades.kiosk", "not in this version yet")]
    [InlineData("""{ "webhooks": { "w": {} } }""", "webhooks", "not in this version yet")]
    [InlineData("""{ "security": { "apiKeys": ["plain-text-key-1234"] } }""", "security.apiKeys[0]", "file:PATH")]
    [InlineData("""{ "security": { "apiKeys": "env:X" } }""", "security.apiKeys", "list")]
    [InlineData("""{ "security": { "allowedOrigins": ["till.example/x"] } }""", "security.allowedOrigins[0]", "SCHEME://HOST")]
    public void A_fault_names_its_path_and_what_is_allowed(string json, string path, string words)
    {
        var reading = Read(json);
        Assert.Null(reading.Settings);
        var fault = Assert.Single(reading.Faults);
        Assert.Equal(path, fault.Path);
        Assert.Contains(words, fault.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""", "uri", "missing")]
    [InlineData("""{ "uri": "ftp://h" }""", "uri", "PROTOCOL+tcp")]
    [InlineData("""{ "uri": "nope+tcp://h:1" }""", "uri", "known are csob-b, gpe, zvt")]
    [InlineData("""{ "uri": "zvt+tcp://h:1", "dialect": "x" }""", "dialect", "one of")]
    [InlineData("""{ "uri": "zvt+tcp://h:1", "currency": "eur" }""", "currency", "ISO 4217")]
    [InlineData("""{ "uri": "zvt+tcp://h:1", "password": "123456" }""", "password", "env:NAME")]
    [InlineData("""{ "uri": "zvt+tcp://h:1", "password": "env:TILLBRIDGE_NOT_SET" }""", "password", "not set")]
    [InlineData("""{ "uri": "zvt+tcp://h:1", "answerLimit": 1.5 }""", "answerLimit", "whole number")]
    [InlineData("""{ "uri": "zvt+tcp://h:1", "answerLimit": 0 }""", "answerLimit", "from 1 to")]
    [InlineData("""{ "uri": "zvt+tcp://h:1", "strictUnknown": "yes" }""", "strictUnknown", "true or false")]
    [InlineData("""{ "uri": "zvt+tcp://h:1", "merchants": { "x": "Shop" } }""", "merchants", "1 to 99")]
    [InlineData("""{ "uri": "zvt+tcp://h:1", "schedule": { "at": "22:00" } }""", "schedule", "not in this version yet")]
    public void A_fault_of_a_terminal_names_its_field(string entry, string name, string words) =>
        A_fault_names_its_path_and_what_is_allowed($"{{ \"terminals\": {{ \"a\": {entry} }} }}", $"terminals.a.{name}", words);

    [Fact]
    public void All_faults_are_told_not_only_the_first()
    {
        var faults = Read("""{ "listen": 1, "nope": 2, "log": { "level": 3 } }""").Faults;
        Assert.Equal(["listen", "log.level", "nope"], faults.Select(fault => fault.Path).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}{}")]
    public void What_is_no_JSON_object_is_one_fault(string json) => Assert.Single(Read(json).Faults);

    [Fact]
    public void A_secret_file_that_others_can_read_is_a_fault_that_says_the_cure()
    {
        Secret("key", "a-key-of-some-length", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var fault = Assert.Single(Read("""{ "security": { "apiKeys": ["file:key"] } }""").Faults);
        Assert.Contains("chmod 600", fault.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_API_key_is_a_fault()
    {
        Secret("key", "short", UnixFileMode.UserRead);
        var fault = Assert.Single(Read("""{ "security": { "apiKeys": ["file:key"] } }""").Faults);
        Assert.Contains("at least 16", fault.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_fault_without_a_stack_trace()
    {
        var fault = Assert.Single(GatewaySettings.Check(Path.Combine(folder, "none.json"), ProtocolCatalog.ByName, TimeProvider.System));
        Assert.Contains("cannot be read", fault.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_begins_with_a_byte_order_mark_is_read() => Assert.NotNull(Read("\uFEFF{}").Settings);

    [Fact]
    public void Broken_UTF8_is_a_fault_and_no_crash()
    {
        byte[] json = [.. "{\"data\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        Assert.Single(GatewaySettings.Parse(json, folder, ProtocolCatalog.ByName, TimeProvider.System).Faults);
    }

    [Fact]
    public void The_example_of_the_documentation_is_good()
    {
        Directory.CreateDirectory(Path.Combine(folder, "secrets"));
        Secret("secrets/till-1", "123456", UnixFileMode.UserRead);
        Secret("secrets/api-key", "a-key-of-some-length", UnixFileMode.UserRead);
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Tillbridge.slnx"))) root = root.Parent!;
        var text = File.ReadAllText(Path.Combine(root.FullName, "docs", "api.md"));
        var reading = Read(text.Split("```json")[1].Split("```")[0]);
        Assert.Empty(reading.Faults);
    }

    private SettingsReading Read(string json) =>
        GatewaySettings.Parse(Encoding.UTF8.GetBytes(json), folder, ProtocolCatalog.ByName, TimeProvider.System);

    private void Secret(string name, string text, UnixFileMode mode)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
    }
}
