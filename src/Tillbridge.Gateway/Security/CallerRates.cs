using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;

namespace Tillbridge.Gateway.Security;

/// <summary>
/// Requests per second of one address. Payments and health are counted apart from everything else, and callers without a
/// right key apart from those with one: nobody uses up what another needs.
/// </summary>
internal sealed class CallerRates : IAsyncDisposable
{
    // A browser asks once without a key before it shows one; a person mistypes.
    private const int StrangersAtOnce = 20;
    private const int StrangersPerSecond = 5;

    private readonly PartitionedRateLimiter<(IPAddress Caller, Purpose Purpose)> rates;

    /// <summary>Rates of so many requests per second and address.</summary>
    public CallerRates(int perSecond) =>
        rates = PartitionedRateLimiter.Create<(IPAddress Caller, Purpose Purpose), (IPAddress, Purpose)>(
            asked => RateLimitPartition.GetTokenBucketLimiter(
                asked, key => key.Item2 is Purpose.Stranger
                    ? Bucket(Math.Min(perSecond, StrangersAtOnce), Math.Min(perSecond, StrangersPerSecond))
                    : Bucket(perSecond, perSecond)));

    private enum Purpose
    {
        Ordinary,
        Payment,
        Health,
        Stranger,
    }

    /// <summary>True when the caller may ask this now.</summary>
    public bool Admit(HttpContext context) => Admit(context, PurposeOf(context.Request));

    /// <summary>True when a caller without a right key may be told so now.</summary>
    public bool AdmitStranger(HttpContext context) => Admit(context, Purpose.Stranger);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => rates.DisposeAsync();

    private static TokenBucketRateLimiterOptions Bucket(int atOnce, int perSecond) => new()
    {
        TokenLimit = atOnce, TokensPerPeriod = perSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0,
    };

    private static Purpose PurposeOf(HttpRequest request)
    {
        if (request.Path.StartsWithSegments("/health")) return Purpose.Health;
        return HttpMethods.IsPost(request.Method) && request.Path.StartsWithSegments("/v1/sessions") ? Purpose.Payment : Purpose.Ordinary;
    }

    private bool Admit(HttpContext context, Purpose purpose)
    {
        using var lease = rates.AttemptAcquire((Caller.Of(context.Connection.RemoteIpAddress), purpose));
        return lease.IsAcquired;
    }
}
