using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Settings;

/// <summary>Reads the section <c>limits</c>.</summary>
internal static class LimitsReader
{
    private const int MostRequestsPerSecond = 100_000;
    private const int MostConnections = 50_000;

    /// <summary>The most that <c>limits.terminals</c> may say.</summary>
    public const int MostTerminals = 20_000;

    /// <summary>The limits of a configuration, with what it leaves out as usual.</summary>
    public static GatewayLimits Read(JsonFields fields)
    {
        var usual = new GatewayLimits();
        if (fields.Object("limits") is not { } limits) return usual;
        var requests = limits.Whole("requestsPerSecond", 1, MostRequestsPerSecond);
        var connections = limits.Whole("connections", GatewayLimits.LeastConnections, MostConnections);
        var ofOne = limits.Whole("connectionsPerAddress", 1, connections ?? usual.Connections);
        var terminals = limits.Whole("terminals", 1, MostTerminals);
        limits.Finish();
        return new()
        {
            RequestsPerSecond = (int)(requests ?? usual.RequestsPerSecond),
            Connections = (int)(connections ?? usual.Connections),
            ConnectionsPerAddress = (int?)ofOne,
            Terminals = (int)(terminals ?? usual.Terminals),
        };
    }
}
