namespace Tillbridge.Gateway.Settings;

/// <summary>How much callers may take; the section <c>limits</c> of the configuration.</summary>
public sealed record GatewayLimits
{
    /// <summary>The fewest connections with which every share is still at least one.</summary>
    public const int LeastConnections = 8;

    /// <summary>Most requests per second of one caller's address.</summary>
    public int RequestsPerSecond { get; init; } = 300;

    /// <summary>Most connections at a time.</summary>
    public int Connections { get; init; } = 1000;

    /// <summary>Most connections of one caller's address; null takes half of all.</summary>
    public int? ConnectionsPerAddress { get; init; }

    /// <summary>Most terminals, those of the configuration and those that came by HTTP together.</summary>
    public int Terminals { get; init; } = 1000;

    /// <summary>Most connections of one address, as a number.</summary>
    internal int OfOneAddress => ConnectionsPerAddress ?? Connections / 2;
}
