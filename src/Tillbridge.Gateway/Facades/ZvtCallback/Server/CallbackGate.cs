using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Gateway.Security;

namespace Tillbridge.Gateway.Facades.ZvtCallback.Server;

/// <summary>What a request passes before its body is read (reference §2): host, origin, key, rate.</summary>
internal sealed class CallbackGate(CallbackSettings settings, ApiKeys keys, TimeProvider clock)
{
    private const int MostCommands = 50;
    private const int MostFailures = 10;
    private const int MostCallers = 10_000;
    private static readonly TimeSpan CommandsWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FailuresWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Penalty = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Queue<long>> commands = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Queue<long>> failures = new(StringComparer.Ordinal);
    private readonly OriginGuard origins = new(settings.Listen.Address, settings.AllowedHosts, settings.AllowedOrigins);

    /// <summary>Why a request is not let in; null when it is.</summary>
    public async Task<CallbackRefusal?> Refuse(HttpContext context)
    {
        if (!origins.IsOwnHost(context))
            {
                return new(421, "wrong-host", "This face is not called by that Host name; use its address or add the name to "
                    + "facades.zvtCallback.allowedHosts.");
            }

        if (context.Request.Headers.Origin.Count > 0)
        {
            // A form of a foreign page can be sent without asking; one with this content type cannot.
            if (!origins.IsAllowedOrigin(context))
                return new(403, "forbidden", "Web pages of this origin may not call; see facades.zvtCallback.allowedOrigins.");
            if (!(context.Request.ContentType ?? "").StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
                return new(415, "not-json", "A web page must send Content-Type: application/json.");
        }

        var address = context.Connection.RemoteIpAddress?.ToString() ?? "";
        if (settings.Auth is not CallbackAuth.None && await Unauthorized(context, address) is { } refusal) return refusal;
        return Note(commands, address, CommandsWithin) > MostCommands
            ? new(429, "too-many-requests", $"More than {MostCommands} commands in {CommandsWithin.TotalSeconds:0} s; slow down.")
            : null;
    }

    /// <summary>The person or program, as it names itself; the key decides, the name is for the journal.</summary>
    public static string NameOf(HttpContext context)
    {
        if (context.Request.Headers.Authorization is not [{ } shown] || !shown.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return context.Request.Headers.Authorization.Count > 0 ? "api key" : "client";
        var buffer = new byte[1024];
        var text = shown[6..].Trim();
        if (text.Length > buffer.Length || !Convert.TryFromBase64String(text, buffer, out var length)) return "client";
        var name = Encoding.UTF8.GetString(buffer, 0, length).Split(':')[0];
        return Domain.RequestRules.IsPrintable(name, 64) ? name : "client";
    }

    private async Task<CallbackRefusal?> Unauthorized(HttpContext context, string address)
    {
        var wanted = settings.Auth is CallbackAuth.Basic ? "Basic " : "Bearer ";
        var isRightKind = context.Request.Headers.Authorization is [{ } shown]
            && shown.StartsWith(wanted, StringComparison.OrdinalIgnoreCase);
        if (isRightKind && keys.Admit(context)) return null;
        if (Note(failures, address, FailuresWithin) > MostFailures) await Task.Delay(Penalty, clock, context.RequestAborted);
        context.Response.Headers.WWWAuthenticate = settings.Auth is CallbackAuth.Basic ? "Basic realm=\"Tillbridge\"" : "Bearer";
        return new(401, "unauthorized", settings.Auth is CallbackAuth.Basic
            ? "Show an API key as the password of HTTP Basic." : "Show an API key: Authorization: Bearer KEY.");
    }

    private int Note(ConcurrentDictionary<string, Queue<long>> book, string caller, TimeSpan within)
    {
        if (book.Count > MostCallers) book.Clear();
        var times = book.GetOrAdd(caller, _ => new());
        lock (times)
        {
            var now = clock.GetTimestamp();
            while (times.TryPeek(out var old) && clock.GetElapsedTime(old, now) > within) times.Dequeue();
            times.Enqueue(now);
            return times.Count;
        }
    }
}
