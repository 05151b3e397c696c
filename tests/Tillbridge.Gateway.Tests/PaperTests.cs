using System.Net;
using System.Text;
using System.Text.Json;
using Tillbridge.Catalog;
using Tillbridge.Gateway.Api;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests;

/// <summary>Receipts, reconciliations, and what the gateway tells about itself.</summary>
public sealed class PaperTests : IAsyncLifetime
{
    private TestGateway gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await TestGateway.Start();

    public async ValueTask DisposeAsync() => await gateway.DisposeAsync();

    [Fact]
    public async Task A_printers_table_is_asked_for_by_its_name()
    {
        var path = $"/v1/sessions/{(await gateway.Sale(1250)).GetProperty("id").GetString()}/receipt?codePage=";
        Assert.Equal(HttpStatusCode.OK, (await gateway.Get(path + "cp852", "application/vnd.escpos")).Status);
        (await gateway.Get(path + "cp999", "application/vnd.escpos")).IsProblem(400, "invalid-request", "codePage");
    }

    [Theory]
    [InlineData(null, "text/plain")]
    [InlineData("*/*", "text/plain")]
    [InlineData("text/html", "text/html")]
    [InlineData("text/plain;q=0.2, text/html;q=0.8", "text/html")]
    [InlineData("text/*;q=0.5, text/plain;q=0", "text/html")]
    [InlineData("application/vnd.escpos", "application/vnd.escpos")]
    [InlineData("application/*, */*;q=0.1", "application/vnd.escpos")]
    public async Task A_receipt_comes_in_the_form_of_Accept(string? accept, string type)
    {
        var id = (await gateway.Sale(1250)).GetProperty("id").GetString();
        foreach (var copy in new[] { "", "?copy=cardholder", "?copy=merchant" })
        {
            var answer = await gateway.Get($"/v1/sessions/{id}/receipt{copy}", accept);
            Assert.True(answer.Status is HttpStatusCode.OK, answer.Text);
            Assert.Equal(type, answer.Content.ContentType?.MediaType);
            Assert.True(answer.Text.Length > 20);
        }
    }

    [Fact]
    public async Task An_Accept_that_no_caller_needs_is_disregarded()
    {
        var id = (await gateway.Sale(1250)).GetProperty("id").GetString();
        var answer = await gateway.Get($"/v1/sessions/{id}/receipt", new string(',', 4000) + "text/html");
        Assert.Equal("text/plain", answer.Content.ContentType?.MediaType);
    }

    [Fact]
    public async Task Receipts_that_are_not_there_or_in_no_form_we_have_are_problems()
    {
        var id = (await gateway.Sale(1250)).GetProperty("id").GetString();
        (await gateway.Get($"/v1/sessions/{id}/receipt", "application/pdf")).IsProblem(406, "not-acceptable", "Accept");
        (await gateway.Get($"/v1/sessions/{id}/receipt", "text/plain;q=0")).IsProblem(406, "not-acceptable", "Accept");
        (await gateway.Get($"/v1/sessions/{id}/receipt?copy=bank")).IsProblem(400, "invalid-request", "copy");
        var status = (await gateway.Post("/v1/sessions", """{"kind":"status"}""", wait: 30)).Json.GetProperty("id").GetString();
        (await gateway.Get($"/v1/sessions/{status}/receipt")).IsProblem(404, "not-found");
    }

    [Fact]
    public async Task A_reconciliation_shows_both_totals_and_that_they_agree()
    {
        await gateway.Sale(1000);
        await gateway.Sale(9901);
        await Post("refund", 300);
        var close = await gateway.Post("/v1/sessions", """{"kind":"reconciliation","terminal":"till-1"}""", "close-1", wait: 30);
        Assert.Equal("approved", close.Json.GetProperty("outcome").GetString());
        await gateway.Sale(50);
        await gateway.Post("/v1/sessions", """{"kind":"reconciliation","terminal":"till-1"}""", "close-2", wait: 30);

        var list = (await gateway.Get("/v1/reconciliations")).Json.GetProperty("reconciliations");
        Assert.Equal(2, list.GetArrayLength());
        var sums = list.EnumerateArray().Select(item => item.GetProperty("journalTotals").GetProperty("net"));
        Assert.Equal([50L, 700], sums.Select(net => net.GetProperty("minorUnits").GetInt64()));
        Assert.All(list.EnumerateArray(), item => Assert.True(item.GetProperty("agrees").GetBoolean(), item.ToString()));
        (await gateway.Get("/v1/reconciliations?outcome=approved")).IsProblem(400, "invalid-request", "outcome");
    }

    [Fact]
    public async Task Health_metrics_and_page_answer()
    {
        await gateway.Sale(100);
        Assert.Equal("ok", (await gateway.Get("/health/live")).Json.GetProperty("status").GetString());
        Assert.Equal("ok", (await gateway.Get("/health/ready")).Json.GetProperty("status").GetString());
        var metrics = await gateway.Get("/metrics");
        Assert.Equal("text/plain", metrics.Content.ContentType?.MediaType);
        const string Approved = "tillbridge_sessions_total{terminal=\"till-1\",kind=\"sale\",outcome=\"approved\"} 1\n";
        Assert.Contains(Approved, metrics.Text, StringComparison.Ordinal);
        Assert.Contains("tillbridge_http_requests_total{method=\"POST\",status=\"201\"} 1\n", metrics.Text, StringComparison.Ordinal);
        var page = await gateway.Get("/");
        Assert.Contains("1.00 EUR", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page.Text, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_description_names_every_route_and_no_other()
    {
        var paths = (await gateway.Get("/openapi/v1.json")).Json.GetProperty("paths");
        var described = paths.EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"));
        Assert.Equal(Routes().Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_log_of_the_run_has_one_line_per_entry()
    {
        await gateway.Sale(100);
        var log = Assert.Single(Directory.GetFiles(Path.Combine(gateway.Folder, "data", "logs"), "tillbridge-*.log"));
        var text = "";
        await Wait.Until(async stop =>
        {
            using var reader = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            text = await reader.ReadToEndAsync(stop);
            return text.Contains("Listening on", StringComparison.Ordinal);
        });
        // A line that is being written is none yet.
        var lines = text[..text.LastIndexOf('\n')].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [A-Z]+ \d+ \S+", line));
    }

    private static IEnumerable<string> Routes()
    {
        var settings = new Settings.GatewaySettings { Data = "unused" };
        var web = Composition.MakeServer(
            settings, Security.Doorway.Of(settings.Limits), Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        var parts = new GatewayParts(ProtocolCatalog.ByName, TimeProvider.System, Domain.IdSource.Of(TimeProvider.System))
        {
            Scripts = new Dictionary<string, Protocols.TerminalScripts> { ["x"] = new() },
        };
        Composition.MapRoutes(web, new(null!, null!, null!, settings, parts, default) { Feed = null! }, null!, null!);
        foreach (var source in ((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)web).DataSources)
        {
            foreach (var endpoint in source.Endpoints.OfType<Microsoft.AspNetCore.Routing.RouteEndpoint>())
            {
                var methods = endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Routing.IHttpMethodMetadata>()!.HttpMethods;
                foreach (var method in methods) yield return $"{method} {endpoint.RoutePattern.RawText}";
            }
        }
    }

    private async Task<JsonElement> Post(string kind, long cents)
    {
        var body = TestGateway.SaleOf(cents).Replace("sale", kind, StringComparison.Ordinal);
        return (await gateway.Post("/v1/sessions", body, $"{kind}-{cents}", wait: 30)).Json;
    }
}
