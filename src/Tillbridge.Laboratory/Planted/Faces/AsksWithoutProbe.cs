using Tillbridge.Domain;
using Tillbridge.Sessions;

namespace Tillbridge.Laboratory.Planted.Faces;

/// <summary>The terminal is asked also when nobody took the first message.</summary>
internal sealed class AsksWithoutProbe() : Bug("the terminal is asked although the probe failed")
{
    public override ITerminals Plant(ITerminals engine) => new Careless(engine);

    private sealed class Careless(ITerminals inner) : TamperedTerminals(inner)
    {
        public override Task<Refusal?> Release(SessionId id, HeldBack? because, CancellationToken shutdown) =>
            base.Release(id, because is { Reason: Reason.CallbackUndeliverable } ? null : because, shutdown);
    }
}
