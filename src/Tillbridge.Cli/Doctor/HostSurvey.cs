using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Tillbridge.Protocols;

namespace Tillbridge.Cli.Doctor;

/// <summary>Which protocol answers at a host, at the ports that the protocols themselves call usual.</summary>
internal sealed class HostSurvey(IReadOnlyList<IProtocol> protocols, Examination examination)
{
    /// <summary>The address of a host that may be asked: only one of our own networks.</summary>
    /// <exception cref="CliException">It is no host, or not in a network of ours.</exception>
    /// <returns>The address; null when the name is not known.</returns>
    public static async Task<IPAddress?> Resolve(string host, CancellationToken stop)
    {
        if (Uri.CheckHostName(host) is UriHostNameType.Unknown)
            throw CliException.Usage($"--host takes a host name or address without a port, not '{host}'; a port goes with --terminal.");
        IPAddress[] addresses;
        try
        {
            addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, stop);
        }
        catch (SocketException)
        {
            return null;
        }

        var own = addresses.Where(IsOwn).OrderBy(address => address.AddressFamily is AddressFamily.InterNetwork ? 0 : 1).FirstOrDefault();
        if (own is not null || addresses.Length == 0) return own;
        throw CliException.Usage(
            $"{host} ({addresses[0]}) is not in a private network, and ports are looked through only there; name the terminal itself, "
            + "--terminal PROTOCOL+tcp://HOST:PORT.");
    }

    /// <summary>One finding for each port, and one that sums them up when nothing answers.</summary>
    public async IAsyncEnumerable<Finding> Look(IPAddress host, [EnumeratorCancellation] CancellationToken stop)
    {
        var candidates = protocols
            .SelectMany(protocol => (protocol.Probe?.UsualPorts ?? []).Select(port => (Port: port, Protocol: protocol)))
            .GroupBy(candidate => candidate.Port).ToList();
        var answered = false;
        foreach (var port in candidates)
        {
            var subject = new IPEndPoint(host, port.Key).ToString();
            Finding? found = null;
            foreach (var (_, protocol) in port)
            {
                var address = TerminalAddress.TryParse($"{protocol.Name}+tcp://{subject}", out _)!;
                found = await examination.AskGuess(subject, address, protocol.Probe!, stop);
                if (found.Address is not null || !IsAnybody(found)) break;
            }

            answered |= found!.Address is not null;
            yield return found.Address is { } good
                ? found with { Text = $"{found.Text} Its address is {good}." }
                : found with { Severity = Severity.Note, Cure = IsAnybody(found) ? found.Cure : null };
            if (found.Code is FindingCodes.HostUnreachable) break;
        }

        if (!answered)
        {
            var tried = string.Join(", ", candidates.Select(port => port.Key.ToString(CultureInfo.InvariantCulture)));
            yield return Finding.Wrong(
                FindingCodes.NoAnswer, host.ToString(), $"No terminal answers at this host (ports {tried}).",
                "Is this the address in the terminal's network menu, is it on and its till (ECR) interface enabled? At another port "
                + "it is asked by doctor --terminal PROTOCOL+tcp://HOST:PORT.");
        }
    }

    // Another protocol may be behind an open port; a closed one is closed for all of them.
    private static bool IsAnybody(Finding found) =>
        found.Code is FindingCodes.NoAnswer or FindingCodes.OtherProtocol or FindingCodes.HangsUp or FindingCodes.Echo;

    private static bool IsOwn(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address)) return true;
        if (address.AddressFamily is AddressFamily.InterNetworkV6) return address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal;
        return address.GetAddressBytes() is [10, ..] or [172, >= 16 and <= 31, ..] or [192, 168, ..] or [169, 254, ..];
    }
}
