using System.Net;
using System.Net.Sockets;
using Tillbridge.Protocols;

namespace Tillbridge.Tests.Protocols.Zvt;

/// <summary>What one read on a wire brought.</summary>
/// <param name="Connection">Number of the connection, from 0.</param>
/// <param name="From">Who sent it.</param>
/// <param name="Bytes">The bytes, as they came.</param>
internal sealed record WirePiece(int Connection, Sender From, byte[] Bytes);

/// <summary>A TCP proxy that writes down what passes, in order, before it forwards it.</summary>
internal sealed class RecordingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly List<WirePiece> pieces = [];
    private readonly List<Task> lines = [];
    private readonly int terminalPort;
    private readonly Task serving;

    public RecordingProxy(int terminalPort)
    {
        this.terminalPort = terminalPort;
        listener.Start();
        serving = Serve();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public IReadOnlyList<WirePiece> Pieces
    {
        get { lock (gate) return [.. pieces]; }
    }

    /// <summary>Until every connection that was made has ended, so that all of it is written down.</summary>
    public Task Ended()
    {
        lock (gate) return Task.WhenAll(lines);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving;
        await Task.WhenAll(lines);
        stop.Dispose();
    }

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                var till = await listener.AcceptSocketAsync(stop.Token);
                lock (gate) lines.Add(Carry(lines.Count, till));
            }
        }
        catch (Exception over) when (over is OperationCanceledException
            or SocketException { SocketErrorCode: SocketError.OperationAborted })
        {
            // The test is over.
        }
    }

    private async Task Carry(int connection, Socket till)
    {
        using (till)
        using (var terminal = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true })
        {
            till.NoDelay = true;
            await terminal.ConnectAsync(IPAddress.Loopback, terminalPort, stop.Token);
            var pumps = new[] { Pump(connection, till, terminal, Sender.Ecr), Pump(connection, terminal, till, Sender.Terminal) };
            await Task.WhenAny(pumps);
            till.Dispose();
            terminal.Dispose();
            await Task.WhenAll(pumps);
        }
    }

    private async Task Pump(int connection, Socket from, Socket to, Sender sender)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, stop.Token) is var read and > 0)
            {
                lock (gate) pieces.Add(new(connection, sender, buffer[..read]));
                await to.SendAsync(buffer.AsMemory(0, read), stop.Token);
            }
        }
        catch (Exception over) when (over is SocketException or InvalidOperationException or OperationCanceledException)
        {
            // One side hung up, or the test is over.
        }
    }
}
