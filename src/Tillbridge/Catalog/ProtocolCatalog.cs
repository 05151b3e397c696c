using System.Collections.Frozen;
using Tillbridge.Protocols;
using Tillbridge.Protocols.BProtocol;
using Tillbridge.Protocols.Zvt;
using Tillbridge.Transports;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Catalog;

/// <summary>The one list of protocols. Only hosts and tests use it.</summary>
public static class ProtocolCatalog
{
    /// <summary>Every protocol that is built in.</summary>
    public static IReadOnlyList<IProtocol> All { get; } =
    [
        new ZvtProtocol(),
        new BProtocolProtocol("gpe"),
        new BProtocolProtocol("csob-b"),
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
            "tcp" => new TcpTransport(TransportSettings.Of(address.Host, address.Port, address.WayOptions), clock),
            _ => new SerialTransport(Serial(address)),
        };
    }

    /// <summary>The serial port of an address, driven as its protocol wants it unless the address says otherwise.</summary>
    /// <exception cref="ArgumentException">The address has a wrong option, or its protocol has no serial carrier.</exception>
    public static SerialSettings Serial(TerminalAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var usual = ByName.GetValueOrDefault(address.Protocol)?.SerialMode
            ?? throw new ArgumentException($"{address}: {address.Protocol} does not run over serial lines; reach the terminal over TCP.");
        return SerialSettings.Of(address.Host, address.WayOptions, usual);
    }
}
