using System.Net;
using System.Net.Sockets;

namespace Tillbridge.Gateway.Tests.Doctor;

/// <summary>Something at a TCP port that is no terminal: it writes down what it hears and answers as a test wants.</summary>
/// <param name="answer">The answer to what one read brought; empty says nothing, null hangs up.</param>
/// <param name="banner">Said at connect.</param>
internal sealed class TalkingPeer(Func<byte[], byte[]?> answer, byte[]? banner = null) : IAsyncDisposable
{
    private readonly TcpListener listener = Listen();
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly List<string> heard = [];
    private Task serving = Task.CompletedTask;

    public string Address => AddressIn("zvt");

    /// <summary>Every read of every connection, as hexadecimal text.</summary>
    public IReadOnlyList<string> Heard
    {
        get { lock (gate) return [.. heard]; }
    }

    public string AddressIn(string protocol) => $"{protocol}+tcp://{listener.LocalEndpoint}";

    public TalkingPeer Start()
    {
        serving = Serve();
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving;
        stop.Dispose();
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private async Task Serve()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                await Talk(client.GetStream());
            }
            catch (Exception over) when (over is IOException or SocketException or OperationCanceledException or InvalidOperationException)
            {
                // The doctor has heard enough, or the test is over.
            }
        }
    }

    private async Task Talk(NetworkStream stream)
    {
        if (banner is not null) await stream.WriteAsync(banner, stop.Token);
        var buffer = new byte[4096];
        while (await stream.ReadAsync(buffer, stop.Token) is var size and > 0)
        {
            lock (gate) heard.Add(Convert.ToHexString(buffer[..size]));
            if (answer(buffer[..size]) is not { } said) return;
            await stream.WriteAsync(said, stop.Token);
        }
    }
}
