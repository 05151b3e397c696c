using System.Net;
using Microsoft.AspNetCore.Http;

namespace Tillbridge.Gateway.Security;

/// <summary>
/// Keeps foreign web pages out: a page that the cashier happens to visit must not reach the gateway on this machine,
/// neither straight (Origin) nor by a name that was made to point here (DNS rebinding, Host).
/// </summary>
internal sealed class OriginGuard(IPAddress listen, IReadOnlyList<string> allowedHosts, IReadOnlyList<string> allowedOrigins)
{
    private readonly HashSet<string> hosts = new(
        [.. allowedHosts, "localhost", "127.0.0.1", "[::1]", Literal(listen)], StringComparer.OrdinalIgnoreCase);

    private readonly HashSet<string> origins = new(allowedOrigins, StringComparer.OrdinalIgnoreCase);

    /// <summary>Says why a request is refused; null when it is not.</summary>
    public string? Refuse(HttpContext context)
    {
        var request = context.Request;
        if (!IsOwnHost(context))
            return "The gateway is not called by this Host name; call it by its address or add the name to security.allowedHosts.";
        if (request.Headers.Origin.Count == 0)
        {
            return IsFromForeignPage(request)
                ? "Web pages of other origins may not call; add theirs to security.allowedOrigins and let them ask by CORS."
                : null;
        }

        var own = $"{request.Scheme}://{request.Host.Value}";
        return request.Headers.Origin.ToString().Equals(own, StringComparison.OrdinalIgnoreCase) || IsAllowedOrigin(context)
            ? null
            : "Web pages of this origin may not call; add it to security.allowedOrigins if they should.";
    }

    /// <summary>True when the caller names this machine as one of its own names.</summary>
    public bool IsOwnHost(HttpContext context) => IsOwnHost(context.Request.Host.Host, context.Connection.LocalIpAddress);

    /// <summary>True when pages of the request's origin may call.</summary>
    public bool IsAllowedOrigin(HttpContext context) => origins.Contains(context.Request.Headers.Origin.ToString());

    // What a page embeds or fetches without CORS has no Origin, but browsers say where it comes from. A link that somebody
    // follows is a visit of that person.
    private static bool IsFromForeignPage(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none") return false;
        return !HttpMethods.IsGet(request.Method) || request.Headers["Sec-Fetch-Mode"] != "navigate"
            || request.Headers["Sec-Fetch-Dest"] != "document";
    }

    // An address cannot be rebound: who calls by the address of this connection means this machine.
    private bool IsOwnHost(string host, IPAddress? local) =>
        hosts.Contains(host) || (local is not null && host.Equals(Literal(local), StringComparison.OrdinalIgnoreCase));

    private static string Literal(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily is System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{plain}]" : plain.ToString();
    }
}
