using System.Net;
using Microsoft.AspNetCore.Http;
using Tillbridge.Gateway.Settings;

namespace Tillbridge.Gateway.Security;

/// <summary>
/// Requests that stay: each holds a connection that cannot be closed for who comes. Together they leave an eighth of all
/// connections to what is answered at once: health, payments, everything else.
/// </summary>
internal sealed class HeldRequests(GatewayLimits limits)
{
    /// <summary>Streams of events.</summary>
    public Share Listeners { get; } = Of(limits.Connections / 2, limits.OfOneAddress / 2);

    /// <summary>Callers who wait for the end of a session.</summary>
    public Share Waits { get; } = Of(limits.Connections / 8, limits.OfOneAddress / 4);

    /// <summary>Callers who pay and wait for the end, a reserve that other waits cannot use up.</summary>
    public Share Payments { get; } = Of(limits.Connections / 4, limits.OfOneAddress / 2);

    /// <summary>Whose share a request counts into.</summary>
    public static IPAddress CallerOf(HttpContext context) => Caller.Of(context.Connection.RemoteIpAddress);

    private static Share Of(int most, int mostOfOne) => new(Math.Max(1, most), Math.Max(1, mostOfOne));
}
