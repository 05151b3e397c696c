using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tillbridge.Transports;

/// <summary>The certificate that a device showed, as a person compares it.</summary>
/// <param name="Subject">Whose it says it is.</param>
/// <param name="From">The beginning of its validity.</param>
/// <param name="To">The end of its validity.</param>
/// <param name="Fingerprint">SHA-256 of it, 64 hexadecimal digits, as <c>fingerprint=</c> of an address takes it.</param>
public sealed record PeerCertificate(string Subject, DateTimeOffset From, DateTimeOffset To, string Fingerprint)
{
    private const int MostSubject = 120;

    /// <summary>Subject, validity and fingerprint in one piece of a sentence.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Subject}, valid {From:yyyy-MM-dd} to {To:yyyy-MM-dd}, SHA-256 {Fingerprint}");

    internal static PeerCertificate Of(X509Certificate certificate)
    {
        // Whoever listens there wrote the subject.
        var subject = new string([.. certificate.Subject.Where(letter => !char.IsControl(letter)).Take(MostSubject)]);
        using var read = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return new(
            subject.Length == 0 ? "no subject" : subject, read.NotBefore.ToUniversalTime(), read.NotAfter.ToUniversalTime(),
            Convert.ToHexString(SHA256.HashData(certificate.GetRawCertData())));
    }
}
