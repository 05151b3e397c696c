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
        await using var gateway = await TestGateway.Start(change: settings => settings with { Limits = new() { RequestsPerSecond = 5 } });
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => gateway.Get("/health/live")));
        var refused = answers.Where(answer => answer.Status is HttpStatusCode.TooManyRequests).ToList();
        Assert.NotEmpty(refused);
        refused[0].IsProblem(429, "too-many-requests");
        Assert.Equal("1", refused[0].Headers.GetValues("Retry-After").Single());
    }

    [Theory]
    [InlineData("same-origin", "cors", "empty", 200)]
    [InlineData("none", "navigate", "document", 200)]
    [InlineData("cross-site", "no-cors", "image", 403)]
    [InlineData("same-site", "cors", "empty", 403)]
    [InlineData("cross-site", "navigate", "iframe", 403)]
    [InlineData("cross-site", "navigate", "document", 200)]
    public async Task A_browser_that_says_that_a_foreign_page_asks_is_believed(string site, string mode, string dest, int status)
    {
        await using var gateway = await TestGateway.Start();
        Assert.Equal(status, (int)(await gateway.Send(FromPage("/v1/terminals", site, mode, dest))).Status);
    }

    [Fact]
    public async Task A_page_whose_origin_is_allowed_may_ask_across_sites()
    {
        await using var gateway = await TestGateway.Start(change: settings => settings with { AllowedOrigins = ["https://till.example"] });
        var request = FromPage("/v1/terminals", "cross-site", "cors", "empty");
        request.Headers.Add("Origin", "https://till.example");
        Assert.Equal(HttpStatusCode.OK, (await gateway.Send(request)).Status);
    }

    [Fact]
    public async Task A_foreign_web_page_uses_up_nothing_of_the_tills_rate()
    {
        await using var gateway = await TestGateway.Start(change: settings => settings with { Limits = new() { RequestsPerSecond = 5 } });
        for (var index = 0; index < 60; index++)
        {
            using var request = FromPage("/v1/terminals", "cross-site", "no-cors", "image");
            Assert.Equal(HttpStatusCode.Forbidden, (await gateway.Send(request)).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await gateway.Get("/v1/terminals")).Status);
    }

    [Fact]
    public async Task Payments_and_health_have_a_rate_of_their_own()
    {
        await using var gateway = await TestGateway.Start(change: settings => settings with { Limits = new() { RequestsPerSecond = 5 } });
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => gateway.Get("/v1/sessions")));
        Assert.Contains(answers, answer => answer.Status is HttpStatusCode.TooManyRequests);
        Assert.Equal("approved", (await gateway.Sale(100)).GetProperty("outcome").GetString());
        Assert.Equal(HttpStatusCode.OK, (await gateway.Get("/health/live")).Status);
    }

    [Fact]
    public async Task Wrong_keys_are_slowed_down_and_told_without_the_key_and_block_no_right_one()
    {
        await using var gateway = await TestGateway.Start(change: settings => settings with { ApiKeys = [Key] });
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(index => gateway.Send(WithKey($"wrong-key-number-{index}"))));
        Assert.Contains(answers, answer => answer.Status is HttpStatusCode.Unauthorized);
        var slowed = answers.Where(answer => answer.Status is not HttpStatusCode.Unauthorized).ToList();
        Assert.True(slowed.Count > 100, $"{slowed.Count} of 200");
        slowed[0].IsProblem(429, "too-many-requests");
        Assert.Equal(HttpStatusCode.OK, (await gateway.Send(WithKey(Key))).Status);

        var log = "";
        await Wait.Until(() => (log = Logs(gateway)).Contains("A wrong API key from 127.0.0.1", StringComparison.Ordinal));
        Assert.DoesNotContain("wrong-key-number", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_of_terminals_are_escaped_on_the_page_and_in_metrics()
    {
        await using var gateway = await TestGateway.Start(names: ["<b>\"x\\y\"</b>"]);
        Assert.Contains("&lt;b&gt;", (await gateway.Get("/")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", (await gateway.Get("/")).Text, StringComparison.Ordinal);
        Assert.Contains("terminal=\"<b>\\\"x\\\\y\\\"</b>\"", (await gateway.Get("/metrics")).Text, StringComparison.Ordinal);
    }

    private static HttpRequestMessage FromPage(string path, string site, string mode, string dest)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Sec-Fetch-Site", site);
        request.Headers.Add("Sec-Fetch-Mode", mode);
        request.Headers.Add("Sec-Fetch-Dest", dest);
        return request;
    }

    private static HttpRequestMessage WithKey(string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/terminals");
        request.Headers.Add("X-Api-Key", key);
        return request;
    }

    private static string Logs(TestGateway gateway)
    {
        var file = Directory.GetFiles(Path.Combine(gateway.Settings.Data, "logs")).Single();
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}
