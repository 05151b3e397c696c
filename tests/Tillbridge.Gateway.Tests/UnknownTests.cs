using System.Net;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests;

public sealed class UnknownTests : IAsyncLifetime
{
    private TestGateway gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await TestGateway.Start();

    public async ValueTask DisposeAsync() => await gateway.DisposeAsync();

    [Fact]
    public async Task An_unknown_stands_out_blocks_the_terminal_and_is_resolved_by_a_named_person()
    {
        // Booked, power cut, and recovery gives up before the terminal is back.
        var unknown = await gateway.Sale(9913);
        Assert.Equal("unknown", unknown.GetProperty("outcome").GetString());
        Assert.StartsWith("Result unknown. Do not charge again", unknown.GetProperty("message").GetString(), StringComparison.Ordinal);
        var refused = await gateway.Post("/v1/sessions", TestGateway.SaleOf(100), "key-2");
        refused.IsProblem(409, "unresolved-session");
        Assert.Equal(unknown.GetProperty("id").GetString(), refused.Json.GetProperty("session").GetString());
        Assert.Contains("<tr class=\"unknown\">", (await gateway.Get("/")).Text, StringComparison.Ordinal);
        var metrics = (await gateway.Get("/metrics")).Text;
        Assert.Contains("tillbridge_sessions_unresolved{terminal=\"till-1\"} 1", metrics, StringComparison.Ordinal);
        const string Ended = "tillbridge_sessions_total{terminal=\"till-1\",kind=\"sale\",outcome=\"unknown\"} 1";
        Assert.Contains(Ended, metrics, StringComparison.Ordinal);

        var id = unknown.GetProperty("id").GetString();
        var resolved = await gateway.Post($"/v1/sessions/{id}/resolve", """{"outcome":"approved","by":"Eva Nová","note":"slip 17"}""");
        Assert.Equal(HttpStatusCode.OK, resolved.Status);
        Assert.Equal("approved", resolved.Json.GetProperty("outcome").GetString());
        Assert.Equal("Eva Nová", resolved.Json.GetProperty("resolvedBy").GetString());
        Assert.Contains("Eva Nová", (await gateway.Get($"/v1/sessions/{id}/timeline")).Text, StringComparison.Ordinal);
        (await gateway.Post($"/v1/sessions/{id}/resolve", """{"outcome":"failed","by":"Eva"}""")).IsProblem(409, "wrong-state");
    }
}
