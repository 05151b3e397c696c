using Tillbridge.Domain;
using Tillbridge.Sessions;

namespace Tillbridge.Laboratory.Planted.Faces;

/// <summary>A payment of which nobody hears is not stopped.</summary>
internal sealed class LetsItRun() : Bug("a lost callback does not stop the payment")
{
    public override ITerminals Plant(ITerminals engine) => new Lazy(engine);

    private sealed class Lazy(ITerminals inner) : TamperedTerminals(inner)
    {
        public override Task<Refusal?> Abort(SessionId id, string by, CancellationToken shutdown) =>
            by == "callback undeliverable" ? Task.FromResult<Refusal?>(null) : base.Abort(id, by, shutdown);
    }
}
