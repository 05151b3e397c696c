using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Tillbridge.Gateway.Tests.Telemetry;

/// <summary>What a collector received: where, with which header, and its bytes, of which the texts can be read.</summary>
internal sealed record Received(string Path, string? ContentType, string? Authorization, byte[] Body)
{
    public string Text => Encoding.Latin1.GetString(Body);
}

/// <summary>A collector of OTLP over HTTP on a real socket.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication server;

    private Collector(WebApplication server) => this.server = server;

    public ConcurrentQueue<Received> Received { get; } = new();

    public Uri Address => new(server.Urls.First());

    public static async Task<Collector> Start()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var collector = new Collector(builder.Build());
        collector.server.Run(collector.Take);
        await collector.server.StartAsync();
        return collector;
    }

    public IEnumerable<string> Of(string path) => Received.Where(one => one.Path == path).Select(one => one.Text);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task Take(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var headers = context.Request.Headers;
        Received.Enqueue(new(context.Request.Path, headers.ContentType, headers.Authorization, body.ToArray()));
        context.Response.ContentType = "application/x-protobuf";
    }
}
