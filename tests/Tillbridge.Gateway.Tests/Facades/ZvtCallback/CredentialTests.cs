using System.Text;
using Tillbridge.Catalog;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Gateway.Settings;

namespace Tillbridge.Gateway.Tests.Facades.ZvtCallback;

/// <summary>How a receiver is shown who calls: by its origin alone.</summary>
public sealed class CredentialTests : FaceBench
{
    private protected override CallbackSettings Face => new()
    {
        Credentials = new Dictionary<string, CallbackCredential>(StringComparer.OrdinalIgnoreCase)
        {
            [$"http://127.0.0.1:{Sink.Port}"] = new("Basic", "till:s3cret"), ["http://127.0.0.1:9"] = new("Bearer", "of-another"),
        },
    };

    [Fact]
    public async Task A_receiver_gets_what_is_configured_for_its_origin_with_every_message()
    {
        await Ended("DiagnosisSimple");

        Assert.NotEmpty(Sink.Messages);
        var expected = $"Authorization: Basic {Convert.ToBase64String("till:s3cret"u8)}";
        Assert.All(Sink.Messages, message => Assert.Contains(expected, message.Headers, StringComparison.Ordinal));
        Assert.DoesNotContain("s3cret", Face.Credentials.Values.First().ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"https://pos.example:8443":{"scheme":"bearer","secret":"env:TILLBRIDGE_TEST_TOKEN"}}""", null)]
    [InlineData("""{"http://127.0.0.1:9000":{"scheme":"basic","secret":"env:TILLBRIDGE_TEST_USER"}}""", null)]
    [InlineData("""{"http://pos.example":{"scheme":"bearer","secret":"env:TILLBRIDGE_TEST_TOKEN"}}""", "authorization.http://pos.example")]
    [InlineData("""{"https://pos.example/x":{"scheme":"bearer","secret":"env:TILLBRIDGE_TEST_TOKEN"}}""", "https://pos.example/x")]
    [InlineData("""{"https://pos.example":{"scheme":"digest","secret":"env:TILLBRIDGE_TEST_TOKEN"}}""", "scheme")]
    [InlineData("""{"https://pos.example":{"scheme":"basic","secret":"env:TILLBRIDGE_TEST_TOKEN"}}""", "secret")]
    [InlineData("""{"https://pos.example":{"scheme":"bearer","secret":"in the clear"}}""", "secret")]
    [InlineData("""{"https://pos.example":{"secret":"env:TILLBRIDGE_TEST_TOKEN"}}""", "scheme")]
    public void Only_a_safe_way_and_a_secret_from_elsewhere_are_taken(string authorization, string? fault)
    {
        Environment.SetEnvironmentVariable("TILLBRIDGE_TEST_TOKEN", "token-of-the-till");
        Environment.SetEnvironmentVariable("TILLBRIDGE_TEST_USER", "till:s3cret");
        var json = """{"facades":{"zvtCallback":{"callback":{"authorization":""" + authorization + "}}}}";

        var (settings, faults) = GatewaySettings.Parse(
            Encoding.UTF8.GetBytes(json), Path.GetTempPath(), ProtocolCatalog.ByName, TimeProvider.System);

        if (fault is null) Assert.True(settings is not null, string.Join("; ", faults));
        else Assert.Contains(faults, found => found.Path.EndsWith(fault, StringComparison.Ordinal));
    }
}
