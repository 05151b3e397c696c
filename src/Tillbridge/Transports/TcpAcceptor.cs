using System.Net;
using System.Net.Sockets;

namespace Tillbridge.Transports;

/// <summary>Waits for clients of a TCP port.</summary>
public sealed class TcpAcceptor : IAcceptor
{
    private readonly Lock gate = new();
    private readonly IPEndPoint place;
    private TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Socket? listener;

    private TcpAcceptor(IPEndPoint wanted)
    {
        listener = Listen(wanted);
        place = (IPEndPoint)listener.LocalEndPoint!;
        opened.SetResult();
    }

    /// <inheritdoc/>
    public string Name => place.ToString();

    /// <inheritdoc/>
    public Carrier Carrier => Carrier.Stream;

    /// <summary>The port that is really listened on.</summary>
    public int Port => place.Port;

    /// <inheritdoc/>
    public bool IsOpen
    {
        get { lock (gate) return listener is not null; }
        set { lock (gate) Switch_NeedsLock(value); }
    }

    /// <summary>Listens; port 0 takes a free one.</summary>
    /// <exception cref="LinkLostException">The port is taken or the address is not ours.</exception>
    public static TcpAcceptor Open(IPAddress address, int port)
    {
        try
        {
            return new TcpAcceptor(new IPEndPoint(address, port));
        }
        catch (SocketException failure)
        {
            throw new LinkLostException(
                $"Cannot listen on {address}:{port}: {failure.Message}. Choose another port, or 0 for a free one.", failure);
        }
    }

    /// <inheritdoc/>
    public async Task<ITransportConnection> Accept(CancellationToken shutdown)
    {
        while (true)
        {
            Socket? current;
            Task whenOpen;
            lock (gate) (current, whenOpen) = (listener, opened.Task);
            if (current is null)
            {
                await whenOpen.WaitAsync(shutdown);
                continue;
            }

            try
            {
                var client = await current.AcceptAsync(shutdown);
                client.NoDelay = true;
                return new TcpConnection(new NetworkStream(client, ownsSocket: true));
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                // Switched off meanwhile, or the client was gone before it was taken: wait for the next.
                shutdown.ThrowIfCancellationRequested();
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (gate) Switch_NeedsLock(false);
        return ValueTask.CompletedTask;
    }

    private void Switch_NeedsLock(bool on)
    {
        if (on == listener is not null) return;
        if (on)
        {
            listener = Listen(place);
            opened.TrySetResult();
            return;
        }

        opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        listener!.Dispose();
        listener = null;
    }

    private static Socket Listen(IPEndPoint at)
    {
        var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(at);
            socket.Listen(16);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }
}
