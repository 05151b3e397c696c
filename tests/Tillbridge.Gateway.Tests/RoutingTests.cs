using Tillbridge.Gateway.Settings;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests;

public sealed class RoutingTests
{
    private static readonly Dictionary<string, string> Rules = new() { ["KASSA1"] = "till-1", ["KASSA2"] = "till-2" };

    [Theory]
    [InlineData(RoutingBy.Workstation, """ "workstation":"KASSA2" """, "till-2")]
    [InlineData(RoutingBy.User, """ "user":"KASSA1" """, "till-1")]
    [InlineData(RoutingBy.Workstation, """ "terminal":"till-1","workstation":"KASSA2" """, "till-1")]
    public async Task A_rule_chooses_and_a_named_terminal_counts_more(RoutingBy by, string members, string terminal)
    {
        await using var gateway = await Start(by);
        var answer = await gateway.Post("/v1/sessions", $$"""{"kind":"status",{{members}}}""", wait: 30);
        Assert.Equal(terminal, answer.Json.GetProperty("terminal").GetString());
    }

    [Theory]
    [InlineData(RoutingBy.Workstation, """ "workstation":"kassa1" """, "workstation")]
    [InlineData(RoutingBy.Workstation, """ "user":"KASSA1" """, "workstation")]
    [InlineData(RoutingBy.User, """ "user":"anna" """, "user")]
    [InlineData(RoutingBy.Single, """ "workstation":"KASSA1" """, "terminal")]
    public async Task No_rule_is_a_clear_refusal_that_names_the_field(RoutingBy by, string members, string field)
    {
        await using var gateway = await Start(by);
        (await gateway.Post("/v1/sessions", $$"""{"kind":"status",{{members}}}""")).IsProblem(400, "invalid-request", field);
    }

    private static Task<TestGateway> Start(RoutingBy by) =>
        TestGateway.Start(["till-1", "till-2"], settings => settings with { Routing = new(by, null, Rules) });
}
