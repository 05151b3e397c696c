namespace Tillbridge.Gateway.Settings;

/// <summary>Where metrics and traces are sent, by OTLP.</summary>
/// <param name="Endpoint">The collector's base address; over HTTP <c>/v1/metrics</c> and <c>/v1/traces</c> are behind it.</param>
public sealed record OtlpSettings(Uri Endpoint)
{
    /// <summary>How often metrics are sent when the configuration says nothing.</summary>
    public static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(60);

    /// <summary>gRPC instead of HTTP.</summary>
    public bool IsGrpc { get; init; }

    /// <summary>Metrics are sent.</summary>
    public bool Metrics { get; init; } = true;

    /// <summary>Traces are sent.</summary>
    public bool Traces { get; init; } = true;

    /// <summary>How often metrics are sent.</summary>
    public TimeSpan Interval { get; init; } = UsualInterval;

    /// <summary>What the collector wants to see in every request; values are secrets.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Says nothing of the headers.</summary>
    public override string ToString() => $"OtlpSettings({Endpoint})";
}
