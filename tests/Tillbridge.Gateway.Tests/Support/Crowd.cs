using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tillbridge.Gateway.Tests.Support;

/// <summary>Connections that callers of one address hold open, with as much of a request as the test sends.</summary>
internal sealed class Crowd(Uri gateway, string from) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<Socket> members = [];

    /// <summary>Opens one more connection and sends this text on it.</summary>
    public async Task<int> Add(string text = "")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        members.Add(socket);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(IPAddress.Parse(gateway.Host), gateway.Port);
        if (text.Length > 0) await socket.SendAsync(Encoding.ASCII.GetBytes(text));
        return members.Count - 1;
    }

    /// <summary>Asks for a path on a connection of its own; the status of the answer, 0 when there was none.</summary>
    public async Task<int> Ask(string path, string headers = "") =>
        await Status(await Add($"GET {path} HTTP/1.1\r\nHost: {gateway.Authority}\r\n{headers}\r\n"));

    /// <summary>Asks again on the same connection.</summary>
    public async Task<int> Again(int member, string path)
    {
        await members[member].SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {gateway.Authority}\r\n\r\n"));
        return await Status(member);
    }

    /// <summary>The status of what came on a connection; 0 when it was closed.</summary>
    public async Task<int> Status(int member)
    {
        var buffer = new byte[8192];
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var length = await members[member].ReceiveAsync(buffer, limit.Token);
            return length == 0 ? 0 : int.Parse(Encoding.ASCII.GetString(buffer, 9, 3));
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    public void Dispose()
    {
        foreach (var member in members) member.Dispose();
    }
}
