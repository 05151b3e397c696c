using System.Text;
using Tillbridge.Gateway.Facades.ZvtCallback;
using Tillbridge.Gateway.Facades.ZvtCallback.Receivers;

namespace Tillbridge.Laboratory.Planted.Faces;

/// <summary>A repeat of an end names another approved amount than the first attempt did.</summary>
internal sealed class TellsOtherAmount() : Bug("approved told twice, with another amount")
{
    public override ICallbackSender Plant(ICallbackSender sender) => new Sender(sender);

    private sealed class Sender(ICallbackSender inner) : ICallbackSender
    {
        private const string Field = "\"ApprovedAmount\":{\"minorUnits\":";

        public Task<Attempt> Send(Uri url, CallbackEnvelope envelope, int attempt, CancellationToken stop)
        {
            var body = Encoding.UTF8.GetString(envelope.Body.Span).Replace(Field, Field + "1", StringComparison.Ordinal);
            return inner.Send(url, attempt > 1 ? envelope with { Body = Encoding.UTF8.GetBytes(body) } : envelope, attempt, stop);
        }
    }
}
