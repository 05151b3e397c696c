using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Gateway.Facades.ZvtCallback.Receivers;

namespace Tillbridge.Gateway.Facades.ZvtCallback;

/// <summary>Sends messages, a bounded number of them at once in all.</summary>
internal sealed class CallbackPost(ICallbackSender sender, CallbackParts parts)
{
    private const int MostAtOnce = 32; // Reference §11.

    // Reference §7.1: offsets from the first attempt; after the last one every minute.
    private static readonly double[] EndOffsets = [0, 0.5, 1, 2, 5, 10, 30];
    private static readonly double[] IntermediateOffsets = [0, 0.5, 2];

    /// <summary>The pause between two attempts of an end message after the first ones.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan BetweenMore = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly Signal free = new();
    private int underWay;
    private long delivered;
    private long failed;

    /// <summary>Attempts that were delivered, and that were not, since the start.</summary>
    public (long Delivered, long Failed) Counts => (Interlocked.Read(ref delivered), Interlocked.Read(ref failed));

    /// <summary>When an attempt of an end message is due, counted from the making of the message.</summary>
    public static TimeSpan EndOffset(int attempt) => attempt < EndOffsets.Length
        ? TimeSpan.FromSeconds(EndOffsets[attempt])
        : TimeSpan.FromSeconds(EndOffsets[^1]) + (attempt - EndOffsets.Length + 1) * LongestPause;

    /// <summary>How long before that attempt the one before it was due.</summary>
    public static TimeSpan EndPause(int attempt) => EndOffset(attempt) - EndOffset(Math.Max(0, attempt - 1));

    /// <summary>One attempt.</summary>
    public async Task<Attempt> Once(Uri url, CallbackEnvelope envelope, int attempt, CancellationToken stop)
    {
        await Enter(stop);
        try
        {
            var result = await sender.Send(url, envelope, attempt, stop);
            Interlocked.Increment(ref result.IsDelivered ? ref delivered : ref failed);
            return result;
        }
        finally
        {
            lock (gate) underWay--;
            free.Raise();
        }
    }

    /// <summary>
    /// A message that more messages follow: a few attempts within a bounded age. The last attempt's result; null when it became
    /// needless on the way.
    /// </summary>
    /// <param name="url">Where to.</param>
    /// <param name="envelope">What.</param>
    /// <param name="settings">Attempts and age.</param>
    /// <param name="isNeedless">Asked before each repeat.</param>
    /// <param name="failing">Told of each failed attempt.</param>
    /// <param name="stop">The process is going down.</param>
    public async Task<Attempt?> Briefly(
        Uri url, CallbackEnvelope envelope, CallbackSettings settings, Func<Task<bool>> isNeedless, Func<Attempt, Task> failing,
        CancellationToken stop)
    {
        var made = parts.Clock.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            var result = await Once(url, envelope, attempt, stop);
            if (result.IsDelivered) return result;
            await failing(result);
            if (!result.MayRetry || attempt >= settings.IntermediateAttempts) return result;
            var due = attempt < IntermediateOffsets.Length
                ? TimeSpan.FromSeconds(IntermediateOffsets[attempt])
                : TimeSpan.FromSeconds(IntermediateOffsets[^1]) + (attempt - IntermediateOffsets.Length + 1) * BetweenMore;
            await parts.Pause(due - parts.Clock.GetElapsedTime(made), stop);
            if (parts.Clock.GetElapsedTime(made) >= settings.GiveUp) return result;
            if (await isNeedless()) return null;
        }
    }

    private async Task Enter(CancellationToken stop)
    {
        while (true)
        {
            var seen = free.Times;
            lock (gate)
            {
                if (underWay < MostAtOnce)
                {
                    underWay++;
                    return;
                }
            }

            await free.Beyond(seen, stop);
        }
    }
}
