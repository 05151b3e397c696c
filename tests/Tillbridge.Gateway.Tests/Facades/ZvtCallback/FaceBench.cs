using System.Net;
using System.Text;
using System.Text.Json;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Facades.ZvtCallback;

/// <summary>A gateway with the callback face, its virtual terminals, and a sink.</summary>
public abstract class FaceBench : IAsyncLifetime
{
    private readonly HttpClient client = new();

    private protected TestGateway Gateway { get; private set; } = null!;

    private protected CallbackSink Sink { get; private set; } = null!;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private protected virtual CallbackSettings Face => new();

    protected virtual string[] Terminals => ["till-1"];

    public virtual async ValueTask InitializeAsync()
    {
        Sink = CallbackSink.Start();
        Gateway = await TestGateway.Start(Terminals, settings => settings with
        {
            ZvtCallback = Face with { Listen = new(IPAddress.Loopback, 0) },
        });
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await Gateway.DisposeAsync();
        await Sink.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected async Task<Answer> Send(string body, string path = "/", string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Gateway.CallbackAddress, path))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await client.SendAsync(request, Stop);
        return new(response.StatusCode, await response.Content.ReadAsStringAsync(Stop), response.Headers, response.Content.Headers);
    }

    private protected Task<Answer> Command(string name, string? parameter = null, string path = "/", string? key = null) => Send(
        JsonSerializer.Serialize(new Dictionary<string, string?>
        {
            ["Command"] = name, ["CallbackUrl"] = Sink.Url, ["Parameter"] = parameter, ["Language"] = "en",
        }),
        path, key);

    /// <summary>A command that is taken; its session id.</summary>
    private protected async Task<string> Taken(string name, string? parameter = null, string path = "/", string? key = null)
    {
        var answer = await Command(name, parameter, path, key);
        Assert.True(answer.Status is HttpStatusCode.OK, answer.Text);
        Assert.True(answer.Json.GetProperty("Proceed").GetBoolean(), answer.Text);
        return answer.Json.GetProperty("SessionId").GetString()!;
    }

    /// <summary>A command and its end message.</summary>
    private protected async Task<SinkMessage> Ended(string name, string? parameter = null, string path = "/", string? key = null) =>
        await Sink.End(await Taken(name, parameter, path, key), Stop);

    private protected async Task<List<JsonElement>> Listed()
    {
        var end = await Ended("GetAbortedSessions");
        Assert.True(end.Success);
        return [.. JsonElement.Parse(end.Value).EnumerateArray()];
    }

    private protected static void IsRefused(Answer answer, int status, string code)
    {
        Assert.True((int)answer.Status == status, $"{(int)answer.Status} {answer.Text}");
        string[] fields = ["HttpStatus", "Message", "Proceed", "SessionId", "Code"];
        Assert.Equal(fields, answer.Json.EnumerateObject().Select(field => field.Name).Where(name => name != "Session"));
        Assert.Equal(status, answer.Json.GetProperty("HttpStatus").GetInt32());
        Assert.False(answer.Json.GetProperty("Proceed").GetBoolean());
        Assert.Equal("", answer.Json.GetProperty("SessionId").GetString());
        Assert.NotEqual("", answer.Json.GetProperty("Message").GetString());
        Assert.DoesNotContain("/v1", answer.Json.GetProperty("Message").GetString(), StringComparison.Ordinal);
        Assert.Equal(code, answer.Json.GetProperty("Code").GetString());
        Assert.Equal(code, answer.Headers.GetValues("Tillbridge-Code").Single());
    }
}
