namespace Tillbridge.Transports.Serial;

/// <summary>
/// The terminal's end of a serial line: the port itself is the one client. When it hung up, or its connection was disposed, it
/// is opened again, with a growing pause while that does not work.
/// </summary>
public sealed class SerialAcceptor : IAcceptor
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Signal changed = new();
    private readonly SerialSettings settings;
    private readonly SerialPorts ports;
    private readonly TimeProvider clock;
    private ITransportConnection? opened;
    private Task closing = Task.CompletedTask;
    private Line? line;
    private long openedAt;
    private TimeSpan pause = FirstPause;
    private bool isOpen = true;
    private bool endedEarly;

    private SerialAcceptor(SerialSettings settings, SerialPorts ports, TimeProvider clock)
    {
        (this.settings, this.ports, this.clock) = (settings, ports, clock);
        opened = SerialDevice.Open(settings, ports);
    }

    /// <inheritdoc/>
    public string Name => settings.Port;

    /// <inheritdoc/>
    public Carrier Carrier => Carrier.Serial;

    /// <inheritdoc/>
    public bool IsOpen
    {
        get { lock (gate) return isOpen; }
        set
        {
            lock (gate)
            {
                isOpen = value;
                if (!value && (line ?? opened) is { } open) closing = open.DisposeAsync().AsTask();
                if (!value) opened = null;
            }

            changed.Raise();
        }
    }

    /// <summary>Opens the port.</summary>
    /// <exception cref="LinkLostException">It cannot be opened; the message names cause and cure.</exception>
    public static SerialAcceptor Open(SerialSettings settings, TimeProvider clock, SerialPorts? ports = null) =>
        new(settings, ports ?? new SerialPorts(), clock);

    /// <inheritdoc/>
    public async Task<ITransportConnection> Accept(CancellationToken shutdown)
    {
        while (true)
        {
            var seen = changed.Times;
            if (!MayOpen())
            {
                await changed.Beyond(seen, shutdown);
                continue;
            }

            await closing;
            // A port that hangs up as soon as it is open must not be opened all the time.
            if (endedEarly) await Wait(shutdown);
            if (TryOpen() is { } open) return open;
            await Wait(shutdown);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        IsOpen = false;
        await closing;
    }

    private bool MayOpen()
    {
        lock (gate) return isOpen && line is null;
    }

    private async Task Wait(CancellationToken shutdown)
    {
        endedEarly = false;
        await Task.Delay(pause, clock, shutdown);
        pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
    }

    private Line? TryOpen()
    {
        lock (gate)
        {
            if (!isOpen) return null;
            try
            {
                var port = opened ?? SerialDevice.Open(settings, ports);
                opened = null;
                openedAt = clock.GetTimestamp();
                return line = new Line(port, this);
            }
            catch (LinkLostException)
            {
                return null; // Not there now: the cable may come back.
            }
        }
    }

    private void Ended(Line which)
    {
        lock (gate)
        {
            if (line != which) return;
            line = null;
            endedEarly = clock.GetElapsedTime(openedAt) < LongestPause;
            if (!endedEarly) pause = FirstPause;
        }

        changed.Raise();
    }

    private sealed class Line(ITransportConnection port, SerialAcceptor owner) : ITransportConnection
    {
        public System.IO.Pipelines.PipeReader Input => port.Input;

        public System.IO.Pipelines.PipeWriter Output => port.Output;

        public async ValueTask DisposeAsync()
        {
            await port.DisposeAsync();
            owner.Ended(this);
        }
    }
}
