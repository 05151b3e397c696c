using Tillbridge.Gateway.Facades.ZvtCallback;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Gateway.Facades.ZvtCallback.Receivers;

namespace Tillbridge.Laboratory.Faces;

/// <summary>
/// The way from one life of the host to the clients' receivers on virtual time, with the limits of the real one (reference §7.1).
/// </summary>
internal sealed class SimSender(World world, FaceBook book, SimProcess life, CallbackSettings settings, Func<bool> at) : ICallbackSender
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(1);

    public Task<Attempt> Send(Uri url, CallbackEnvelope envelope, int attempt, CancellationToken stop)
    {
        var answer = new TaskCompletionSource<Attempt>(TaskCreationOptions.RunContinuationsAsynchronously);
        // The host may die before anything leaves.
        if (!life.IsAlive || at()) return answer.Task;
        var call = book.CallOf(url);
        var message = FaceMessage.Read(envelope.Body);
        var round = book.Of(message.SessionId)?.Round ?? 0;
        var trouble = book.TroubleOf(call, !message.IsIntermediate);
        if (world.Tells && trouble is not ReceiverTrouble.None) world.Tell($"receiver of {call.Path}: {trouble}");
        book.Leaves(call, envelope, message);
        var (result, arrives, after) = Meet(trouble);
        // Or when it has left, and before anything more is on the disk.
        at();
        if (arrives) world.After(Latency(), () => book.Arrived(call, message));
        world.After(after, () =>
        {
            // And before it hears what became of it.
            if (!life.IsAlive || at()) return;
            book.Known(call, message, round, attempt, result, life);
            answer.TrySetResult(result);
        });
        return answer.Task;
    }

    // What the face hears, whether the client has the message, and when the face hears it.
    private (Attempt Result, bool Arrives, TimeSpan After) Meet(ReceiverTrouble trouble)
    {
        var soon = Latency() + Latency() + Latency();
        var maybe = world.Chance.OneIn(2);
        return trouble switch
        {
            ReceiverTrouble.None => (Attempt.Of(200), true, soon),
            ReceiverTrouble.Down => (Failed(seen: false, "connection refused"), false, soon),
            ReceiverTrouble.Unreachable => (Failed(seen: false, "no connection"), false, ConnectLimit),
            ReceiverTrouble.Slow => (Failed(seen: true, "the receiver did not answer"), true, settings.Timeout),
            ReceiverTrouble.Broken => (Attempt.Of(500), maybe, soon),
            ReceiverTrouble.NotFound => (Attempt.Of(404), maybe, soon),
            ReceiverTrouble.Redirects => (Attempt.Of(302), false, soon),
            ReceiverTrouble.CutOff => (Failed(seen: true, "the connection ended"), maybe, soon),
            _ => (Failed(seen: true, "no HTTP was answered"), maybe, soon),
        };
    }

    private static Attempt Failed(bool seen, string what) => new(false, true, seen, what);

    private TimeSpan Latency() => TimeSpan.FromMilliseconds(1 + world.Chance.Below(30));
}
