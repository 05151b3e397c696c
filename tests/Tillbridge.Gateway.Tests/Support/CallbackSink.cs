using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Tillbridge.Gateway.Tests.Support;

/// <summary>What a sink does with a message.</summary>
/// <param name="Status">Status to answer with; 0 closes the connection without an answer.</param>
internal sealed record SinkAct(int Status = 200)
{
    /// <summary>How long it thinks before.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Where it points to.</summary>
    public string? Location { get; init; }

    /// <summary>How many bytes follow as body.</summary>
    public int BodyBytes { get; init; }
}

/// <summary>A message as the sink got it.</summary>
internal sealed record SinkMessage(JsonElement Json, string Raw, string Headers, DateTimeOffset At)
{
    public string Command => Text("Command");

    public bool Success => Json.GetProperty("Success").GetBoolean();

    public bool IsIntermediate => Json.GetProperty("IsIntermediateState").GetBoolean();

    public string Value => Decode(Text("Value"));

    public string Code => Text("Code");

    public string SessionId => Text("SessionId");

    public int Sequence => Json.GetProperty("Sequence").GetInt32();

    public static string Decode(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));

    public string Text(string name) => Json.GetProperty(name).GetString()!;
}

/// <summary>A client's callback receiver on a real socket, good or bad as told.</summary>
internal sealed class CallbackSink : IAsyncDisposable
{
    private readonly ConcurrentQueue<SinkMessage> messages = new();
    private readonly SemaphoreSlim arrived = new(0);
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> clients = [];
    private TcpListener? listener;
    private Task accepting = Task.CompletedTask;

    private CallbackSink(int port) => Port = port;

    public int Port { get; private set; }

    public string Url => $"http://127.0.0.1:{Port}/zvt";

    /// <summary>Decides by the message and its number, from 1.</summary>
    public Func<SinkMessage, int, SinkAct> Act { get; set; } = (_, _) => new();

    public IReadOnlyList<SinkMessage> Messages => [.. messages];

    public static CallbackSink Start()
    {
        var sink = new CallbackSink(0);
        sink.Open();
        return sink;
    }

    /// <summary>Listens again on its port.</summary>
    public void Open()
    {
        listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = Accept(listener);
    }

    /// <summary>Refuses connections from now on.</summary>
    public async Task Close()
    {
        listener?.Stop();
        await accepting;
    }

    /// <summary>The first message that fits, waited for.</summary>
    public async Task<SinkMessage> Await(Func<SinkMessage, bool> fits, CancellationToken cancel, int seconds = 30)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        while (true)
        {
            if (Messages.FirstOrDefault(fits) is { } found) return found;
            try
            {
                await arrived.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                Assert.Fail("No such message; got: " + string.Join(" | ", Messages.Select(one => one.Raw)));
            }
        }
    }

    /// <summary>The end message of a command.</summary>
    public Task<SinkMessage> End(string sessionId, CancellationToken cancel, int seconds = 30) =>
        Await(message => !message.IsIntermediate && message.SessionId == sessionId, cancel, seconds);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Close();
        Task[] left;
        lock (clients) left = [.. clients];
        await Task.WhenAll(left);
        stop.Dispose();
        arrived.Dispose();
    }

    private async Task Accept(TcpListener from)
    {
        try
        {
            while (true)
            {
                var client = await from.AcceptTcpClientAsync(stop.Token);
                lock (clients) clients.Add(Serve(client));
            }
        }
        catch (Exception over) when (over is SocketException or OperationCanceledException or InvalidOperationException)
        {
            from.Stop();
        }
    }

    private async Task Serve(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                if (await Read(stream) is not { } message) return;
                messages.Enqueue(message);
                arrived.Release();
                var act = Act(message, messages.Count);
                if (act.Delay > TimeSpan.Zero) await Task.Delay(act.Delay, TimeProvider.System, stop.Token);
                if (act.Status == 0) return;
                var location = act.Location is null ? "" : $"Location: {act.Location}\r\n";
                var head = $"HTTP/1.1 {act.Status} X\r\n{location}Content-Length: {act.BodyBytes}\r\nConnection: close\r\n\r\n";
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head), stop.Token);
                var block = new byte[64 * 1024];
                for (var left = act.BodyBytes; left > 0; left -= block.Length)
                    await stream.WriteAsync(block.AsMemory(0, Math.Min(left, block.Length)), stop.Token);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException or SocketException)
            {
                // The gateway hung up.
            }
        }
    }

    private async Task<SinkMessage?> Read(NetworkStream stream)
    {
        var bytes = new List<byte>();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var read = await stream.ReadAsync(buffer, stop.Token);
            if (read == 0) return null;
            bytes.AddRange(buffer.AsSpan(0, read));
            var text = Encoding.UTF8.GetString([.. bytes]);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0) continue;
            var head = text[..end];
            var length = head.Split("\r\n").Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                .Select(line => int.Parse(line[15..])).Single();
            if (bytes.Count < end + 4 + length) continue;
            var raw = text[(end + 4)..];
            return new(JsonElement.Parse(raw), raw, head, DateTimeOffset.UtcNow);
        }
    }
}
