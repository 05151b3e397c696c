using System.Net;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests;

public sealed class TerminalsApiTests : IAsyncLifetime
{
    private TestGateway gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await TestGateway.Start();

    public async ValueTask DisposeAsync() => await gateway.DisposeAsync();

    [Fact]
    public async Task Terminals_are_listed_with_configuration_and_state()
    {
        await gateway.Sale(100);
        var list = (await gateway.Get("/v1/terminals")).Json.GetProperty("terminals");
        // A sale that has ended lets go of the line a moment later.
        for (var looks = 0; looks < 50 && list[0].GetProperty("state").GetProperty("condition").GetString() == "busy"; looks++)
            list = (await gateway.Get("/v1/terminals")).Json.GetProperty("terminals");
        var terminal = Assert.Single(list.EnumerateArray());
        Assert.Equal("till-1", terminal.GetProperty("name").GetString());
        Assert.StartsWith("zvt+tcp://127.0.0.1:", terminal.GetProperty("uri").GetString(), StringComparison.Ordinal);
        Assert.Equal("idle", terminal.GetProperty("state").GetProperty("condition").GetString());
        Assert.Equal(terminal.ToString(), (await gateway.Get("/v1/terminals/till-1")).Json.ToString());
        (await gateway.Get("/v1/terminals/TILL-1")).IsProblem(404, "not-found");
    }

    [Fact]
    public async Task A_terminal_that_was_put_takes_sales_and_survives_a_restart_and_one_that_was_deleted_stays_away()
    {
        var (_, port) = gateway.AddTerminal("till-2");
        var put = await gateway.Put("/v1/terminals/till-2", $$"""{"uri":"zvt+tcp://127.0.0.1:{{port}}","recoveryLimit":9}""");
        Assert.Equal(HttpStatusCode.Created, put.Status);
        var sale = await gateway.Post("/v1/sessions", TestGateway.SaleOf(100, "till-2"), "k", wait: 30);
        Assert.Equal("approved", sale.Json.GetProperty("outcome").GetString());
        // What GET answers can be sent back.
        var shown = await gateway.Get("/v1/terminals/till-2");
        Assert.Equal(HttpStatusCode.OK, (await gateway.Put("/v1/terminals/till-2", shown.Text)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await gateway.Send(new(HttpMethod.Delete, "/v1/terminals/till-1"))).Status);

        await gateway.Restart();
        var only = Assert.Single((await gateway.Get("/v1/terminals")).Json.GetProperty("terminals").EnumerateArray());
        Assert.Equal(("till-2", 9), (only.GetProperty("name").GetString(), only.GetProperty("recoveryLimit").GetInt32()));
        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Send(new(HttpMethod.Delete, "/v1/terminals/till-1"))).Status);
    }

    [Theory]
    [InlineData("""{}""", "uri")]
    [InlineData("""{"uri":"zvt+tcp://h:1","uri":"zvt+tcp://h:2"}""", "uri")]
    [InlineData("""{"uri":"zvt+tcp://h:1?password=1"}""", "uri")]
    [InlineData("""{"uri":"zvt+tcp://h:1","password":"123456"}""", "password")]
    [InlineData("""{"uri":"zvt+tcp://h:1","password":"file:/etc/passwd"}""", "password")]
    [InlineData("""{"uri":"zvt+tcp://h:1","password":"file:secrets/../x"}""", "password")]
    [InlineData("""{"uri":"zvt+tcp://h:1","password":"env:HOME"}""", "password")]
    [InlineData("""{"uri":"zvt+tcp://h:1","colour":"red"}""", "colour")]
    [InlineData("""{"uri":"zvt+tcp://h:1","schedule":{"at":"1"}}""", "schedule")]
    public async Task A_bad_entry_is_refused_by_the_name_of_its_field(string body, string field) =>
        (await gateway.Put("/v1/terminals/x", body)).IsProblem(400, "invalid-request", field);

    [Fact]
    public async Task A_bad_name_is_refused_as_name() =>
        (await gateway.Put("/v1/terminals/a%20b", """{"uri":"zvt+tcp://h:1"}""")).IsProblem(400, "invalid-request", "name");

    [Fact]
    public async Task A_serial_address_with_a_bad_option_is_refused_and_not_kept()
    {
        const string Body = """{"uri":"zvt+serial:///dev/ttyUSB0?baud=9601"}""";
        (await gateway.Put("/v1/terminals/x", Body)).IsProblem(400, "invalid-request", "uri");
        (await gateway.Get("/v1/terminals/x")).IsProblem(404, "not-found");
    }

    [Fact]
    public async Task A_busy_terminal_is_not_changed()
    {
        await gateway.Post("/v1/sessions", TestGateway.SaleOf(9909), "k");
        (await gateway.Send(new(HttpMethod.Delete, "/v1/terminals/till-1"))).IsProblem(409, "terminal-busy");
        var same = (await gateway.Get("/v1/terminals/till-1")).Text;
        (await gateway.Put("/v1/terminals/till-1", same)).IsProblem(409, "terminal-busy");
    }

    [Theory]
    [InlineData("terminal")]
    [InlineData("acquirer")]
    public async Task The_connection_tests_say_that_it_works(string what)
    {
        var answer = (await gateway.Post("/v1/terminals/till-1/test", $$"""{"what":"{{what}}"}""")).Json;
        Assert.True(answer.GetProperty("ok").GetBoolean(), answer.ToString());
        Assert.Equal(what, answer.GetProperty("what").GetString());
    }

    [Fact]
    public async Task A_test_of_a_dead_terminal_says_why()
    {
        var port = await TestGateway.DeadPort();
        await gateway.Put("/v1/terminals/dead", $$"""{"uri":"zvt+tcp://127.0.0.1:{{port}}"}""");
        var answer = (await gateway.Post("/v1/terminals/dead/test", "")).Json;
        Assert.False(answer.GetProperty("ok").GetBoolean());
        Assert.Equal("terminal-unreachable", answer.GetProperty("reason").GetString());
        (await gateway.Post("/v1/terminals/dead/test", """{"what":"moon"}""")).IsProblem(400, "invalid-request", "what");
        (await gateway.Post("/v1/terminals/none/test", "")).IsProblem(404, "not-found");
    }

    [Fact]
    public async Task A_script_decides_what_the_virtual_terminal_does_next()
    {
        var script = await gateway.Put("/v1/terminals/till-1/script", """{"next":[{"outcome":"decline"}]}""");
        Assert.Equal(HttpStatusCode.NoContent, script.Status);
        Assert.Equal("declined", (await gateway.Sale(100)).GetProperty("outcome").GetString());
        Assert.Equal("approved", (await gateway.Sale(100)).GetProperty("outcome").GetString());
        (await gateway.Put("/v1/terminals/till-1/script", """{"nxt":[]}""")).IsProblem(400, "invalid-request", "body");
        (await gateway.Put("/v1/terminals/none/script", "{}")).IsProblem(404, "not-found");
    }
}
