using System.Net;
using System.Net.Sockets;

namespace Tillbridge.Gateway.Security;

/// <summary>Who counts as one caller.</summary>
internal static class Caller
{
    private const int NetworkBytes = 8;

    /// <summary>
    /// The address by which a caller's share is counted: of IPv6 the network of 64 bits, because one machine has all addresses of it.
    /// </summary>
    public static IPAddress Of(IPAddress? remote)
    {
        if (remote is null) return IPAddress.None;
        if (remote.IsIPv4MappedToIPv6) return remote.MapToIPv4();
        if (remote.AddressFamily is not AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(remote)) return remote;
        var bytes = remote.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new(bytes);
    }
}
