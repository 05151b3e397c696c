using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Tillbridge.Protocols;
using Tillbridge.Protocols.Zvt.Apdu;

namespace Tillbridge.Benchmarks;

/// <summary>
/// The same bytes in the same turns over bare sockets: who is to speak writes the whole message, the other waits until as
/// many bytes have come. Nothing is parsed. This is what the line itself costs.
/// </summary>
internal sealed class RawExchange : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly IReadOnlyList<(Sender From, byte[] Bytes)> turns;
    private readonly Task serving;

    public RawExchange(IReadOnlyList<(Sender From, byte[] Bytes)> turns)
    {
        this.turns = turns;
        listener.Start();
        serving = Serve();
    }

    public int Messages => turns.Count;

    public int Bytes => turns.Sum(turn => turn.Bytes.Length);

    /// <summary>Lets <paramref name="talk"/> talk with a port behind which a terminal answers, and keeps what was said.</summary>
    public static async Task<RawExchange> Record(int terminalPort, Func<int, Task> talk)
    {
        var said = new List<(Sender, byte[])>();
        var relay = new TcpListener(IPAddress.Loopback, 0);
        relay.Start();
        var carrying = Carry(relay, terminalPort, said);
        await talk(((IPEndPoint)relay.LocalEndpoint).Port);
        await carrying;
        relay.Stop();
        return new RawExchange(said);
    }

    public async Task Talk()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(listener.LocalEndpoint);
        await Play(socket, Sender.Ecr);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving;
        stop.Dispose();
    }

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptSocketAsync(stop.Token);
                client.NoDelay = true;
                await Play(client, Sender.Terminal);
            }
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }
    }

    private async Task Play(Socket socket, Sender self)
    {
        var buffer = new byte[64 * 1024];
        foreach (var (from, bytes) in turns)
        {
            if (from == self)
            {
                await socket.SendAsync(bytes);
                continue;
            }

            for (var have = 0; have < bytes.Length;)
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(have, bytes.Length - have));
                if (read == 0) throw new IOException("The peer closed too early.");
                have += read;
            }
        }
    }

    private static async Task Carry(TcpListener relay, int terminalPort, List<(Sender, byte[])> said)
    {
        using var till = await relay.AcceptSocketAsync();
        using var terminal = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await terminal.ConnectAsync(IPAddress.Loopback, terminalPort);
        await Task.WhenAll(Pump(till, terminal, Sender.Ecr), Pump(terminal, till, Sender.Terminal));

        async Task Pump(Socket from, Socket to, Sender sender)
        {
            var rest = ReadOnlySequence<byte>.Empty;
            var buffer = new byte[64 * 1024];
            try
            {
                while (await from.ReceiveAsync(buffer) is var read and > 0)
                {
                    rest = new ReadOnlySequence<byte>([.. rest.ToArray(), .. buffer.AsSpan(0, read)]);
                    while (ZvtFraming.TryTake(ref rest, out var apdu))
                    {
                        lock (said) said.Add((sender, apdu.ToArray()));
                    }

                    await to.SendAsync(buffer.AsMemory(0, read));
                }

                to.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                // One side hung up.
            }
        }
    }
}
