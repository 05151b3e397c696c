using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Tillbridge.Protocols;
using Tillbridge.Transports;

namespace Tillbridge.Laboratory.Lines;

/// <summary>One connection: two directions of bytes in order, each piece with a latency, and the trouble that was laid out.</summary>
internal sealed class SimConnection
{
    public static readonly PipeOptions NoThreads = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: 0, resumeWriterThreshold: 0, minimumSegmentSize: 512, useSynchronizationContext: true);

    private static readonly TimeSpan KeepAliveProof = TimeSpan.FromSeconds(15);
    internal static readonly TimeSpan LateBy = TimeSpan.FromSeconds(200);
    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(300);

    private readonly World world;
    private readonly SimLine line;
    private readonly LinkFault fault;
    private readonly End host;
    private readonly End terminal;
    private readonly Flood flood;
    private bool isDown;
    private bool isSilent;
    private bool watched;

    public SimConnection(World world, SimLine line, LinkFault fault, SimProcess hostProcess, SimProcess terminalProcess)
    {
        (this.world, this.line, this.fault) = (world, line, fault);
        host = new End(this, hostProcess, Sender.Ecr);
        terminal = new End(this, terminalProcess, Sender.Terminal);
        flood = new Flood(world, fault, line.Taken, () => !isDown && !isSilent, bytes => Deliver(host, bytes));
    }

    public ITransportConnection HostEnd => host;

    public ITransportConnection TerminalEnd => terminal;

    public bool Has(SimProcess process) => host.Owner == process || terminal.Owner == process;

    /// <summary>One side closes; the other hears of it after what is on its way, or at once and without it when reset.</summary>
    public void Close(SimProcess by, bool reset)
    {
        if (isDown) return;
        isDown = true;
        line.Forget(this);
        var (near, far) = host.Owner == by ? (host, terminal) : (terminal, host);
        near.EndInput(null);
        if (isSilent) return;
        var arrives = reset ? Latency() : TimeSpan.FromTicks(Math.Max(far.LastArrival - world.Now, Latency().Ticks));
        world.After(arrives, () => far.EndInput(reset ? ResetError(SocketError.ConnectionReset) : null));
    }

    /// <summary>The line or one machine is gone and tells nobody.</summary>
    public void GoSilent(SimProcess? dead)
    {
        isSilent = true;
        if (dead == host.Owner) line.Forget(this);
        Watch();
    }

    // Keep-alive of the till's side finds out in the end (TransportSettings.KeepAlive); a terminal has its own T3.
    private void Watch()
    {
        if (watched) return;
        watched = true;
        world.After(KeepAliveProof, () =>
        {
            if (isDown) return;
            isDown = true;
            line.Forget(this);
            host.EndInput(ResetError(SocketError.TimedOut));
        });
    }

    private void Send(End from, ReadOnlyMemory<byte> bytes)
    {
        if (!from.Owner.IsAlive) return;
        line.Tap?.Invoke(from.Side, bytes);
        var to = from == host ? terminal : host;
        // A machine that came back knows nothing of the connection and says so.
        if (isSilent && !isDown && !to.Owner.IsAlive && line.HasPower && world.Chance.OneIn(2))
            world.After(Latency(), () => from.EndInput(ResetError(SocketError.ConnectionReset)));
        if (isDown || isSilent) return;
        var towardsEcr = from == terminal;
        if (from == host)
        {
            // What left before the host died is on its way.
            for (var left = 0; line.AtHostByte is { } at && left < bytes.Length; left++)
            {
                if (!at()) continue;
                bytes = bytes[..left];
                break;
            }
        }

        var changed = Trouble(towardsEcr, from, bytes.ToArray());
        if (towardsEcr) changed = flood.Take(changed, from.Sent);
        from.Sent += bytes.Length;
        if (changed.Length > 0) Deliver(to, changed);
    }

    private void Deliver(End to, byte[] bytes)
    {
        var piece = fault.Trouble is LinkTrouble.Split ? 1 + world.Chance.Below(3) : bytes.Length;
        for (var at = 0; at < bytes.Length; at += piece)
        {
            var part = bytes.AsMemory(at, Math.Min(piece, bytes.Length - at));
            var arrival = world.Now + (Latency() + Extra(to, part.Length)).Ticks;
            arrival = to.LastArrival = Math.Max(arrival, to.LastArrival);
            world.After(TimeSpan.FromTicks(arrival - world.Now), () => Arrive(to, part));
        }
    }

    private void Arrive(End to, ReadOnlyMemory<byte> bytes)
    {
        if (!to.Owner.IsAlive) return;
        if (to == host)
        {
            for (var heard = 0; line.AtHostByte is { } at && heard < bytes.Length; heard++)
            {
                if (at()) return;
            }
        }

        to.Receive(bytes);
    }

    private TimeSpan Latency() => TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond * (1 + world.Chance.Below(20)) / 4);

    private TimeSpan Extra(End to, int bytes)
    {
        to.Arriving += bytes;
        return fault.Trouble switch
        {
            LinkTrouble.Delay => TimeSpan.FromMilliseconds(world.Chance.Below(800)),
            LinkTrouble.Join => Hold,
            LinkTrouble.LateAnswer when to == host && to.Arriving > fault.At => LateBy,
            _ => TimeSpan.Zero,
        };
    }

    // What the line does to bytes of this write; the trouble strikes once, at its byte.
    private byte[] Trouble(bool towardsEcr, End from, byte[] bytes)
    {
        var at = fault.At - from.Sent;
        if (towardsEcr != fault.TowardsEcr || at < 0 || at >= bytes.Length || fault.Floods) return bytes;
        if (fault.Corrupts) line.WasCorrupted = true;
        if (world.Tells && !fault.IsHarmless) world.Tell($"{line.Name}: {fault.Trouble} at byte {fault.At} of {from.Side}");
        switch (fault.Trouble)
        {
            case LinkTrouble.ByteLost:
                return [.. bytes[..at], .. bytes[(at + 1)..]];
            case LinkTrouble.ByteFlipped:
                bytes[at] ^= (byte)(1 << world.Chance.Below(8));
                return bytes;
            case LinkTrouble.ByteDoubled:
                return [.. bytes[..(at + 1)], .. bytes[at..]];
            case LinkTrouble.HalfOpen:
                GoSilent(null);
                return bytes[..at];
            case LinkTrouble.Reset:
                world.After(Latency(), BreakDown);
                return bytes[..at];
            default:
                return bytes;
        }
    }

    private void BreakDown()
    {
        if (isDown) return;
        isDown = true;
        line.Forget(this);
        host.EndInput(ResetError(SocketError.ConnectionReset));
        terminal.EndInput(ResetError(SocketError.ConnectionReset));
    }

    private static IOException ResetError(SocketError error) => new("The connection is gone.", new SocketException((int)error));

    private sealed class End(SimConnection connection, SimProcess owner, Sender side) : ITransportConnection
    {
        private readonly Pipe inbound = new(NoThreads);
        private bool isEnded;

        public SimProcess Owner => owner;

        public Sender Side => side;

        /// <summary>A write would fail: the peer reset the connection, or it was closed here.</summary>
        public bool IsBroken { get; private set; }

        public int Sent { get; set; }

        public int Arriving { get; set; }

        public long LastArrival { get; set; }

        public PipeReader Input => inbound.Reader;

        public PipeWriter Output => field ??= new SimOutlet(Write);

        public void Receive(ReadOnlyMemory<byte> bytes)
        {
            if (isEnded) return;
            inbound.Writer.Write(bytes.Span);
            var flush = inbound.Writer.FlushAsync();
            Invariant.Holds(flush.IsCompleted, "a pipe without a threshold takes everything at once");
        }

        public void EndInput(Exception? error)
        {
            if (isEnded) return;
            isEnded = true;
            IsBroken |= error is not null;
            inbound.Writer.Complete(error);
        }

        public ValueTask DisposeAsync()
        {
            IsBroken = true;
            connection.Close(owner, reset: false);
            return ValueTask.CompletedTask;
        }

        private void Write(byte[] bytes)
        {
            if (IsBroken) throw ResetError(SocketError.ConnectionReset);
            connection.Send(this, bytes);
        }
    }
}
