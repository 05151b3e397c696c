namespace Tillbridge.Transports;

/// <summary>How a TCP device is reached.</summary>
/// <param name="Host">Host name or address.</param>
/// <param name="Port">Port, 1 to 65535.</param>
public sealed record TransportSettings(string Host, int Port)
{
    /// <summary>How long a connection may take to be made.</summary>
    public TimeSpan ConnectLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Silence after which the system begins to probe the peer, and then counts it as gone after three probes.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Wrap the byte stream in TLS.</summary>
    public bool Tls { get; init; }

    /// <summary>
    /// SHA-256 of the one certificate that is accepted, 64 hexadecimal digits; null checks against the system's
    /// authorities. Terminals mostly carry certificates of their own make, so this is the usual way.
    /// </summary>
    public string? Fingerprint { get; init; }

    /// <summary>Reads the options of an address: <c>tls</c> and <c>fingerprint</c>.</summary>
    /// <exception cref="ArgumentException">A value is not allowed; the message names it.</exception>
    public static TransportSettings Of(string host, int port, IReadOnlyDictionary<string, string> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Keys.FirstOrDefault(key => key is not ("tls" or "fingerprint")) is { } foreign)
            throw new ArgumentException($"'{foreign}' is an option of serial lines; a TCP address takes tls and fingerprint.");
        var fingerprint = options.GetValueOrDefault("fingerprint")?.Replace(":", "", StringComparison.Ordinal);
        if (fingerprint is not null && (fingerprint.Length != 64 || !fingerprint.All(char.IsAsciiHexDigit)))
            throw new ArgumentException("fingerprint must be the SHA-256 of the certificate, 64 hexadecimal digits.");
        var tls = options.GetValueOrDefault("tls", fingerprint is null ? "false" : "true");
        if (tls is not ("true" or "false")) throw new ArgumentException($"tls must be true or false, not '{tls}'.");
        return new TransportSettings(host, port) { Tls = tls == "true", Fingerprint = fingerprint };
    }
}
