using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tillbridge.Gateway.Tests.Support;

/// <summary>What stands between client and gateway in shops: hands requests on, loses answers, or answers by itself.</summary>
internal sealed class FrontDoor : IAsyncDisposable
{
    private readonly WebApplication web;
    private readonly HttpClient behind;
    private readonly ConcurrentQueue<string> seen = new();

    private FrontDoor(WebApplication web, Uri gateway) => (this.web, behind) = (web, new HttpClient { BaseAddress = gateway });

    /// <summary>Decides by method and path, and the number of the request from 1; null hands it on.</summary>
    public Func<string, int, FrontAct?> Act { get; set; } = (_, _) => null;

    /// <summary>Method and path of every request.</summary>
    public IReadOnlyList<string> Seen => [.. seen];

    public string Address => web.Urls.First();

    public static async Task<FrontDoor> Before(Uri gateway)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var web = builder.Build();
        var door = new FrontDoor(web, gateway);
        web.Run(door.Serve);
        await web.StartAsync();
        return door;
    }

    /// <summary>Waits until so many requests came.</summary>
    public Task UntilSeen(int count) => Wait.Until(() => seen.Count >= count);

    public async ValueTask DisposeAsync()
    {
        await web.DisposeAsync();
        behind.Dispose();
    }

    private async Task Serve(HttpContext context)
    {
        var request = $"{context.Request.Method} {context.Request.Path}";
        seen.Enqueue(request);
        var act = Act(request, seen.Count);
        if (act is { Status: { } status })
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/problem+json";
            await context.Response.WriteAsync(act.Body);
            return;
        }

        using var onward = new HttpRequestMessage(new(context.Request.Method), context.Request.Path + context.Request.QueryString);
        if (context.Request.ContentLength > 0)
        {
            using var body = new StreamReader(context.Request.Body);
            onward.Content = new StringContent(await body.ReadToEndAsync(), Encoding.UTF8, "application/json");
        }

        foreach (var name in new[] { "Idempotency-Key", "Accept", "Prefer" })
        {
            if (context.Request.Headers.TryGetValue(name, out var value)) onward.Headers.TryAddWithoutValidation(name, value.ToString());
        }

        using var answer = await behind.SendAsync(onward, context.RequestAborted);
        if (act is not null)
        {
            context.Abort(); // The gateway took it; nobody hears so.
            return;
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        if (answer.StatusCode is not HttpStatusCode.NoContent) await answer.Content.CopyToAsync(context.Response.Body);
    }
}

/// <summary>What the front door does instead of handing on.</summary>
/// <param name="Status">The status of its own answer; null hands the request on and loses the answer.</param>
/// <param name="Body">The body of its own answer.</param>
internal sealed record FrontAct(int? Status, string Body = "")
{
    public static FrontAct LoseAnswer { get; } = new(Status: null);

    public static FrontAct Problem(int status, string code, string? field = null) =>
        new(status, $$"""{"status":{{status}},"code":"{{code}}","field":"{{field}}","detail":"Said by the front door."}""");
}
