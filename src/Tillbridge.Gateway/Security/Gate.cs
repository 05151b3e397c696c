using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tillbridge.Gateway.Api;
using Tillbridge.Gateway.Api.Requests;
using Tillbridge.Gateway.Settings;
using Tillbridge.Journal;

namespace Tillbridge.Gateway.Security;

/// <summary>What every request passes, from outside to inside: rate, origin, key, then the route and its errors.</summary>
internal sealed class Gate : IAsyncDisposable
{
    private readonly ApiKeys keys;
    private readonly OriginGuard origins;
    private readonly Metrics metrics;
    private readonly ILogger logger;
    private readonly PartitionedRateLimiter<HttpContext> rate;

    /// <summary>A gate for these settings.</summary>
    public Gate(GatewaySettings settings, Metrics metrics, ILogger logger)
    {
        keys = new(settings.ApiKeys);
        origins = new(settings.Listen.Address, settings.AllowedHosts, settings.AllowedOrigins);
        this.metrics = metrics;
        this.logger = logger;
        rate = PartitionedRateLimiter.Create<HttpContext, IPAddress>(context => RateLimitPartition.GetTokenBucketLimiter(
            context.Connection.RemoteIpAddress ?? IPAddress.None,
            _ => new()
            {
                TokenLimit = settings.RequestsPerSecond, TokensPerPeriod = settings.RequestsPerSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0,
            }));
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
            metrics.Answered(context.Request.Method, context.Response.StatusCode);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => rate.DisposeAsync();

    private IResult? Refuse(HttpContext context)
    {
        using var lease = rate.AttemptAcquire(context);
        if (!lease.IsAcquired)
        {
            context.Response.Headers.RetryAfter = "1";
            return Problems.Of(429, "too-many-requests", "Too many requests from this address; try again in a second.");
        }

        if (origins.Refuse(context) is { } why) return Problems.Of(403, "forbidden", why);
        if (keys.Admit(context)) return null;
        context.Response.Headers.WWWAuthenticate = "Bearer, Basic realm=\"Tillbridge\"";
        return Problems.Of(401, "unauthorized", "Show an API key: Authorization: Bearer KEY, or X-Api-Key: KEY.");
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
