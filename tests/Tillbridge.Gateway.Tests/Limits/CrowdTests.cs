using System.Net;
using Tillbridge.Gateway.Settings;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Limits;

public sealed class CrowdTests : IAsyncLifetime
{
    private const string Key = "a-key-of-some-length";
    private const string Elsewhere = "127.0.0.2";

    private readonly List<Crowd> crowds = [];
    private TestGateway gateway = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux calls from every address of 127.0.0.0/8.");
        gateway = await TestGateway.Start();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var crowd in crowds) crowd.Dispose();
        if (gateway is not null) await gateway.DisposeAsync();
    }

    [Fact]
    public async Task Idle_connections_are_closed_for_who_comes_and_lock_no_till_out()
    {
        await Limit(new() { Connections = 8, ConnectionsPerAddress = 8 });
        var idle = From(Elsewhere);
        for (var index = 0; index < 40; index++) await idle.Add();
        Assert.Equal(0, await idle.Status(0));
        Assert.Equal("approved", (await gateway.Sale(100)).GetProperty("outcome").GetString());
        Assert.Equal(HttpStatusCode.OK, (await gateway.Get("/health/ready")).Status);
    }

    [Fact]
    public async Task Requests_that_never_become_whole_are_idle_too()
    {
        await Limit(new() { Connections = 8, ConnectionsPerAddress = 8 });
        var slow = From(Elsewhere);
        for (var index = 0; index < 10; index++) await slow.Add("GET /v1/terminals HTTP/1.1\r\nHost: ");
        var head = $"POST /v1/sessions HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nContent-Type: application/json\r\n"
            + "Content-Length: 99\r\n\r\n{";
        for (var index = 0; index < 10; index++) await slow.Add(head);
        Assert.Equal("approved", (await gateway.Sale(100)).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task An_address_that_has_its_share_closes_its_own_and_nobody_elses()
    {
        await Limit(new() { Connections = 16, ConnectionsPerAddress = 4 });
        var other = From("127.0.0.3");
        var kept = await other.Add();
        var many = From(Elsewhere);
        for (var index = 0; index < 40; index++) await many.Add();
        Assert.Equal(0, await many.Status(20));
        Assert.Equal(200, await other.Again(kept, "/health/live"));
    }

    [Fact]
    public async Task Listeners_have_a_share_per_address_and_leave_room_for_payments()
    {
        await Limit(new() { Connections = 16, ConnectionsPerAddress = 8 });
        var many = From(Elsewhere);
        for (var index = 0; index < 4; index++) Assert.Equal(200, await many.Ask("/v1/events"));
        Assert.Equal(429, await many.Ask("/v1/events"));
        var others = From("127.0.0.3");
        for (var index = 0; index < 4; index++) Assert.Equal(200, await others.Ask("/v1/events"));
        // Half of all connections listen now; that is as much as there is.
        (await gateway.Get("/v1/events")).IsProblem(429, "too-many-listeners");
        Assert.Equal("approved", (await gateway.Sale(100)).GetProperty("outcome").GetString());
        Assert.Equal(HttpStatusCode.OK, (await gateway.Get("/health/ready")).Status);
    }

    [Fact]
    public async Task A_listener_that_leaves_makes_room_for_the_next()
    {
        await Limit(new() { Connections = 8, ConnectionsPerAddress = 2 });
        using (var one = await SseReader.Open(gateway.Client, "/v1/events"))
            Assert.Equal(429, await From("127.0.0.1").Ask("/v1/events"));
        await Wait.Until(async _ => await From("127.0.0.1").Ask("/v1/events") == 200);
    }

    [Fact]
    public async Task Who_waits_beyond_the_share_is_answered_at_once_and_the_payment_is_taken_all_the_same()
    {
        await Limit(new() { Connections = 8, ConnectionsPerAddress = 8 });
        await gateway.Put("/v1/terminals/till-1/script", """{"next":[{"slowSeconds":60}]}""");
        var id = (await gateway.Post("/v1/sessions", TestGateway.SaleOf(4200), "key-1")).Json.GetProperty("id").GetString();
        var waiting = From(Elsewhere);
        await waiting.Add($"GET /v1/sessions/{id}?wait=600 HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\n\r\n");
        await UntilOpen(2);
        var second = (await gateway.Get($"/v1/sessions/{id}?wait=600")).Json;
        Assert.Equal("null", second.GetProperty("outcome").GetRawText());
        // The till that pays has room of its own to wait in.
        var till = gateway.Post("/v1/sessions", TestGateway.SaleOf(4200), "key-1", wait: 60);
        await UntilOpen(3);
        await gateway.Post($"/v1/sessions/{id}/abort", """{"by":"anna"}""");
        Assert.Equal("cancelled", (await till).Json.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Who_has_shown_a_key_is_closed_last()
    {
        await Limit(new() { Connections = 8, ConnectionsPerAddress = 4 }, Key);
        var till = From(Elsewhere);
        Assert.Equal(200, await till.Ask("/v1/terminals", $"X-Api-Key: {Key}\r\n"));
        for (var index = 0; index < 20; index++) await till.Add();
        Assert.Equal(401, await till.Again(0, "/v1/terminals"));
    }

    [Fact]
    public async Task The_callback_face_closes_idle_ones_too()
    {
        await gateway.Restart(settings => settings with { ZvtCallback = new() { Listen = new(IPAddress.Loopback, 0) } });
        var idle = From(Elsewhere, gateway.CallbackAddress);
        for (var index = 0; index < 110; index++) await idle.Add();
        Assert.Equal(0, await idle.Status(0));
        Assert.Equal(200, await From("127.0.0.3", gateway.CallbackAddress).Ask("/health"));
    }

    // The one that looks is among them.
    private Task UntilOpen(int requests) => Wait.Until(async _ =>
        (await gateway.Get("/metrics")).Text.Contains($"tillbridge_http_requests_open {requests}\n", StringComparison.Ordinal));

    private Crowd From(string address, Uri? to = null)
    {
        var crowd = new Crowd(to ?? gateway.Address, address);
        crowds.Add(crowd);
        return crowd;
    }

    private Task Limit(GatewayLimits limits, params string[] keys) =>
        gateway.Restart(settings => settings with { Limits = limits, ApiKeys = keys });
}
