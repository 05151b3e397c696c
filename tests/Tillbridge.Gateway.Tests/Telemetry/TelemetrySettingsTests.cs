using System.Text;
using Tillbridge.Catalog;
using Tillbridge.Gateway.Settings;

namespace Tillbridge.Gateway.Tests.Telemetry;

public sealed class TelemetrySettingsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tillbridge-telemetry-").FullName;

    public TelemetrySettingsTests()
    {
        Secret("token", "Bearer 123\n");
        Secret("two", "one, two");
    }

    private void Secret(string name, string text)
    {
        var file = Path.Combine(folder, name);
        File.WriteAllText(file, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Nothing_is_sent_unless_asked_for()
    {
        Assert.Null(Read("{}").Settings!.Otlp);
        Assert.Null(Read("""{ "telemetry": {} }""").Settings!.Otlp);
    }

    [Fact]
    public void A_whole_section_is_read_and_its_secret_is_not_shown()
    {
        var otlp = Read("""
            { "telemetry": { "otlp": { "endpoint": "https://collector.example:4317", "protocol": "grpc", "metrics": true, "traces": false,
              "metricsEvery": 15, "headers": { "Authorization": "file:token" } } } }
            """).Settings!.Otlp!;
        Assert.Equal(new Uri("https://collector.example:4317"), otlp.Endpoint);
        Assert.Equal((true, true, false, TimeSpan.FromSeconds(15)), (otlp.IsGrpc, otlp.Metrics, otlp.Traces, otlp.Interval));
        Assert.Equal("Bearer 123", otlp.Headers["Authorization"]);
        Assert.DoesNotContain("123", otlp.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""", "endpoint", "missing")]
    [InlineData("""{ "endpoint": "collector:4318" }""", "endpoint", "http://")]
    [InlineData("""{ "endpoint": "http://user:word@h:1" }""", "endpoint", "without a user")]
    [InlineData("""{ "endpoint": "http://h:1", "protocol": "udp" }""", "protocol", "grpc, http")]
    [InlineData("""{ "endpoint": "http://h:1", "metricsEvery": 0 }""", "metricsEvery", "from 1 to 3600")]
    [InlineData("""{ "endpoint": "http://h:1", "interval": 5 }""", "interval", "known are endpoint")]
    [InlineData("""{ "endpoint": "https://h:1", "headers": { "Authorization": "Bearer 123" } }""", "headers.Authorization", "file:PATH")]
    [InlineData("""{ "endpoint": "https://h:1", "headers": { "a b": "file:token" } }""", "headers", "letters")]
    [InlineData("""{ "endpoint": "https://h:1", "headers": { "a": "file:token", "A": "file:token" } }""", "headers.A", "twice")]
    [InlineData("""{ "endpoint": "https://h:1", "headers": { "a": "file:two" } }""", "headers.a", "no comma")]
    [InlineData("""{ "endpoint": "http://h:1", "headers": { "Authorization": "file:token" } }""", "headers", "in clear")]
    public void A_fault_names_its_path_and_what_is_allowed(string otlp, string path, string words)
    {
        var fault = Assert.Single(Read($$"""{ "telemetry": { "otlp": {{otlp}} } }""").Faults);
        Assert.Equal($"telemetry.otlp.{path}", fault.Path);
        Assert.Contains(words, fault.Text, StringComparison.Ordinal);
    }

    private SettingsReading Read(string json) =>
        GatewaySettings.Parse(Encoding.UTF8.GetBytes(json), folder, ProtocolCatalog.ByName, TimeProvider.System);
}
