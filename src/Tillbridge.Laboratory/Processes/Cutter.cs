using System.Net;
using System.Net.Sockets;

namespace Tillbridge.Laboratory.Processes;

/// <summary>A wire between gateway and terminal that somebody can pull: it forwards until its connections are cut.</summary>
internal sealed class Cutter : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly List<Socket> open = [];
    private readonly List<Task> forwarding = [];
    private readonly int to;
    private readonly Task accepting;

    public Cutter(int to)
    {
        this.to = to;
        listener.Start();
        accepting = Accept();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public int Cuts { get; private set; }

    /// <summary>Cuts every connection that stands.</summary>
    public void Cut()
    {
        lock (open)
        {
            if (open.Count > 0) Cuts++;
            foreach (var socket in open) socket.Dispose();
            open.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        Cut();
        await accepting;
        await Task.WhenAll(forwarding);
        stop.Dispose();
    }

    private async Task Accept()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var near = await listener.AcceptSocketAsync(stop.Token);
                forwarding.Add(Forward(near));
            }
            catch (Exception over) when (over is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The end, or a client that was gone before it was taken.
            }
        }
    }

    private async Task Forward(Socket near)
    {
        var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        lock (open) open.AddRange([near, far]);
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, to, stop.Token);
            await Task.WhenAny(Pass(near, far), Pass(far, near));
        }
        catch (Exception over) when (over is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The terminal is away, or the wire was cut.
        }

        lock (open)
        {
            open.Remove(near);
            open.Remove(far);
        }

        near.Dispose();
        far.Dispose();
    }

    private async Task Pass(Socket from, Socket into)
    {
        var buffer = new byte[4096];
        try
        {
            while (await from.ReceiveAsync(buffer, stop.Token) is > 0 and var size)
                await into.SendAsync(buffer.AsMemory(0, size), stop.Token);
        }
        catch (Exception over) when (over is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Cut.
        }
    }
}
