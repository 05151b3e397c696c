using System.Text.Json;

namespace Tillbridge.Gateway.Tests.Support;

/// <summary>One event as it came over the wire.</summary>
internal sealed record SseEvent(long Id, string Event, JsonElement Data);

/// <summary>Reads server-sent events of one connection.</summary>
internal sealed class SseReader(HttpResponseMessage response, StreamReader lines) : IDisposable
{
    public static async Task<SseReader> Open(HttpClient client, string path, long? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", $"{lastEventId}");
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var reader = new SseReader(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
        Assert.StartsWith(":", await reader.Line(), StringComparison.Ordinal);
        return reader;
    }

    /// <summary>The next event; null when the stream ended.</summary>
    public async Task<SseEvent?> Next()
    {
        var (id, name, data) = (0L, "", "");
        while (await Line() is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal)) id = long.Parse(line[4..]);
            else if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) data = line[6..];
            else if (line.Length == 0 && data.Length > 0) return new(id, name, JsonElement.Parse(data));
        }

        return null;
    }

    public async Task<List<SseEvent>> Rest()
    {
        var events = new List<SseEvent>();
        while (await Next() is { } one) events.Add(one);
        return events;
    }

    public void Dispose()
    {
        lines.Dispose();
        response.Dispose();
    }

    private async Task<string?> Line() => await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
}
