using System.Net;

namespace Tillbridge.Cli.Services;

/// <summary>Asks a running gateway whether it answers.</summary>
internal static class ServiceHealth
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>Where a gateway that listens there is asked; null when its port is not known before it runs.</summary>
    public static Uri? AddressOf(IPEndPoint listen)
    {
        if (listen.Port == 0) return null;
        var host = listen.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : listen.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : listen.Address;
        return new Uri($"http://{new IPEndPoint(host, listen.Port)}/health/live");
    }

    /// <summary>Null when it is well, or what is wrong.</summary>
    public static async Task<string?> Fault(Uri address, CancellationToken stop)
    {
        // Straight to the gateway: a proxy of the environment has nothing to do with it.
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Limit };
        try
        {
            using var answer = await client.GetAsync(address, stop);
            return answer.IsSuccessStatusCode ? null : $"it answered {(int)answer.StatusCode}";
        }
        catch (HttpRequestException wrong)
        {
            return wrong.Message;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return $"no answer within {Limit.TotalSeconds:0} s";
        }
    }
}
