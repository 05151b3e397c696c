using System.Text;
using System.Text.Json;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Facades.ZvtCallback;

/// <summary>
/// The real gateway dies by SIGKILL at every message of a payment that came by the callback face. After the restart its end is
/// told to the journalled address, and tells the truth.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class CallbackKillTests
{
    public static IEnumerable<TheoryDataRow<string, string, string>> Points() =>
        KillCases.Points(KillStep.FirstPayment).SkipWhile(row => row.Data.Item2 != "06 01");

    [Theory]
    [MemberData(nameof(Points))]
    public async Task A_gateway_killed_at_any_message_tells_the_true_end_after_its_restart(string when, string step, string expected)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var sink = CallbackSink.Start();
        var port = await TestGateway.DeadPort();
        await using var bench = await KillBench.Start(stop, port);
        bench.Proxy.Arm(new(step, when == KillCases.After, Silently: false), KillStep.FirstPayment, bench.Gateway.Kill);
        var id = await Order(port, sink.Url, stop);
        await bench.Proxy.Killed.WaitAsync(KillBench.Patience, stop);
        Assert.DoesNotContain(sink.Messages, message => !message.IsIntermediate);
        var told = sink.Messages.Max(message => message.Sequence);

        await bench.StartGateway(stop);
        var end = await sink.End(id, stop, 60);
        Assert.True(end.Sequence > told, $"{end.Sequence} after {told}");
        var progress = sink.Messages.Where(message => message.SessionId == id && message.IsIntermediate);
        Assert.Equal(told, progress.Max(message => message.Sequence));
        var session = await bench.Gateway.Get($"v1/sessions/{id}", stop);
        await bench.CheckBooks(session, [], stop);
        Assert.Contains(end.Text("Outcome"), expected.Split(" or "));
        Assert.Equal(end.Text("Outcome") == "approved", end.Success);
        Assert.Equal(bench.Standing.Count, end.Success ? 1 : 0);
        Assert.Equal("unfinished", (await Listed(port, sink, stop)).Single().GetProperty("Kind").GetString());
        await bench.CheckJournal(stop);
    }

    private static async Task<string> Order(int port, string url, CancellationToken stop)
    {
        var answer = await Send(port, $$"""{"Command":"Authorisation","CallbackUrl":"{{url}}","Parameter":"1250"}""", stop);
        Assert.True(answer.GetProperty("Proceed").GetBoolean(), answer.ToString());
        return answer.GetProperty("SessionId").GetString()!;
    }

    private static async Task<List<JsonElement>> Listed(int port, CallbackSink sink, CancellationToken stop)
    {
        var answer = await Send(port, $$"""{"Command":"GetAbortedSessions","CallbackUrl":"{{sink.Url}}"}""", stop);
        var end = await sink.End(answer.GetProperty("SessionId").GetString()!, stop);
        return [.. JsonElement.Parse(end.Value).EnumerateArray()];
    }

    private static async Task<JsonElement> Send(int port, string body, CancellationToken stop)
    {
        using var client = new HttpClient();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync($"http://127.0.0.1:{port}/", content, stop);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync(stop));
    }
}
