using System.Collections.Frozen;
using Tillbridge.Protocols;
using Tillbridge.Protocols.Zvt;
using Tillbridge.Transports;

namespace Tillbridge.Catalog;

/// <summary>The one list of protocols. Only hosts and tests use it.</summary>
public static class ProtocolCatalog
{
    /// <summary>Every protocol that is built in.</summary>
    public static IReadOnlyList<IProtocol> All { get; } =
    [
        new ZvtProtocol(),
    ];

    /// <summary>The same by name.</summary>
    public static IReadOnlyDictionary<string, IProtocol> ByName { get; } =
        All.ToFrozenDictionary(protocol => protocol.Name, StringComparer.Ordinal);

    /// <summary>The way to an address.</summary>
    /// <exception cref="ArgumentException">
    /// The address has an option that its carrier does not know, or a carrier that is not served.
    /// </exception>
    public static ITransport Transport(TerminalAddress address, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.Carrier switch
        {
            "tcp" => new TcpTransport(TransportSettings.Of(address.Host, address.Port, address.Options), clock),
            _ => throw new ArgumentException($"{address}: serial lines are not served by this version yet; reach the terminal over TCP."),
        };
    }
}
