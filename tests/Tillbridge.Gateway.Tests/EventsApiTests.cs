using System.Net;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests;

public sealed class EventsApiTests : IAsyncLifetime
{
    private TestGateway gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await TestGateway.Start();

    public async ValueTask DisposeAsync() => await gateway.DisposeAsync();

    [Fact]
    public async Task A_session_is_told_from_its_intent_to_its_end_and_then_the_stream_ends()
    {
        var open = (await gateway.Post("/v1/sessions", TestGateway.SaleOf(100), "key-1")).Json;
        var id = open.GetProperty("id").GetString()!;
        using var reader = await SseReader.Open(gateway.Client, $"/v1/sessions/{id}/events");
        var events = await reader.Rest();
        Assert.Equal("state", events[0].Event);
        Assert.Contains(events, one => one.Event == "progress" && one.Data.GetProperty("text").GetString()!.Length > 0);
        var end = events.Single(one => one.Event == "concluded");
        Assert.Equal("approved", end.Data.GetProperty("result").GetProperty("outcome").GetString());
        Assert.Equal(events.Select(one => one.Id).Order(), events.Select(one => one.Id));
        Assert.All(events, one =>
        {
            Assert.Equal(one.Event, one.Data.GetProperty("event").GetString());
            Assert.Equal(id, one.Data.GetProperty("session").GetString());
            Assert.Equal("till-1", one.Data.GetProperty("terminal").GetString());
            Assert.True(one.Data.GetProperty("at").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
        });
    }

    [Fact]
    public async Task A_listener_that_comes_back_at_any_point_misses_nothing()
    {
        var id = (await gateway.Sale(100)).GetProperty("id").GetString();
        var path = $"/v1/sessions/{id}/events";
        using var whole = await SseReader.Open(gateway.Client, path);
        var all = (await whole.Rest()).Select(one => one.Id).ToList();
        for (var seen = 0; seen < all.Count - 1; seen++)
        {
            using var rest = await SseReader.Open(gateway.Client, path, all[seen]);
            Assert.Equal(all[(seen + 1)..], (await rest.Rest()).Select(one => one.Id));
        }

        using var last = new HttpRequestMessage(HttpMethod.Get, path);
        last.Headers.Add("Last-Event-ID", $"{all[^1]}");
        Assert.Equal(HttpStatusCode.NoContent, (await gateway.Send(last)).Status);
    }

    [Fact]
    public async Task Events_of_all_terminals_go_on_over_a_lost_connection_and_a_restart()
    {
        var seen = new List<SseEvent>();
        using (var reader = await SseReader.Open(gateway.Client, "/v1/events"))
        {
            await gateway.Sale(100);
            while (seen.Count == 0 || seen[^1].Event != "concluded") seen.Add((await reader.Next())!);
        }

        // Nobody listens now, and then the process begins anew.
        await gateway.Sale(200);
        await gateway.Restart();
        using (var reader = await SseReader.Open(gateway.Client, "/v1/events", seen[^1].Id))
        {
            await gateway.Sale(300);
            while (seen.Count(one => one.Event == "concluded") < 3) seen.Add((await reader.Next())!);
        }

        Assert.Equal(seen.Select(one => one.Id).Distinct().Order(), seen.Select(one => one.Id));
        var sums = seen.Where(one => one.Event == "concluded")
            .Select(one => one.Data.GetProperty("result").GetProperty("approvedAmount").GetProperty("minorUnits").GetInt64());
        Assert.Equal([100L, 200, 300], sums);
    }

    [Fact]
    public async Task After_zero_begins_with_the_first_record()
    {
        await gateway.Sale(100);
        using var reader = await SseReader.Open(gateway.Client, "/v1/events?after=0");
        Assert.Equal(1, (await reader.Next())!.Id);
    }

    [Theory]
    [InlineData("/v1/events?after=x", null, "after")]
    [InlineData("/v1/events?since=1", null, "since")]
    [InlineData("/v1/events", "abc", "Last-Event-ID")]
    [InlineData("/v1/events", "-1", "Last-Event-ID")]
    public async Task A_bad_position_is_refused_by_its_name(string path, string? header, string field)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (header is not null) request.Headers.Add("Last-Event-ID", header);
        (await gateway.Send(request)).IsProblem(400, "invalid-request", field);
    }

    [Fact]
    public async Task A_stop_of_the_gateway_ends_listeners_and_waiting_callers()
    {
        var stop = TestContext.Current.CancellationToken;
        await gateway.Put("/v1/terminals/till-1/script", """{"next":[{"slowSeconds":2}]}""");
        var id = (await gateway.Post("/v1/sessions", TestGateway.SaleOf(4200), "key-1")).Json.GetProperty("id").GetString();
        using var patient = new HttpClient { BaseAddress = gateway.Address };
        using var reader = await SseReader.Open(patient, "/v1/events?after=0");
        while (!(await reader.Next())!.Data.ToString().Contains("\"inFlight\"", StringComparison.Ordinal)) { }
        var waiting = patient.GetStringAsync($"/v1/sessions/{id}?wait=600", stop);
        var listening = reader.Rest();
        while (!(await gateway.Get("/metrics")).Text.Contains("tillbridge_http_requests_open 3\n", StringComparison.Ordinal))
            Assert.False(waiting.IsCompleted);
        await gateway.Restart().WaitAsync(TimeSpan.FromSeconds(30), stop);
        // Both ended long before the 600 s, with an answer; the open session goes on after the start.
        Assert.Contains("\"outcome\":null", await waiting.WaitAsync(TimeSpan.FromSeconds(30), stop), StringComparison.Ordinal);
        await listening.WaitAsync(TimeSpan.FromSeconds(30), stop);
        var end = (await gateway.Get($"/v1/sessions/{id}?wait=60")).Json;
        var outcome = end.GetProperty("outcome").GetString();
        // Whatever the terminal made of it: our books and its books agree, or we say that we do not know.
        if (outcome != "unknown") Assert.Equal(outcome == "approved" ? 4200 : 0, gateway.Acquirer.Net);
    }
}
