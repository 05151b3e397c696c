using System.Net;
using System.Text.RegularExpressions;
using Tillbridge.Catalog;
using Tillbridge.Gateway.Settings;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Page;

public sealed partial class ApiReferenceTests
{
    [Fact]
    public async Task Nobody_asks_anybody_else_and_a_key_is_needed_as_for_the_document()
    {
        const string Key = "a-key-of-some-length";
        await using var gateway = await TestGateway.Start(change: settings => settings with { ShowsDocs = true, ApiKeys = [Key] });
        Assert.Equal(HttpStatusCode.Unauthorized, (await gateway.Get("/docs/")).Status);
        gateway.Client.DefaultRequestHeaders.Add("X-Api-Key", Key);

        var page = await gateway.Get("/docs/");
        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.Status, page.Content.ContentType?.MediaType));
        Assert.Contains("\"servers\":[{\"url\":\"/\"}]", page.Text, StringComparison.Ordinal);
        Assert.Contains("openapi/v1.json", page.Text, StringComparison.Ordinal);
        Assert.Empty(Outside.Matches(page.Text).Select(match => match.Value));
        var policy = string.Join(';', page.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self' 'nonce-", policy, StringComparison.Ordinal);
        Assert.Contains("connect-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.All(
            ["\"agent\":{\"disabled\":true}", "\"mcp\":{\"disabled\":true}", "\"withDefaultFonts\":false", "\"telemetry\":false"],
            word => Assert.Contains(word, page.Text, StringComparison.Ordinal));
        foreach (var script in Scripts.Matches(page.Text).Select(match => match.Groups[1].Value))
            Assert.Equal(HttpStatusCode.OK, (await gateway.Get(new Uri(new Uri("http://h/docs/"), script).PathAndQuery)).Status);
        // The other pages keep theirs.
        var usual = (await gateway.Get("/")).Headers.GetValues("Content-Security-Policy").Single();
        Assert.DoesNotContain("script", usual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_not_there_unless_asked_for()
    {
        var settings = GatewaySettings.Parse("{}"u8.ToArray(), ".", ProtocolCatalog.ByName, TimeProvider.System).Settings!;
        Assert.False(settings.ShowsDocs);
        var asked = GatewaySettings.Parse("""{ "docs": true }"""u8.ToArray(), ".", ProtocolCatalog.ByName, TimeProvider.System).Settings!;
        Assert.True(asked.ShowsDocs);
        await using var gateway = await TestGateway.Start();
        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Get("/docs/")).Status);
    }

    [GeneratedRegex("""(?:https?:)?//(?!127\.0\.0\.1|localhost)[a-z0-9-]+\.[a-z.]+""")]
    private static partial Regex Outside { get; }

    [GeneratedRegex("<script[^>]* src=\"([^\"]+)\"")]
    private static partial Regex Scripts { get; }
}
