using System.Globalization;
using System.Net;

namespace Tillbridge.Gateway.Facades.ZvtCallback.Receivers;

/// <summary>One line of <c>callback.allow</c> (reference §8).</summary>
internal abstract record AddressRule
{
    /// <summary>Reads a rule; null with cause and cure.</summary>
    public static AddressRule? TryParse(string text, out string why)
    {
        why = "";
        if (text == "loopback") return new Loopback();
        var split = text.IndexOf("://", StringComparison.Ordinal);
        var scheme = split > 0 ? text[..split] : "";
        var rest = split > 0 ? text[(split + 3)..] : "";
        if (scheme is "http" or "https" && rest.Length is > 0 and <= 255 && !rest.Contains('@') && !rest.Contains('?'))
        {
            if (rest.Contains('/') && ReadNetwork(scheme, rest) is { } network) return network;
            if (!rest.Contains('/') && ReadHost(scheme, rest) is { } host) return host;
        }

        why = "This must be loopback, SCHEME://HOST, SCHEME://HOST:PORT, SCHEME://*.DOMAIN or SCHEME://ADDRESS/BITS:PORT, "
            + "for example https://kiosk.shop.example or http://192.168.10.0/24:9000.";
        return null;
    }

    /// <summary>True when the rule speaks of this address as it is written.</summary>
    public abstract bool Names(Uri url);

    /// <summary>True when the rule lets an address through that the host stands for.</summary>
    public abstract bool Allows(IPAddress address);

    private static Network? ReadNetwork(string scheme, string rest)
    {
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var tail = rest[(slash + 1)..];
        var colon = tail.IndexOf(':', StringComparison.Ordinal);
        var port = PortOf(scheme, colon < 0 ? null : tail[(colon + 1)..]);
        var bits = colon < 0 ? tail : tail[..colon];
        return port is { } number && IPNetwork.TryParse($"{rest[..slash].Trim('[', ']')}/{bits}", out var network)
            ? new(scheme, network, number)
            : null;
    }

    private static Host? ReadHost(string scheme, string rest)
    {
        var isWild = rest.StartsWith("*.", StringComparison.Ordinal);
        if (!Uri.TryCreate($"{scheme}://{(isWild ? rest[2..] : rest)}/", UriKind.Absolute, out var url)) return null;
        return url.Host.Contains('*') ? null : new(scheme, url.IdnHost, url.Port, isWild);
    }

    private static int? PortOf(string scheme, string? text)
    {
        if (text is null) return scheme == "https" ? 443 : 80;
        return ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port : null;
    }

    private sealed record Loopback : AddressRule
    {
        public override bool Names(Uri url) => true;

        public override bool Allows(IPAddress address) => IPAddress.IsLoopback(address);
    }

    // A name stands for whatever it resolves to, save what is always banned.
    private sealed record Host(string Scheme, string Name, int Port, bool WithSubdomains) : AddressRule
    {
        public override bool Names(Uri url) => url.Scheme == Scheme && url.Port == Port
            && (WithSubdomains
                ? url.IdnHost.EndsWith('.' + Name, StringComparison.OrdinalIgnoreCase)
                : url.IdnHost.Equals(Name, StringComparison.OrdinalIgnoreCase));

        public override bool Allows(IPAddress address) => !IPAddress.IsLoopback(address);
    }

    private sealed record Network(string Scheme, IPNetwork Addresses, int Port) : AddressRule
    {
        public override bool Names(Uri url) => url.Scheme == Scheme && url.Port == Port
            && IPAddress.TryParse(url.Host.Trim('[', ']'), out var literal) && Addresses.Contains(literal);

        public override bool Allows(IPAddress address) => Addresses.Contains(address) && !IPAddress.IsLoopback(address);
    }
}
