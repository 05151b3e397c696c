using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests;

public sealed class SecurityTests
{
    private const string Key = "a-key-of-some-length";

    [Fact]
    public async Task Without_a_key_nothing_but_health_is_shown()
    {
        await using var gateway = await TestGateway.Start(change: settings => settings with { ApiKeys = [Key, "another-long-key-1"] });
        foreach (var path in new[] { "/", "/v1/terminals", "/v1/sessions", "/metrics", "/v1/events", "/openapi/v1.json" })
            (await gateway.Get(path)).IsProblem(401, "unauthorized");
        (await gateway.Post("/v1/sessions", TestGateway.SaleOf(100), "k")).IsProblem(401, "unauthorized");
        Assert.Equal(HttpStatusCode.OK, (await gateway.Get("/health/live")).Status);
        Assert.Empty(gateway.Acquirer.Lines);
    }

    [Theory]
    [InlineData("Authorization", "Bearer " + Key, 200)]
    [InlineData("Authorization", "bearer another-long-key-1", 200)]
    [InlineData("X-Api-Key", Key, 200)]
    [InlineData("Authorization", "Bearer " + Key + "x", 401)]
    [InlineData("Authorization", "Bearer ", 401)]
    [InlineData("Authorization", "Basic !!!", 401)]
    [InlineData("X-Api-Key", "", 401)]
    public async Task A_key_is_shown_in_either_header(string header, string value, int status)
    {
        await using var gateway = await TestGateway.Start(change: settings => settings with { ApiKeys = [Key, "another-long-key-1"] });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/terminals");
        request.Headers.TryAddWithoutValidation(header, value);
        Assert.Equal(status, (int)(await gateway.Send(request)).Status);
    }

    [Fact]
    public async Task A_browser_shows_the_key_as_password()
    {
        await using var gateway = await TestGateway.Start(change: settings => settings with { ApiKeys = [Key] });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes("anna:" + Key));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", pair);
        Assert.Equal(HttpStatusCode.OK, (await gateway.Send(request)).Status);
    }

    [Theory]
    [InlineData("https://evil.example", 403)]
    [InlineData("null", 403)]
    [InlineData("https://till.example", 200)]
    [InlineData("own", 200)]
    public async Task A_foreign_web_page_is_refused(string origin, int status)
    {
        await using var gateway = await TestGateway.Start(change: settings => settings with { AllowedOrigins = ["https://till.example"] });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/terminals");
        request.Headers.Add("Origin", origin == "own" ? $"http://{gateway.Address.Authority}" : origin);
        Assert.Equal(status, (int)(await gateway.Send(request)).Status);
    }

    [Theory]
    [InlineData("evil.example", 403)]
    [InlineData("127.0.0.1.evil.example", 403)]
    [InlineData("localhost", 200)]
    [InlineData("TILL.example", 200)]
    public async Task A_name_that_was_made_to_point_here_is_refused(string name, int status)
    {
        await using var gateway = await TestGateway.Start(change: settings => settings with { AllowedHosts = ["till.example"] });
        using var raw = new RawHttp(gateway.Address);
        var answer = await raw.Exchange("GET /v1/terminals HTTP/1.1", $"Host: {name}:{gateway.Address.Port}");
        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_requests_are_429_and_say_when_to_come_back()
    {
        await using var gateway = await TestGateway.Start(change: settings => settings with { RequestsPerSecond = 5 });
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => gateway.Get("/health/live")));
        var refused = answers.Where(answer => answer.Status is HttpStatusCode.TooManyRequests).ToList();
        Assert.NotEmpty(refused);
        refused[0].IsProblem(429, "too-many-requests");
        Assert.Equal("1", refused[0].Headers.GetValues("Retry-After").Single());
    }

    [Fact]
    public async Task Names_of_terminals_are_escaped_on_the_page_and_in_metrics()
    {
        await using var gateway = await TestGateway.Start(names: ["<b>\"x\\y\"</b>"]);
        Assert.Contains("&lt;b&gt;", (await gateway.Get("/")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", (await gateway.Get("/")).Text, StringComparison.Ordinal);
        Assert.Contains("terminal=\"<b>\\\"x\\\\y\\\"</b>\"", (await gateway.Get("/metrics")).Text, StringComparison.Ordinal);
    }
}
