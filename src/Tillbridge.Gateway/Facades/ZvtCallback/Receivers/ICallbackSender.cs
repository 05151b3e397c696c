namespace Tillbridge.Gateway.Facades.ZvtCallback.Receivers;

/// <summary>What became of one attempt.</summary>
/// <param name="IsDelivered">The receiver answered 200 to 299 in time.</param>
/// <param name="MayRetry">Another attempt may help.</param>
/// <param name="MayHaveBeenSeen">The attempt got, or may have got, further than the connection.</param>
/// <param name="Error">What was seen, for people; "" when delivered.</param>
internal sealed record Attempt(bool IsDelivered, bool MayRetry, bool MayHaveBeenSeen, string Error)
{
    /// <summary>What an HTTP status means (reference §7.1).</summary>
    public static Attempt Of(int status) => status is >= 200 and <= 299
        ? new(true, false, true, "")
        : new(false, status is 408 or 425 or 429 or >= 500, true, $"the receiver answered {status}");
}

/// <summary>Carries a message to a receiver, once.</summary>
internal interface ICallbackSender
{
    /// <summary>One attempt, bounded in time.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="envelope">What.</param>
    /// <param name="attempt">The how-manieth attempt, from 1.</param>
    /// <param name="stop">The process is going down.</param>
    Task<Attempt> Send(Uri url, CallbackEnvelope envelope, int attempt, CancellationToken stop);
}
