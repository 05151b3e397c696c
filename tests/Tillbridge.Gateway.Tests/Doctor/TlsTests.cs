using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tillbridge.Cli.Doctor;

namespace Tillbridge.Gateway.Tests.Doctor;

/// <summary>A terminal behind TLS with a certificate of its own make.</summary>
public sealed class TlsTests
{
    private readonly DoctorBench doctor = new();

    [Theory]
    [InlineData("?tls=true")]
    [InlineData("")]
    public async Task The_certificate_is_told_with_the_address_to_write(string options)
    {
        using var certificate = SelfSigned();
        await using var server = new TlsPeer(certificate);
        var place = $"zvt+tcp://127.0.0.1:{server.Port}";

        var finding = await doctor.Ask(place + options);

        var pin = Convert.ToHexString(SHA256.HashData(certificate.RawData));
        Assert.Equal((FindingCodes.NotTrusted, Severity.Wrong), (finding.Code, finding.Severity));
        Assert.Contains("CN=terminal", finding.Text, StringComparison.Ordinal);
        Assert.Contains($"SHA-256 {pin}", finding.Text, StringComparison.Ordinal);
        Assert.Equal($"{place}?fingerprint={pin}", finding.Address);
        Assert.Contains(finding.Address!, finding.Cure, StringComparison.Ordinal);
        if (options.Length == 0) Assert.Contains("speaks TLS", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_changed_is_told_as_that()
    {
        using var certificate = SelfSigned();
        await using var server = new TlsPeer(certificate);

        var finding = await doctor.Ask($"zvt+tcp://127.0.0.1:{server.Port}?fingerprint={new string('A', 64)}");

        Assert.Equal(FindingCodes.NotTrusted, finding.Code);
        Assert.Contains("another certificate", finding.Text, StringComparison.Ordinal);
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=terminal", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }

    private sealed class TlsPeer : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly X509Certificate2 certificate;
        private readonly Task serving;

        public TlsPeer(X509Certificate2 certificate)
        {
            this.certificate = certificate;
            listener.Start();
            serving = Serve();
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        public async ValueTask DisposeAsync()
        {
            listener.Stop();
            await serving;
        }

        private async Task Serve()
        {
            while (true)
            {
                try
                {
                    using var client = await listener.AcceptTcpClientAsync();
                    await using var secure = new SslStream(client.GetStream());
                    await secure.AuthenticateAsServerAsync(certificate);
                }
                catch (Exception refused) when (refused is IOException or AuthenticationException)
                {
                    // The client spoke plainly, or refused our certificate.
                }
                catch (Exception over) when (over is SocketException or InvalidOperationException)
                {
                    return;
                }
            }
        }
    }
}
