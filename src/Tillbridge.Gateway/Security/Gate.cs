using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Tillbridge.Gateway.Api;
using Tillbridge.Gateway.Api.Requests;
using Tillbridge.Gateway.Settings;
using Tillbridge.Journal;

namespace Tillbridge.Gateway.Security;

/// <summary>What every request passes, from outside to inside: origin, key, rate, then the route and its errors.</summary>
internal sealed class Gate : IAsyncDisposable
{
    private readonly ApiKeys keys;
    private readonly OriginGuard origins;
    private readonly Metrics metrics;
    private readonly ILogger logger;
    private readonly CallerRates rates;
    private readonly RefusalLog refusals;
    private long untold;

    /// <summary>A gate for these settings.</summary>
    public Gate(GatewaySettings settings, Metrics metrics, ILogger logger, RefusalLog refusals)
    {
        this.refusals = refusals;
        keys = new(settings.ApiKeys);
        origins = new(settings.Listen.Address, settings.AllowedHosts, settings.AllowedOrigins);
        this.metrics = metrics;
        this.logger = logger;
        rates = new(settings.Limits.RequestsPerSecond);
    }

    /// <summary>Lets a request pass, or answers with the problem.</summary>
    public async Task Pass(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers["X-Content-Type-Options"] = "nosniff";
        headers["X-Frame-Options"] = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
        metrics.Began();
        try
        {
            var problem = Refuse(context);
            if (problem is null)
            {
                WorkAtOnce(context);
                await next(context);
                if (!context.Response.HasStarted && context.Response.ContentType is null) problem = Problems.ForBareStatus(context);
            }

            if (problem is not null) await problem.ExecuteAsync(context);
        }
        catch (Exception wrong) when (wrong is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The caller left; the session, if any, runs on.
        }
        catch (Exception wrong) when (!context.Response.HasStarted)
        {
            await Problem(wrong).ExecuteAsync(context);
        }
        finally
        {
            Tell(context);
            metrics.Answered(context.Request.Method, context.Response.StatusCode);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => rates.DisposeAsync();

    private static string AddressOf(HttpContext context) => Caller.Of(context.Connection.RemoteIpAddress).ToString();

    // Who only reads and asks for what is not there is told so and nobody else; a wrong key has a line of its own.
    private void Tell(HttpContext context)
    {
        if (context.Features.Get<ProblemView>() is not { } told) return;
        var request = context.Request;
        if (told.Status == 401 && ApiKeys.IsShown(context)) return;
        if (HttpMethods.IsGet(request.Method) && told.Status is not (401 or 403 or 429 or >= 500)) return;
        refusals.Refused($"{request.Method} {request.Path}", AddressOf(context), told.Status, told.Code, told.Detail);
    }

    // A request with a body is there in whole when the body has been read (RequestBody).
    private static void WorkAtOnce(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true }) Visitor.Work(context);
    }

    // The origin comes first, so that a foreign page uses up nobody's rate.
    private IResult? Refuse(HttpContext context)
    {
        if (origins.Refuse(context) is { } why) return Problems.Of(403, "forbidden", why);
        var isKnown = keys.Knows(context);
        if (!isKnown && !ApiKeys.IsOpen(context)) return RefuseStranger(context);
        if (!rates.Admit(context)) return TooMany(context, "Too many requests from this address; try again in a second.");
        // Without keys everybody could make himself known, and push out who has just come.
        if (isKnown && keys.AreNeeded) Visitor.Of(context)?.Knows();
        return null;
    }

    // Nothing of this is counted against who has a right key, also behind the same address.
    private IResult RefuseStranger(HttpContext context)
    {
        var isWrong = ApiKeys.IsShown(context);
        if (!rates.AdmitStranger(context))
        {
            if (isWrong) Interlocked.Increment(ref untold);
            // The next guess costs a connection.
            context.Response.Headers.Connection = "close";
            return TooMany(context, "Too many requests without a right API key from this address; try again in a second.");
        }

        if (isWrong) refusals.WrongKey(AddressOf(context), Interlocked.Exchange(ref untold, 0));
        context.Response.Headers.WWWAuthenticate = "Bearer, Basic realm=\"Tillbridge\"";
        return Problems.Of(401, "unauthorized", "Show an API key: Authorization: Bearer KEY, or X-Api-Key: KEY.");
    }

    private static IResult TooMany(HttpContext context, string text)
    {
        context.Response.Headers.RetryAfter = "1";
        return Problems.Of(429, "too-many-requests", text);
    }

    // The host's own loop: whatever happens inside a request ends as an answer without a stack trace.
    private IResult Problem(Exception wrong)
    {
        if (wrong is BadHttpRequestException bad)
        {
            return bad.StatusCode == 413
                ? Problems.Of(413, "too-large", $"The body may have at most {RequestBody.MostBytes} bytes.")
                : Problems.Of(400, "invalid-request", "The request is not well-formed HTTP.");
        }

        if (wrong is JournalException journal)
        {
            Log.JournalFailed(logger, journal.Message);
            return Problems.Of(507, "journal-full", $"{journal.Message} When that is cured, send the request again with " +
                "the same Idempotency-Key: it cannot be charged twice.");
        }

        if (wrong is OperationCanceledException)
        {
            // 503 would say that nothing left (contract §3); here the order may have been taken.
            return Problems.Of(500, "stopping", "The gateway is stopping and the order may have been taken. Send the request again " +
                "later, with the same Idempotency-Key: it cannot be charged twice.");
        }

        Log.RequestFailed(logger, wrong);
        return Problems.Of(500, "internal-error", "An error in the program; the log of the gateway has it. Look at the session before " +
            "anything is charged again, or send the request again with the same Idempotency-Key.");
    }
}
