using System.Net.Sockets;
using System.Text;

namespace Tillbridge.Cli.Services.Systemd;

/// <summary>
/// The socket on which systemd hears how a service is doing: one datagram per message, lines of NAME=VALUE (sd_notify(3)).
/// A name that begins with @ is of the abstract kind, which has no file.
/// </summary>
internal sealed class NotifySocket(string name) : IDisposable
{
    // A manager that does not read must not stop a gateway that takes money.
    private const int SendLimitMs = 2000;

    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = SendLimitMs };
    private readonly UnixDomainSocketEndPoint manager = new(name[0] == '@' ? '\0' + name[1..] : name);

    /// <summary>The socket of NOTIFY_SOCKET; null when nobody listens, or in a way that is not a Unix socket.</summary>
    public static NotifySocket? Of(string? name) => name is ['/' or '@', _, ..] ? new(name) : null;

    /// <summary>Sends one message. What cannot be sent is said on standard error, and the service goes on.</summary>
    public void Tell(params string[] lines)
    {
        try
        {
            socket.SendTo(Encoding.UTF8.GetBytes(string.Join('\n', lines)), manager);
        }
        catch (SocketException wrong)
        {
            Console.Error.WriteLine($"tillbridge: systemd could not be told {lines[0]} on {name}: {wrong.Message}");
        }
    }

    public void Dispose() => socket.Dispose();
}
