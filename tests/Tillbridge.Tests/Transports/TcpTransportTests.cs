using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tillbridge.Transports;

namespace Tillbridge.Tests.Transports;

public sealed class TcpTransportTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refused_connection_names_cause_and_cure()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        var lost = await Assert.ThrowsAsync<LinkLostException>(() => Transport(port).Connect(Stop));

        Assert.Contains("refused the connection", lost.Message, StringComparison.Ordinal);
        Assert.Contains("switched on", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_hangs_ends_at_the_connect_limit()
    {
        // A listener with a full backlog answers no handshake.
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var filling = Enumerable.Range(0, 8).Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp)).ToList();
        foreach (var socket in filling) _ = socket.ConnectAsync(IPAddress.Loopback, port, Stop).AsTask();
        var settings = new TransportSettings("127.0.0.1", port) { ConnectLimit = TimeSpan.FromMilliseconds(300) };

        var lost = await Assert.ThrowsAsync<LinkLostException>(() => new TcpTransport(settings, TimeProvider.System).Connect(Stop));

        Assert.Contains("did not answer within 0.3 s", lost.Message, StringComparison.Ordinal);
        filling.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task An_unknown_name_is_told_as_one()
    {
        var settings = new TransportSettings("no-such-host.invalid", 20007);

        var lost = await Assert.ThrowsAsync<LinkLostException>(() => new TcpTransport(settings, TimeProvider.System).Connect(Stop));

        Assert.Contains("no-such-host.invalid", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_watched_socket_finds_out_that_a_silent_peer_is_gone()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);

        TcpTransport.Watch(socket, TimeSpan.FromSeconds(5));

        Assert.Equal(1, (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)!);
        Assert.Equal(5, (int)socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime)!);
        Assert.Equal(3, (int)socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount)!);
    }

    [Fact]
    public async Task Tls_with_the_pinned_certificate_carries_the_bytes()
    {
        using var certificate = SelfSigned();
        await using var server = new TlsEcho(certificate);
        var pinned = Convert.ToHexString(SHA256.HashData(certificate.RawData));
        var settings = TransportSettings.Of("127.0.0.1", server.Port, new Dictionary<string, string> { ["fingerprint"] = pinned });

        await using var connection = await new TcpTransport(settings, TimeProvider.System).Connect(Stop);
        connection.Output.Write<byte>([0x80, 0x00, 0x00]);
        await connection.Output.FlushAsync(Stop);
        var read = await connection.Input.ReadAtLeastAsync(3, Stop);

        Assert.Equal(new byte[] { 0x80, 0x00, 0x00 }, read.Buffer.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tls_with_another_certificate_is_refused(bool pinned)
    {
        using var certificate = SelfSigned();
        await using var server = new TlsEcho(certificate);
        var options = pinned
            ? new Dictionary<string, string> { ["fingerprint"] = new string('A', 64) }
            : new Dictionary<string, string> { ["tls"] = "true" };

        var lost = await Assert.ThrowsAsync<LinkLostException>(
            () => new TcpTransport(TransportSettings.Of("127.0.0.1", server.Port, options), TimeProvider.System).Connect(Stop));

        var pin = Convert.ToHexString(SHA256.HashData(certificate.RawData));
        Assert.Contains($"valid {TimeProvider.System.GetUtcNow().AddDays(-1):yyyy-MM-dd}", lost.Message, StringComparison.Ordinal);
        Assert.Contains(certificate.Subject, lost.Message, StringComparison.Ordinal);
        Assert.Contains(pin, lost.Message, StringComparison.Ordinal);
        Assert.Equal((ConnectFault.NotTrusted, pin), (lost.Fault, lost.Certificate?.Fingerprint));
    }

    [Theory]
    [InlineData("fingerprint", "abc")]
    [InlineData("tls", "maybe")]
    public void A_wrong_option_is_named(string option, string value)
    {
        var wrong = Assert.Throws<ArgumentException>(
            () => TransportSettings.Of("h", 1, new Dictionary<string, string> { [option] = value }));

        Assert.Contains(option, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_refused_by_name()
    {
        await using var first = TcpAcceptor.Open(IPAddress.Loopback, 0);

        var lost = Assert.Throws<LinkLostException>(() => TcpAcceptor.Open(IPAddress.Loopback, first.Port));

        Assert.Contains($"127.0.0.1:{first.Port}", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_switched_off_acceptor_refuses_and_takes_clients_again_when_it_is_back()
    {
        await using var acceptor = TcpAcceptor.Open(IPAddress.Loopback, 0);
        acceptor.IsOpen = false;
        await Assert.ThrowsAsync<LinkLostException>(() => Transport(acceptor.Port).Connect(Stop));
        var accepted = acceptor.Accept(Stop);

        acceptor.IsOpen = true;
        await using var client = await Transport(acceptor.Port).Connect(Stop);

        await using var taken = await accepted;
        Assert.NotNull(taken);
    }

    private static TcpTransport Transport(int port) => new(new TransportSettings("127.0.0.1", port), TimeProvider.System);

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=terminal", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }

    private sealed class TlsEcho : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly Task serving;

        public TlsEcho(X509Certificate2 certificate)
        {
            listener.Start();
            serving = Serve(certificate);
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        public async ValueTask DisposeAsync()
        {
            listener.Stop();
            await serving;
        }

        private async Task Serve(X509Certificate2 certificate)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync();
                await using var secure = new SslStream(client.GetStream());
                await secure.AuthenticateAsServerAsync(certificate);
                var bytes = new byte[3];
                await secure.ReadExactlyAsync(bytes);
                await secure.WriteAsync(bytes);
                while (await secure.ReadAsync(bytes) > 0) { /* until the client leaves */ }
            }
            catch (Exception over) when (over is IOException or SocketException or AuthenticationException or InvalidOperationException)
            {
                // The client refused our certificate, or left.
            }
        }
    }
}
