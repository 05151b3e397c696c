namespace Tillbridge.Transports.Serial;

/// <summary>A device behind a serial line. Each conversation opens the port anew, with nothing stale in it.</summary>
/// <param name="settings">Which port, and how it is driven.</param>
/// <param name="ports">Where ports are looked up; null takes this machine's.</param>
public sealed class SerialTransport(SerialSettings settings, SerialPorts? ports = null) : ITransport
{
    private readonly SerialPorts ports = ports ?? new SerialPorts();

    /// <inheritdoc/>
    public string Name => settings.Port;

    /// <inheritdoc/>
    public Carrier Carrier => Carrier.Serial;

    /// <inheritdoc/>
    public Task<ITransportConnection> Connect(CancellationToken shutdown)
    {
        shutdown.ThrowIfCancellationRequested();
        return Task.FromResult(SerialDevice.Open(settings, ports));
    }
}
