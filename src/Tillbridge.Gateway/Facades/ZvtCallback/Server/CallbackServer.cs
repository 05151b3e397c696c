using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tillbridge.Gateway.Api;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Gateway.Facades.ZvtCallback.Receivers;
using Tillbridge.Gateway.Security;
using Tillbridge.Gateway.Settings;
using Tillbridge.Journal;

namespace Tillbridge.Gateway.Facades.ZvtCallback.Server;

/// <summary>The callback face on a listener of its own (reference §2); nothing else is served there.</summary>
internal sealed class CallbackServer : IAsyncDisposable
{
    private const int MostConnections = 200;

    private readonly WebApplication web;
    private readonly Callbacks callbacks;
    private readonly HttpCallbackSender sender;
    private readonly CallbackGate gate;
    private readonly CallbackSettings settings;
    private readonly CallbackParts parts;
    private readonly RefusalLog refusals;
    private bool isStopping;

    private CallbackServer(
        WebApplication web, Callbacks callbacks, HttpCallbackSender sender, CallbackGate gate, CallbackSettings settings,
        CallbackParts parts)
    {
        (this.web, this.callbacks, this.sender, this.gate) = (web, callbacks, sender, gate);
        (this.settings, this.parts, refusals) = (settings, parts, new(parts.Logger, parts.Clock));
    }

    /// <summary>Where it listens, with the port that was taken when the settings said 0.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>The face behind it.</summary>
    public Callbacks Callbacks => callbacks;

    /// <summary>Takes up what an earlier process left, and listens.</summary>
    /// <param name="gateway">The gateway's settings, with the face's section.</param>
    /// <param name="parts">What the face works with.</param>
    /// <param name="logs">Loggers.</param>
    /// <param name="ownPorts">Ports of the gateway's other listeners.</param>
    /// <param name="stop">Ends the start.</param>
    public static async Task<CallbackServer> Start(
        GatewaySettings gateway, CallbackParts parts, ILoggerFactory logs, IReadOnlyList<int> ownPorts, CancellationToken stop)
    {
        var settings = gateway.ZvtCallback!;
        var listening = new List<int>(ownPorts);
        var rules = settings.Allow.Select(text => AddressRule.TryParse(text, out _)!).ToList();
        var guard = new AddressGuard(rules, () => listening, (name, cancel) => System.Net.Dns.GetHostAddressesAsync(name, cancel));
        var sender = new HttpCallbackSender(settings, guard, parts.Clock);
        var callbacks = new Callbacks(parts, settings, sender);
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "Tillbridge.Gateway", Args = [] });
        builder.Services.AddSingleton(logs);
        var doorway = new Doorway(MostConnections, MostConnections / 2);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server => Configure(server, settings, doorway));
        var web = builder.Build();
        var gate = new CallbackGate(settings, new ApiKeys(gateway.ApiKeys), parts.Clock);
        var server = new CallbackServer(web, callbacks, sender, gate, settings, parts) { Guard = guard };
        ((IApplicationBuilder)web).Run(server.Answer);
        try
        {
            await web.StartAsync(stop);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        var bound = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        server.Address = new(bound);
        listening.Add(server.Address.Port);
        await callbacks.Start();
        return server;
    }

    /// <summary>A certificate with its key: PKCS#12, or PEM with both in one file.</summary>
    public static X509Certificate2 LoadCertificate(string file) =>
        Path.GetExtension(file).ToLowerInvariant() is ".pfx" or ".p12"
            ? X509CertificateLoader.LoadPkcs12FromFile(file, password: null)
            : X509Certificate2.CreateFromPemFile(file);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        isStopping = true;
        await web.StopAsync(CancellationToken.None);
        await web.DisposeAsync();
        await callbacks.DisposeAsync();
        sender.Dispose();
    }

    private AddressGuard Guard { get; init; } = null!;

    private static void Configure(KestrelServerOptions server, CallbackSettings settings, Doorway doorway)
    {
        server.AddServerHeader = false;
        server.Limits.MaxRequestBodySize = 4 * CallbackCommand.MostBytes;
        server.Limits.MaxConcurrentConnections = null; // The doorway keeps the limit.
        server.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        // A write is over when the socket has it: only then may a callback follow (reference §3).
        server.Limits.MaxResponseBufferSize = 0;
        server.Listen(settings.Listen, listen =>
        {
            listen.Use(next => connection => doorway.Pass(connection, next));
            if (settings.Certificate is { } file) listen.UseHttps(LoadCertificate(file));
        });
    }

    // The face's own host loop: whatever happens inside a request ends as an answer without a stack trace.
    private async Task Answer(HttpContext context)
    {
        CallbackReply reply;
        try
        {
            if (context.Request.Path == "/health" && HttpMethods.IsGet(context.Request.Method))
            {
                await Health(context);
                return;
            }

            reply = await Handle(context);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            return; // Nothing was taken: the body was never whole.
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException bad)
        {
            reply = Refuse(bad.StatusCode == 413
                ? TooLarge() : new CallbackRefusal(400, "invalid-request", "The request is not well-formed HTTP."));
        }
        catch (JournalException failure)
        {
            Log.JournalFailed(parts.Logger, failure.Message);
            reply = Refuse(new(507, "journal-full", "This command sent nothing to the terminal; an earlier one under "
                + $"the same key may have. {failure.Message}"));
        }
        catch (Exception defect)
        {
            Log.RequestFailed(parts.Logger, defect);
            reply = Refuse(new(500, "internal", "An error in the program; the log of the gateway has it. Ask GetAbortedSessions before "
                + "anything is charged again."));
        }

        if (!reply.Answer.Proceed) Tell(context, reply.Answer);
        var isWritten = false;
        try
        {
            isWritten = await Write(context, reply.Answer);
        }
        finally
        {
            reply.Answered(isWritten);
        }
    }

    private void Tell(HttpContext context, CallbackAnswer answer)
    {
        var caller = Caller.Of(context.Connection.RemoteIpAddress).ToString();
        var isWrongKey = answer.Status == 401 && ApiKeys.IsShown(context);
        if (isWrongKey) refusals.WrongKey(caller, 0);
        else refusals.Refused($"callback face {context.Request.Path}", caller, answer.Status, answer.Code, answer.Message);
    }

    private async Task<CallbackReply> Handle(HttpContext context)
    {
        if (isStopping) return Refuse(new(503, "stopping", "Tillbridge is stopping; nothing was sent. Try again in a moment."));
        var (terminal, misplaced) = Place(context);
        if (misplaced is not null) return Refuse(misplaced);
        if (await gate.Refuse(context) is { } refused) return Refuse(refused);
        if (settings.Auth is not CallbackAuth.None) Visitor.Of(context)?.Knows();
        var (body, tooLarge) = await ReadBody(context);
        Visitor.Work(context);
        if (tooLarge) return Refuse(TooLarge());
        var header = context.Request.Headers["Idempotency-Key"] is [{ Length: > 0 } key] ? key : null;
        var (command, wrong) = CallbackCommand.Read(body, header);
        if (command is null) return Refuse(wrong!);
        var (addresses, why) = await Guard.Admit(command.CallbackUrl, context.RequestAborted);
        if (addresses.Count == 0) return Refuse(new(403, "callback-not-allowed", $"CallbackUrl is not allowed: {why}"));
        if (terminal is null)
        {
            var (chosen, none) = Default();
            if (chosen is null) return Refuse(none!);
            terminal = chosen;
        }

        // From here on the order may be taken, whether the client still listens or not.
        return await callbacks.Take(command with { Terminal = terminal, By = CallbackGate.NameOf(context) }, CancellationToken.None);
    }

    private static (string? Terminal, CallbackRefusal? Refusal) Place(HttpContext context)
    {
        const string Prefix = "/terminals/";
        var path = context.Request.Path.Value ?? "/";
        var isTerminal = path.StartsWith(Prefix, StringComparison.Ordinal) && path.Length > Prefix.Length
            && path.IndexOf('/', Prefix.Length) < 0;
        if (path != "/" && path != "/health" && !isTerminal)
            return (null, new(404, "not-found", "There is nothing here; send commands with POST / or POST /terminals/NAME."));
        if (path != "/health" && HttpMethods.IsPost(context.Request.Method)) return (isTerminal ? path[Prefix.Length..] : null, null);
        context.Response.Headers.Allow = path == "/health" ? "GET" : "POST";
        return (null, new(405, "method-not-allowed", path == "/health" ? "Ask /health with GET." : "Commands are sent with POST."));
    }

    private (string? Name, CallbackRefusal? Refusal) Default()
    {
        var names = parts.Names();
        var only = settings.Terminal ?? (names.Count == 1 ? names[0] : null);
        return only is not null ? (only, null) : (null, new(422, "invalid-parameter", names.Count == 0
            ? "No terminal is configured."
            : $"There are {names.Count} terminals: send to /terminals/NAME, or set facades.zvtCallback.terminal."));
    }

    private static async Task<(ReadOnlyMemory<byte> Body, bool TooLarge)> ReadBody(HttpContext context)
    {
        var buffer = new byte[CallbackCommand.MostBytes + 1];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await context.Request.Body.ReadAsync(buffer.AsMemory(length), context.RequestAborted);
            if (read == 0) break;
            length += read;
        }

        return (buffer.AsMemory(0, Math.Min(length, CallbackCommand.MostBytes)), length > CallbackCommand.MostBytes);
    }

    private async Task<bool> Write(HttpContext context, CallbackAnswer answer)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers["Tillbridge-Code"] = answer.Code;
        response.Headers["X-Content-Type-Options"] = "nosniff";
        if (answer.IsReplay) response.Headers["Idempotent-Replay"] = "true";
        if (answer.InTheWay is { } session) response.Headers["Tillbridge-Session"] = session.Value;
        var body = answer.Write(settings.HttpStatusAsText, settings.Extensions);
        response.ContentLength = body.Length;
        try
        {
            await response.Body.WriteAsync(body, context.RequestAborted);
            await response.CompleteAsync();
            return !context.RequestAborted.IsCancellationRequested;
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or SocketException)
        {
            return false;
        }
    }

    private async Task Health(HttpContext context)
    {
        var states = parts.Terminals.States;
        var word = isStopping || states.Count > 0 && states.All(state => state.JournalFailed) ? "down"
            : states.Any(state => state.JournalFailed || state.Unresolved > 0) ? "degraded" : "ok";
        context.Response.StatusCode = word == "down" ? 503 : 200;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($$"""{"status":"{{word}}"}"""), context.RequestAborted);
    }

    private static CallbackReply Refuse(CallbackRefusal refusal) => new(CallbackAnswer.Of(refusal), _ => { });

    private static CallbackRefusal TooLarge() =>
        new(413, "too-large", $"The body may have at most {CallbackCommand.MostBytes} bytes.");
}
