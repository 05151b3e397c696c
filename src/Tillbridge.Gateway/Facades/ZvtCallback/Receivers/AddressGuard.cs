using System.Net;
using System.Net.Sockets;

namespace Tillbridge.Gateway.Facades.ZvtCallback.Receivers;

/// <summary>
/// Decides where a caller may make us call (reference §8). Names are resolved, every address is looked at, and the connection
/// goes to an address that was looked at, so that a name that changes its mind in between gains nothing.
/// </summary>
/// <param name="rules">The allow-list.</param>
/// <param name="ownPorts">Ports of our own listeners.</param>
/// <param name="resolve">Resolves a name; the system's resolver outside of tests.</param>
internal sealed class AddressGuard(
    IReadOnlyList<AddressRule> rules, Func<IReadOnlyList<int>> ownPorts, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    private const int MostCharacters = 2048;
    private const int MostAddresses = 32;

    private static readonly byte[] TranslationPrefix = [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]; // 64:ff9b::/96, RFC 6052.

    /// <summary>Reads a callback address; null with the reason why it is none.</summary>
    public static Uri? Read(string text, out string why)
    {
        why = text.Length is 0 or > MostCharacters ? $"CallbackUrl must have 1 to {MostCharacters} characters." : "";
        if (why.Length > 0) return null;
        if (text.Any(character => char.IsControl(character) || char.IsWhiteSpace(character))
            || !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
        {
            why = "CallbackUrl must be an absolute http or https address, for example http://127.0.0.1:9000/zvt.";
            return null;
        }

        if (url.UserInfo.Length > 0) why = "CallbackUrl must not hold a user or password.";
        else if (url.Fragment.Length > 0 || text.Contains('#')) why = "CallbackUrl must not hold a fragment (#).";
        else if (url.Port is < 1 or > 65535) why = "CallbackUrl must name a port from 1 to 65535.";
        return why.Length == 0 ? url : null;
    }

    /// <summary>The addresses that may be connected to; none with the reason why not.</summary>
    public async Task<(IReadOnlyList<IPAddress> Addresses, string Why)> Admit(Uri url, CancellationToken stop)
    {
        var naming = rules.Where(rule => rule.Names(url)).ToList();
        if (naming.Count == 0) return ([], $"callback.allow has no rule for {url.GetLeftPart(UriPartial.Authority)}.");
        IPAddress[] found;
        if (IPAddress.TryParse(url.Host.Trim('[', ']'), out var literal)) found = [literal];
        else
        {
            try
            {
                found = await resolve(url.IdnHost, stop);
            }
            catch (SocketException failure)
            {
                return ([], $"The name {url.IdnHost} cannot be resolved: {failure.Message}");
            }
        }

        if (found.Length is 0 or > MostAddresses) return ([], $"The name {url.IdnHost} resolves to {found.Length} addresses.");
        foreach (var address in found.Select(Plain))
        {
            if (Banned(address) is { } kind) return ([], $"{url.IdnHost} stands for {address}, and {kind} is never called.");
            if (IPAddress.IsLoopback(address) && ownPorts().Contains(url.Port))
                return ([], $"Port {url.Port} of this machine is Tillbridge's own.");
            if (!naming.Any(rule => rule.Allows(address)))
                return ([], $"{url.IdnHost} stands for {address}, and callback.allow does not let it through.");
        }

        return ([.. found.Select(Plain)], "");
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static string? Banned(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        if (address.AddressFamily is AddressFamily.InterNetwork)
        {
            return bytes[0] == 0 ? "an unspecified address"
                : bytes is [169, 254, ..] ? "a link-local address"
                : bytes[0] is >= 224 and < 240 ? "a multicast address"
                : bytes[0] >= 240 ? "a broadcast or reserved address"
                : null;
        }

        return address.Equals(IPAddress.IPv6Any) ? "an unspecified address"
            : address.IsIPv6LinkLocal || address.IsIPv6SiteLocal ? "a link-local address"
            : address.IsIPv6Multicast ? "a multicast address"
            // ::a.b.c.d and the translation prefix reach IPv4 behind the rules above.
            : bytes.AsSpan(0, 12).IndexOfAnyExcept((byte)0) < 0 && !IPAddress.IsLoopback(address) ? "an address that hides an IPv4 address"
            : bytes.AsSpan(0, 12).SequenceEqual(TranslationPrefix) ? "an address that hides an IPv4 address"
            : null;
    }
}
