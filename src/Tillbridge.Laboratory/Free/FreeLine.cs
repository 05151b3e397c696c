using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Tillbridge.Transports;

namespace Tillbridge.Laboratory.Free;

/// <summary>The far end of a free line.</summary>
internal interface IFreePeer
{
    /// <summary>A device that is away refuses.</summary>
    bool IsAway { get; }

    void Connected(FreeLink link);

    void Received(FreeLink link, byte[] bytes);

    /// <summary>The till closed it.</summary>
    void Left(FreeLink link);
}

/// <summary>A line whose far end is drawn: every connection works at once or is refused, and breaks when the terminal wants it.</summary>
internal sealed class FreeLine(World world, string name, IFreePeer peer, Transcript transcript, SimProcess host) : ITransport
{
    public static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(1);

    public string Name => name;

    public Carrier Carrier => Carrier.Stream;

    public async Task<ITransportConnection> Connect(CancellationToken shutdown)
    {
        await Task.Delay(Latency, host.Clock, shutdown);
        if (peer.IsAway)
        {
            transcript.Saw("connection refused");
            throw new LinkLostException($"{name} refused the connection.", new SocketException((int)SocketError.ConnectionRefused));
        }

        transcript.Saw("connected");
        var link = new FreeLink(world, peer, transcript);
        peer.Connected(link);
        return link;
    }
}

/// <summary>One connection of a free line.</summary>
internal sealed class FreeLink(World world, IFreePeer peer, Transcript transcript) : ITransportConnection
{
    private readonly Pipe inbound = new(SimConnection.NoThreads);
    private bool isEnded;
    private bool isBroken;

    /// <summary>Both sides still have it.</summary>
    public bool IsOpen { get; private set; } = true;

    public PipeReader Input => inbound.Reader;

    public PipeWriter Output => field ??= new SimOutlet(Write);

    /// <summary>The terminal sends.</summary>
    public void Send(byte[] bytes)
    {
        if (!IsOpen) return;
        world.After(FreeLine.Latency, () =>
        {
            if (isEnded) return;
            transcript.Heard(bytes);
            inbound.Writer.Write(bytes);
            var flush = inbound.Writer.FlushAsync();
            Invariant.Holds(flush.IsCompleted, "a pipe without a threshold takes everything at once");
        });
    }

    /// <summary>The terminal closes, or its connection is torn.</summary>
    public void Break(bool reset)
    {
        if (!IsOpen) return;
        IsOpen = false;
        world.After(FreeLine.Latency, () => End(reset));
    }

    /// <summary>Nothing comes or goes any more, and nobody says so.</summary>
    public void FallSilent()
    {
        IsOpen = false;
        transcript.Saw("silence");
    }

    public ValueTask DisposeAsync()
    {
        isBroken = isEnded = true;
        if (!IsOpen) return ValueTask.CompletedTask;
        IsOpen = false;
        world.After(FreeLine.Latency, () => peer.Left(this));
        return ValueTask.CompletedTask;
    }

    private void End(bool reset)
    {
        if (isEnded) return;
        isEnded = true;
        transcript.Saw(reset ? "reset" : "closed");
        isBroken = reset;
        inbound.Writer.Complete(reset ? Gone() : null);
    }

    private static IOException Gone() => new("The connection is gone.", new SocketException((int)SocketError.ConnectionReset));

    private void Write(byte[] bytes)
    {
        if (isBroken) throw Gone();
        transcript.Said(bytes);
        world.After(FreeLine.Latency, () =>
        {
            if (IsOpen) peer.Received(this, bytes);
        });
    }
}
