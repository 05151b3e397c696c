using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tillbridge.Transports;

/// <summary>A device behind a TCP socket, in clear or in TLS.</summary>
/// <param name="settings">Where it is.</param>
/// <param name="clock">Measures the connect limit.</param>
public sealed class TcpTransport(TransportSettings settings, TimeProvider clock) : ITransport
{
    private const int TcpUserTimeOut = 18; // linux/tcp.h: unacknowledged bytes end the connection after this many ms.
    private const int Probes = 3;

    /// <inheritdoc/>
    public string Name { get; } = $"{settings.Host}:{settings.Port}";

    /// <inheritdoc/>
    public Carrier Carrier => Carrier.Stream;

    /// <inheritdoc/>
    public async Task<ITransportConnection> Connect(CancellationToken shutdown)
    {
        using var limit = new CancellationTokenSource(settings.ConnectLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, shutdown);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        PeerCertificate? shown = null;
        try
        {
            Watch(socket, settings.KeepAlive);
            await socket.ConnectAsync(settings.Host, settings.Port, either.Token);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (settings.Tls) stream = await Encrypt(stream, seen => shown = seen, either.Token);
            return new TcpConnection(stream);
        }
        catch (Exception failure) when (failure is SocketException or IOException or AuthenticationException
            || (failure is OperationCanceledException && !shutdown.IsCancellationRequested))
        {
            socket.Dispose();
            throw new LinkLostException(Explain(failure, shown), failure) { Fault = FaultOf(failure), Certificate = shown };
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Lets the system find out that a silent peer is gone: keep-alive probes and a bound on unacknowledged bytes.</summary>
    internal static void Watch(Socket socket, TimeSpan keepAlive)
    {
        var seconds = Math.Max(1, (int)keepAlive.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, seconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Math.Max(1, seconds / 2));
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
        if (!OperatingSystem.IsLinux()) return;
        Span<byte> milliseconds = stackalloc byte[sizeof(int)];
        BitConverter.TryWriteBytes(milliseconds, seconds * 1000 * 2);
        socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpUserTimeOut, milliseconds);
    }

    private async Task<Stream> Encrypt(Stream plain, Action<PeerCertificate> distrusted, CancellationToken stop)
    {
        var secure = new SslStream(plain);
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = settings.Host,
                RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                {
                    var isTrusted = Trusts(certificate, errors);
                    if (!isTrusted && certificate is not null) distrusted(PeerCertificate.Of(certificate));
                    return isTrusted;
                },
            },
            stop);
        return secure;
    }

    private bool Trusts(X509Certificate? certificate, SslPolicyErrors errors)
    {
        if (settings.Fingerprint is null) return errors is SslPolicyErrors.None;
        if (certificate is null) return false;
        var seen = SHA256.HashData(certificate.GetRawCertData());
        return CryptographicOperations.FixedTimeEquals(seen, Convert.FromHexString(settings.Fingerprint));
    }

    private static ConnectFault FaultOf(Exception failure) => failure switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => ConnectFault.Refused,
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } =>
            ConnectFault.NameUnknown,
        SocketException { SocketErrorCode: SocketError.HostUnreachable or SocketError.NetworkUnreachable } => ConnectFault.Unreachable,
        SocketException { SocketErrorCode: SocketError.TimedOut } or OperationCanceledException => ConnectFault.TimedOut,
        AuthenticationException => ConnectFault.NotTrusted,
        _ => ConnectFault.Other,
    };

    private string Explain(Exception failure, PeerCertificate? shown) => failure switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } =>
            $"{Name} refused the connection: is the terminal switched on, its ECR interface enabled and the port right?",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } =>
            $"The name {settings.Host} is not known: check the spelling or use the terminal's address.",
        SocketException { SocketErrorCode: SocketError.HostUnreachable or SocketError.NetworkUnreachable } =>
            $"There is no way to {Name}: check cable, Wi-Fi and network of the terminal.",
        AuthenticationException when shown is not null && settings.Fingerprint is not null =>
            $"{Name} shows another certificate than the one of the address ({shown}): ask who renewed it before you write its fingerprint.",
        AuthenticationException when shown is not null =>
            $"{Name} shows a certificate that no authority of this machine vouches for ({shown}): if it is the terminal's own, write "
            + $"fingerprint={shown.Fingerprint} into the address.",
        AuthenticationException => $"{Name} offers no TLS that is trusted: set fingerprint, or leave tls out if it speaks plainly.",
        OperationCanceledException =>
            $"{Name} did not answer within {settings.ConnectLimit.TotalSeconds:0.#} s: is the terminal on and in this network?",
        _ => $"{Name} cannot be reached: {failure.Message}",
    };
}
