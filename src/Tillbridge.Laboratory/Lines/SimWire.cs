using System.Buffers;
using System.IO.Pipelines;
using Tillbridge.Protocols;
using Tillbridge.Transports;

namespace Tillbridge.Laboratory.Lines;

/// <summary>
/// A serial line: two ports and the wire between them. Bytes that nobody listens to are gone, and neither side sees whether the
/// other is there. The trouble that is laid out strikes once the host opened its port.
/// </summary>
internal sealed class SimWire(World world, SimLine line)
{
    private const int MostNoise = 6;
    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(300);

    private readonly Signal changed = new();
    private LinkFault fault = LinkFault.None;
    private Flood? flood;
    private Port? host;
    private Port? terminal;
    private int struck;
    private bool isCut;
    private long unpluggedUntil;
    private long stormUntil;
    private long lastTowardsEcr;
    private long lastTowardsTerminal;

    /// <summary>Opens the host's port.</summary>
    /// <exception cref="LinkLostException">There is no such port now, or somebody has it.</exception>
    public ITransportConnection OpenHost(SimProcess owner, LinkFault next)
    {
        if (next.Trouble is LinkTrouble.Refused or LinkTrouble.ConnectHangs || world.Now < unpluggedUntil)
            throw new LinkLostException($"There is no serial port {line.Name}.");
        if (host is { IsEnded: false }) throw new LinkLostException($"The serial port {line.Name} is in use.");
        (fault, struck, isCut, stormUntil) = (next, 0, false, 0);
        if (terminal is { } other) other.Sent = 0;
        var opened = host = new Port(this, owner, Sender.Ecr);
        flood = new Flood(world, next, line.Taken, () => !opened.IsEnded && !isCut, bytes => Deliver(Sender.Terminal, bytes));
        return opened;
    }

    /// <summary>Opens the terminal's port when it may and can.</summary>
    public async Task<ITransportConnection> OpenTerminal(SimProcess owner, Func<bool> mayOpen, CancellationToken shutdown)
    {
        while (true)
        {
            var seen = changed.Times;
            if (!mayOpen() || terminal is { IsEnded: false }) await changed.Beyond(seen, shutdown);
            else if (world.Now < unpluggedUntil) await Task.Delay(TimeSpan.FromMilliseconds(250), owner.Clock, shutdown);
            else return terminal = new Port(this, owner, Sender.Terminal);
        }
    }

    /// <summary>The terminal's port is closed as if it were switched off, or may be opened again.</summary>
    public void Switched(bool on)
    {
        if (!on) terminal?.End();
        changed.Raise();
    }

    /// <summary>A process died: its port is closed, and the other side hears nothing of it.</summary>
    public void Died(SimProcess process)
    {
        if (host?.Owner == process) host.End();
        if (terminal?.Owner == process) terminal.End();
        changed.Raise();
    }

    private void Send(Port from, byte[] bytes)
    {
        if (!from.Owner.IsAlive) return;
        line.Tap?.Invoke(from.Side, bytes);
        if (from == host)
        {
            for (var left = 0; line.AtHostByte is { } at && left < bytes.Length; left++)
            {
                if (!at()) continue;
                bytes = bytes[..left];
                break;
            }
        }

        var arriving = isCut ? [] : Trouble(from, bytes);
        if (from.Side is Sender.Terminal && flood is not null) arriving = flood.Take(arriving, from.Sent);
        from.Sent += bytes.Length;
        if (arriving.Length > 0 && !isCut) Deliver(from.Side, arriving);
    }

    private void Deliver(Sender from, byte[] bytes)
    {
        var piece = fault.Trouble is LinkTrouble.Split ? 1 + world.Chance.Below(3) : bytes.Length;
        for (var at = 0; at < bytes.Length; at += piece)
        {
            var part = bytes.AsMemory(at, Math.Min(piece, bytes.Length - at));
            var towardsEcr = from is Sender.Terminal;
            var extra = fault.Trouble switch
            {
                LinkTrouble.Delay => TimeSpan.FromMilliseconds(world.Chance.Below(800)),
                LinkTrouble.Join => Hold,
                // A cable cannot, a converter between serial and network can.
                LinkTrouble.LateAnswer when towardsEcr && fault.TowardsEcr && terminal?.Sent > fault.At => SimConnection.LateBy,
                _ => TimeSpan.Zero,
            };
            // A byte takes a millisecond at 9600 baud, and none overtakes another, whoever opened which port in between.
            ref var last = ref towardsEcr ? ref lastTowardsEcr : ref lastTowardsTerminal;
            var arrival = last = Math.Max(world.Now + extra.Ticks, last) + (TimeSpan.TicksPerMillisecond * part.Length);
            world.After(TimeSpan.FromTicks(arrival - world.Now), () => Arrive(towardsEcr, part));
        }
    }

    private void Arrive(bool towardsEcr, ReadOnlyMemory<byte> bytes)
    {
        var to = towardsEcr ? host : terminal;
        if (to is not { IsEnded: false, IsGone: false } || !to.Owner.IsAlive) return; // A port that hung up hears nothing more.
        if (towardsEcr)
        {
            for (var heard = 0; line.AtHostByte is { } at && heard < bytes.Length; heard++)
            {
                if (at()) return;
            }
        }

        to.Receive(bytes);
    }

    private byte[] Trouble(Port from, byte[] bytes)
    {
        var towardsEcr = from.Side is Sender.Terminal;
        var at = Math.Max(fault.At - from.Sent, 0);
        if (towardsEcr != fault.TowardsEcr || at >= bytes.Length) return bytes;
        var isAcknowledge = bytes is [0x06];
        switch (fault.Trouble)
        {
            case LinkTrouble.Noise when struck < MostNoise:
                Strike();
                return [.. Enumerable.Range(0, 1 + world.Chance.Below(5)).Select(_ => (byte)world.Chance.Below(256)), .. bytes];
            case LinkTrouble.AcknowledgeLost when isAcknowledge && struck == 0:
                Strike();
                return [];
            case LinkTrouble.RefusalStorm when isAcknowledge:
                if (struck == 0) stormUntil = world.Now + TimeSpan.FromMilliseconds(100 + world.Chance.Below(30_000)).Ticks;
                if (world.Now >= stormUntil) return bytes;
                Strike();
                return [.. Enumerable.Repeat((byte)0x15, 1 + world.Chance.Below(4))];
            case LinkTrouble.Noise or LinkTrouble.AcknowledgeLost or LinkTrouble.RefusalStorm:
                return bytes;
        }

        return struck > 0 ? bytes : StrikeByte([.. bytes], at);
    }

    private byte[] StrikeByte(byte[] bytes, int at)
    {
        if (fault.IsHarmless || fault.Floods) return bytes;
        line.WasCorrupted |= fault.Corrupts;
        switch (fault.Trouble)
        {
            case LinkTrouble.ByteLost:
                Strike();
                return [.. bytes[..at], .. bytes[(at + 1)..]];
            case LinkTrouble.ByteFlipped:
                Strike();
                bytes[at] ^= (byte)(1 << world.Chance.Below(8));
                return bytes;
            case LinkTrouble.Parity:
                Strike();
                bytes[at] = 0; // What a port gives for a character whose parity is wrong.
                return bytes;
            case LinkTrouble.ByteDoubled:
                Strike();
                return [.. bytes[..(at + 1)], .. bytes[at..]];
            case LinkTrouble.HalfOpen:
                Strike();
                world.After(TimeSpan.FromMilliseconds(at), () => isCut = true);
                return bytes[..at];
            case LinkTrouble.Reset or LinkTrouble.HangUp:
                Strike();
                HangUp();
                return bytes[..at];
            default:
                return bytes;
        }
    }

    private void Strike()
    {
        if (struck++ == 0 && world.Tells)
            world.Tell($"{line.Name}: {fault.Trouble} at byte {fault.At} towards {(fault.TowardsEcr ? "ecr" : "terminal")}");
    }

    // The adapter is pulled out and comes back some time later; both sides are its.
    private void HangUp()
    {
        unpluggedUntil = world.Now + TimeSpan.FromMilliseconds(world.Chance.Below(world.Chance.OneIn(4) ? 60_000 : 1500)).Ticks;
        var (near, far) = (host, terminal);
        world.After(TimeSpan.FromMilliseconds(1), () =>
        {
            near?.HangUp();
            far?.HangUp();
            changed.Raise();
        });
    }

    private sealed class Port(SimWire wire, SimProcess owner, Sender side) : ITransportConnection
    {
        private readonly Pipe inbound = new(SimConnection.NoThreads);

        public SimProcess Owner => owner;

        public Sender Side => side;

        public bool IsEnded { get; private set; }

        public bool IsGone { get; private set; }

        public int Sent { get; set; }

        public PipeReader Input => inbound.Reader;

        public PipeWriter Output => field ??= new SimOutlet(Write);

        public void Receive(ReadOnlyMemory<byte> bytes)
        {
            inbound.Writer.Write(bytes.Span);
            var flush = inbound.Writer.FlushAsync();
            Invariant.Holds(flush.IsCompleted, "a pipe without a threshold takes everything at once");
        }

        public void End()
        {
            if (IsEnded) return;
            IsEnded = true;
            if (!IsGone) inbound.Writer.Complete(new IOException("The port was closed."));
        }

        // Its owner has it until he lets go.
        public void HangUp()
        {
            if (IsEnded || IsGone) return;
            IsGone = true;
            inbound.Writer.Complete(new IOException("The serial port hung up."));
        }

        public ValueTask DisposeAsync()
        {
            End();
            wire.changed.Raise();
            return ValueTask.CompletedTask;
        }

        private void Write(byte[] bytes)
        {
            if (IsEnded || IsGone) throw new IOException("The serial port hung up.");
            wire.Send(this, bytes);
        }
    }
}
