namespace Tillbridge.Facades.K2;

/// <summary>How the client objects behave unless a call says otherwise; section <c>facades.k2</c> of the configuration.</summary>
public sealed record K2Options
{
    /// <summary>K2's behaviour to the letter: Execute waits 60 s from the call and then asks the terminal to stop.</summary>
    public bool Compatible { get; init; }

    /// <summary>How long Execute waits at most; null waits until the session closes, recovery included.</summary>
    public TimeSpan? WaitLimit { get; init; }

    /// <summary>Language of the descriptions: cs, sk, de, en, fr, uk or ru.</summary>
    public string Language { get; init; } = "cs";

    /// <summary>Where the logs go; null takes the folder PointOfSale of the user.</summary>
    public string? LogDirectory { get; init; }

    /// <summary>What happens when a second client is made for a terminal.</summary>
    public K2Displacement Displacement { get; init; }
}
