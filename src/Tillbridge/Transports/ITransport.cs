using System.IO.Pipelines;

namespace Tillbridge.Transports;

/// <summary>A way to a device. Each call makes a new connection.</summary>
public interface ITransport
{
    /// <summary>For logs and messages, without secrets, for example <c>10.0.0.5:20007</c>.</summary>
    string Name { get; }

    /// <summary>What carries its bytes.</summary>
    Carrier Carrier { get; }

    /// <summary>Connects.</summary>
    /// <exception cref="LinkLostException">The device cannot be reached; the message names cause and cure.</exception>
    Task<ITransportConnection> Connect(CancellationToken shutdown);
}

/// <summary>An open connection: bytes in, bytes out. Disposing it closes it for good.</summary>
public interface ITransportConnection : IDuplexPipe, IAsyncDisposable;
