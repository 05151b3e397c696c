using System.Net.Sockets;
using Tillbridge.Protocols;
using Tillbridge.Transports;

namespace Tillbridge.Laboratory.Lines;

/// <summary>
/// The line between the host and one terminal: connections with latency, troubles that are laid out for the next ones, and the
/// ends that processes leave when they die.
/// </summary>
internal sealed class SimLine(World world, string name, Carrier carrier = Carrier.Stream)
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    private readonly Queue<LinkFault> faults = new();
    private readonly List<SimConnection> open = [];
    private SimDoor? door;
    private SimWire? wire;

    public string Name => name;

    public Carrier CarriedBy => carrier;

    /// <summary>Troubles of the next connections, one each.</summary>
    public Queue<LinkFault> Faults => faults;

    /// <summary>Sees what each side sends, before the line does anything to it.</summary>
    public Action<Sender, ReadOnlyMemory<byte>>? Tap { get; set; }

    /// <summary>Told at each byte that leaves the host or reaches it; true when the host dies right there.</summary>
    public Func<bool>? AtHostByte { get; set; }

    /// <summary>How many commands its terminal has taken that can move money.</summary>
    public Func<long> Taken { get; set; } = static () => 0;

    /// <summary>A trouble that changes bytes has struck.</summary>
    public bool WasCorrupted { get; set; }

    /// <summary>True while the device has power and listens; a device without power does not even refuse.</summary>
    public bool HasPower { get; set; } = true;

    /// <summary>The wire of a serial line; unused where the line is a stream.</summary>
    private SimWire Wire => wire ??= new SimWire(world, this);

    public ITransport TransportOf(SimProcess host) => new SimTransport(this, host);

    /// <summary>The listening side of a terminal's process.</summary>
    public IAcceptor Listen(SimProcess terminal) => door = new SimDoor(this, terminal);

    /// <summary>Ends a process's connections as its machine does.</summary>
    /// <param name="process">Who died.</param>
    /// <param name="silently">Its machine lost power: nobody is told.</param>
    public void Died(SimProcess process, bool silently)
    {
        wire?.Died(process);
        foreach (var connection in open.Where(one => one.Has(process)).ToList())
        {
            if (silently) connection.GoSilent(process);
            else connection.Close(process, reset: world.Chance.OneIn(2));
        }

        if (door?.Owner == process) door = null;
    }

    public void Forget(SimConnection connection) => open.Remove(connection);

    private async Task<ITransportConnection> Connect(SimProcess host, CancellationToken stop)
    {
        var fault = faults.TryDequeue(out var laid) ? laid : LinkFault.None;
        if (world.Tells) world.Tell($"{name}: connect{(fault.Trouble is LinkTrouble.None ? "" : $", the line will do: {fault}")}");
        if (carrier is Carrier.Serial) return Wire.OpenHost(host, fault);
        if (fault.Trouble is LinkTrouble.ConnectHangs || !HasPower)
        {
            await Task.Delay(ConnectLimit, host.Clock, stop);
            throw new LinkLostException($"{name} did not answer within 5 s.");
        }

        await Task.Delay(TimeSpan.FromMilliseconds(1 + world.Chance.Below(5)), host.Clock, stop);
        if (fault.Trouble is LinkTrouble.Refused || door is not { IsOpen: true } listening || !listening.Owner.IsAlive)
        {
            throw new LinkLostException(
                $"{name} refused the connection.", new SocketException((int)SocketError.ConnectionRefused));
        }

        var connection = new SimConnection(world, this, fault, host, listening.Owner);
        open.Add(connection);
        listening.Take(connection.TerminalEnd);
        return connection.HostEnd;
    }

    private sealed class SimTransport(SimLine line, SimProcess host) : ITransport
    {
        public string Name => line.Name;

        public Carrier Carrier => line.CarriedBy;

        public Task<ITransportConnection> Connect(CancellationToken shutdown) => line.Connect(host, shutdown);
    }

    private sealed class SimDoor(SimLine line, SimProcess owner) : IAcceptor
    {
        private readonly Queue<ITransportConnection> clients = new();
        private TaskCompletionSource<ITransportConnection>? waiting;

        public string Name => line.Name;

        public Carrier Carrier => line.CarriedBy;

        public SimProcess Owner => owner;

        public bool IsOpen
        {
            get;
            set
            {
                field = value;
                line.wire?.Switched(value);
            }
        } = true;

        public void Take(ITransportConnection client)
        {
            if (waiting is { } one && one.TrySetResult(client)) waiting = null;
            else clients.Enqueue(client);
        }

        public async Task<ITransportConnection> Accept(CancellationToken shutdown)
        {
            if (Carrier is Carrier.Serial) return await line.Wire.OpenTerminal(owner, () => IsOpen, shutdown);
            if (clients.TryDequeue(out var client)) return client;
            var mine = waiting = new TaskCompletionSource<ITransportConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
            using var ended = shutdown.UnsafeRegister(
                static (state, token) => ((TaskCompletionSource<ITransportConnection>)state!).TrySetCanceled(token), mine);
            return await mine.Task;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
