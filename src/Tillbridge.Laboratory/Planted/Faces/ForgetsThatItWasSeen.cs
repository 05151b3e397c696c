using Tillbridge.Gateway.Facades.ZvtCallback;
using Tillbridge.Gateway.Facades.ZvtCallback.Receivers;

namespace Tillbridge.Laboratory.Planted.Faces;

/// <summary>An attempt that failed counts as unseen, however far it got.</summary>
internal sealed class ForgetsThatItWasSeen() : Bug("an approval that was seen is taken back")
{
    public override ICallbackSender Plant(ICallbackSender sender) => new Sender(sender);

    private sealed class Sender(ICallbackSender inner) : ICallbackSender
    {
        public async Task<Attempt> Send(Uri url, CallbackEnvelope envelope, int attempt, CancellationToken stop)
        {
            var result = await inner.Send(url, envelope, attempt, stop);
            return result.IsDelivered ? result : result with { MayHaveBeenSeen = false };
        }
    }
}
