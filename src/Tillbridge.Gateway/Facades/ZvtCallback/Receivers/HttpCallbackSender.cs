using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;

namespace Tillbridge.Gateway.Facades.ZvtCallback.Receivers;

/// <summary>
/// Callbacks over HTTP: no redirects, no cookies, no proxy, each attempt on a connection to an address that was looked at.
/// </summary>
internal sealed class HttpCallbackSender : ICallbackSender, IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(1); // Reference §7.1.
    private static readonly HttpRequestOptionsKey<Sending> SendingKey = new("tillbridge-sending");

    private readonly CallbackSettings settings;
    private readonly AddressGuard guard;
    private readonly TimeProvider clock;
    private readonly HttpClient client;

    /// <exception cref="CryptographicException">The file of the private authority cannot be read.</exception>
    public HttpCallbackSender(CallbackSettings settings, AddressGuard guard, TimeProvider clock)
    {
        (this.settings, this.guard, this.clock) = (settings, guard, clock);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectCallback = Connect,
            // A connection of its own for each attempt: the name is resolved and looked at again.
            PooledConnectionLifetime = TimeSpan.Zero,
            MaxResponseHeadersLength = 16,
        };
        if (settings.Authority is { } file) handler.SslOptions = TrustOnly(file);
        client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public async Task<Attempt> Send(Uri url, CallbackEnvelope envelope, int attempt, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(settings.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        var sending = new Sending();
        try
        {
            using var request = Prepare(url, envelope, attempt, sending);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            // What the receiver says besides its status is left unread and goes with the connection.
            return Attempt.Of((int)response.StatusCode);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            var what = sending.IsConnected ? "the receiver did not answer" : "no connection";
            return new(false, true, sending.IsConnected, $"{what} within {settings.Timeout.TotalSeconds:0.#} s");
        }
        catch (HttpRequestException failure)
        {
            return new(false, failure.InnerException is not RefusedAddressException, sending.IsConnected, Explain(failure));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private HttpRequestMessage Prepare(Uri url, CallbackEnvelope envelope, int attempt, Sending sending)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new Counted(envelope.Body, sending) };
        request.Options.Set(SendingKey, sending);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json; charset=utf-8");
        var headers = request.Headers;
        headers.ConnectionClose = true;
        headers.TryAddWithoutValidation("User-Agent", $"Tillbridge/{typeof(HttpCallbackSender).Assembly.GetName().Version?.ToString(2)}");
        headers.TryAddWithoutValidation("Tillbridge-Session", envelope.SessionId);
        headers.TryAddWithoutValidation("Tillbridge-Sequence", envelope.Sequence.ToString(CultureInfo.InvariantCulture));
        headers.TryAddWithoutValidation("Tillbridge-Attempt", attempt.ToString(CultureInfo.InvariantCulture));
        if (settings.Credentials.TryGetValue(url.GetLeftPart(UriPartial.Authority), out var credential))
            headers.TryAddWithoutValidation("Authorization", credential.Header);
        if (settings.Secret is { } secret)
            headers.TryAddWithoutValidation("Tillbridge-Signature", Signature.Of(secret, envelope.Body.Span, clock.GetUtcNow()));
        return request;
    }

    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var url = context.InitialRequestMessage.RequestUri!;
        using var limit = new CancellationTokenSource(ConnectLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        var (addresses, why) = await guard.Admit(url, either.Token);
        if (addresses.Count == 0) throw new RefusedAddressException(why);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync([.. addresses], url.Port, either.Token);
            // From here on the receiver may see something of it; TLS that fails is only known afterwards.
            if (url.Scheme == "http" && context.InitialRequestMessage.Options.TryGetValue(SendingKey, out var sending))
                sending.IsConnected = true;
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static SslClientAuthenticationOptions TrustOnly(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(file);
        return new() { CertificateChainPolicy = policy };
    }

    private static string Explain(HttpRequestException failure) => failure.InnerException switch
    {
        RefusedAddressException refused => refused.Message,
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "connection refused",
        SocketException socket => socket.Message,
        { } inner => $"{failure.Message} {inner.Message}",
        _ => failure.Message,
    };

    private sealed class Sending
    {
        /// <summary>Something of the message may have reached the receiver.</summary>
        public bool IsConnected { get; set; }
    }

    // Told when the body is asked for: connection and TLS stand by then.
    private sealed class Counted(ReadOnlyMemory<byte> body, Sending sending) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            sending.IsConnected = true;
            await stream.WriteAsync(body);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = body.Length;
            return true;
        }
    }

    private sealed class RefusedAddressException(string why) : IOException(why);
}
