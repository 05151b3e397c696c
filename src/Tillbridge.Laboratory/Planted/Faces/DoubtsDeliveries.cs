using Tillbridge.Gateway.Facades.ZvtCallback;
using Tillbridge.Gateway.Facades.ZvtCallback.Receivers;

namespace Tillbridge.Laboratory.Planted.Faces;

/// <summary>The first delivery of an end is not believed, and the end is told again.</summary>
internal sealed class DoubtsDeliveries() : Bug("a delivered end is told again")
{
    public override ICallbackSender Plant(ICallbackSender sender) => new Sender(sender);

    private sealed class Sender(ICallbackSender inner) : ICallbackSender
    {
        public async Task<Attempt> Send(Uri url, CallbackEnvelope envelope, int attempt, CancellationToken stop)
        {
            var result = await inner.Send(url, envelope, attempt, stop);
            return result.IsDelivered && attempt == 1 && envelope.Sequence > 1 ? new(false, true, true, "doubted") : result;
        }
    }
}
