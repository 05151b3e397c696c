namespace Tillbridge.Transports;

/// <summary>The listening side of a transport.</summary>
public interface IAcceptor : IAsyncDisposable
{
    /// <summary>For messages, for example <c>127.0.0.1:20007</c>.</summary>
    string Name { get; }

    /// <summary>What carries its bytes.</summary>
    Carrier Carrier { get; }

    /// <summary>The next client.</summary>
    Task<ITransportConnection> Accept(CancellationToken shutdown);

    /// <summary>While false, clients are refused as if the device were switched off.</summary>
    bool IsOpen { get; set; }
}
