using System.Net.Sockets;
using System.Text;

namespace Tillbridge.Gateway.Tests.Support;

/// <summary>Requests that no well-behaved client would send.</summary>
internal sealed class RawHttp(Uri address) : IDisposable
{
    private readonly TcpClient client = new(address.Host, address.Port);

    public async Task<string> Exchange(params string[] lines)
    {
        var host = lines.Any(line => line.StartsWith("Host:", StringComparison.Ordinal)) ? "" : $"Host: {address.Authority}\r\n";
        var text = $"{lines[0]}\r\n{host}{string.Join("\r\n", lines[1..])}\r\nConnection: close\r\n\r\n";
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    public void Dispose() => client.Dispose();
}
