using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;

namespace Tillbridge.Laboratory.Faces;

/// <summary>How the callback face is set up in a run in which it is played.</summary>
internal sealed record FacePlan
{
    public OnUndeliverable OnUndeliverable { get; init; }

    public OrphanApproved OrphanApproved { get; init; }

    /// <summary>The terminal is asked only after a first message was delivered.</summary>
    public bool Probe { get; init; } = true;

    public bool QueryInPairs { get; init; }

    public bool LateResult { get; init; }

    /// <summary>A receiver that is lost stays lost, also when everything else is over.</summary>
    public bool StaysDown { get; init; }

    public CallbackSettings Settings => new()
    {
        OnUndeliverable = OnUndeliverable, OrphanApproved = OrphanApproved, Probe = Probe, QueryInPairs = QueryInPairs,
        LateResult = LateResult, Language = "en",
    };

    /// <summary>One of the ways in which shops set it up.</summary>
    public static FacePlan Of(Chance chance) => new()
    {
        OnUndeliverable = chance.OneIn(3) ? OnUndeliverable.Continue : OnUndeliverable.Abort,
        OrphanApproved = chance.OneIn(2) ? OrphanApproved.Reverse : OrphanApproved.Keep,
        Probe = !chance.OneIn(6), QueryInPairs = chance.OneIn(4), LateResult = chance.OneIn(3), StaysDown = chance.OneIn(5),
    };
}
