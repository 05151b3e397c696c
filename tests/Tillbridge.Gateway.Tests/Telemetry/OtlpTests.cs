using Tillbridge.Gateway.Settings;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Telemetry;

public sealed class OtlpTests
{
    private const string Header = "Basic a=b%20c d=e";

    [Fact]
    public async Task What_happened_is_sent_to_a_collector_and_names_no_word_of_a_caller()
    {
        await using var collector = await Collector.Start();
        string session;
        await using (var gateway = await TestGateway.Start(change: settings => settings with { Otlp = Otlp(collector) }))
        {
            session = (await gateway.Sale(4711, "the-callers-own-key")).GetProperty("id").GetString()!;
            await gateway.Sale(9901);
            (await gateway.Post("/v1/sessions", TestGateway.SaleOf(1, "no-such-terminal"), "k-1")).IsProblem(404, "not-found");
            await gateway.Get("/v1/sessions?key=the-callers-own-key");
        }

        Assert.All(collector.Received, one => Assert.Equal(("application/x-protobuf", Header), (one.ContentType, one.Authorization)));
        var metrics = string.Concat(collector.Of("/v1/metrics"));
        string[] expected =
        [
            "tillbridge.session.duration", "tillbridge.outcome", "approved", "declined", "tillbridge.journal.write.duration",
            "tillbridge.session.refused", "tillbridge.sessions.unresolved", "http.server.request.duration", "dotnet.gc.collections",
        ];
        Assert.All(expected, word => Assert.Contains(word, metrics, StringComparison.Ordinal));
        // The bounds are ours, in seconds: 45 is in no list of anybody else.
        Assert.Contains(System.Text.Encoding.Latin1.GetString(BitConverter.GetBytes(45.0)), metrics, StringComparison.Ordinal);
        var traces = string.Concat(collector.Of("/v1/traces"));
        string[] told = ["tillbridge.session", session, "till-1", "/v1/sessions"];
        Assert.All(told, word => Assert.Contains(word, traces, StringComparison.Ordinal));
        Assert.All(
            ["the-callers-own-key", "no-such-terminal"],
            word => Assert.DoesNotContain(word, metrics + traces, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_stands_below_the_request_that_began_it()
    {
        await using var collector = await Collector.Start();
        var trace = Convert.FromHexString("0af7651916cd43dd8448eb211c80319c");
        var traces = Otlp(collector) with { Metrics = false };
        await using (var gateway = await TestGateway.Start(change: settings => settings with { Otlp = traces }))
        {
            gateway.Client.DefaultRequestHeaders.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            await gateway.Sale(100);
        }

        Assert.Empty(collector.Of("/v1/metrics"));
        var bytes = collector.Received.Where(one => one.Text.Contains("tillbridge.session", StringComparison.Ordinal))
            .SelectMany(one => one.Body).ToArray();
        var id = System.Text.Encoding.Latin1.GetString(trace);
        // Once for the request, once for the session.
        Assert.True(System.Text.Encoding.Latin1.GetString(bytes).Split(id).Length > 2);
    }

    [Fact]
    public async Task A_collector_that_is_away_harms_no_payment()
    {
        var nobody = new OtlpSettings(new Uri($"http://127.0.0.1:{await TestGateway.DeadPort()}"));
        await using var gateway = await TestGateway.Start(change: settings => settings with { Otlp = nobody });
        Assert.Equal("approved", (await gateway.Sale(100)).GetProperty("outcome").GetString());
    }

    private static OtlpSettings Otlp(Collector collector) =>
        new(collector.Address) { Headers = new Dictionary<string, string> { ["Authorization"] = Header } };
}
