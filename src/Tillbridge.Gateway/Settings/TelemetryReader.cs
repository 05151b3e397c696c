using System.Net;
using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Settings;

/// <summary>Reads the section <c>telemetry</c>.</summary>
internal static class TelemetryReader
{
    private const int MostHeaders = 20;
    private const int MostCharacters = 256;
    private const int LongestIntervalSeconds = 3600;

    private static readonly Dictionary<string, bool> Carriers = new(StringComparer.Ordinal) { ["http"] = false, ["grpc"] = true };

    /// <summary>The section; null when nothing is to be sent.</summary>
    public static OtlpSettings? Read(JsonFields fields, string directory, List<JsonFault> faults)
    {
        if (fields.Object("telemetry") is not { } telemetry) return null;
        var otlp = telemetry.Object("otlp") is { } inner ? ReadOtlp(inner, directory, faults) : null;
        telemetry.Finish();
        return otlp;
    }

    private static OtlpSettings? ReadOtlp(JsonFields fields, string directory, List<JsonFault> faults)
    {
        var text = fields.RequiredText("endpoint", MostCharacters);
        var endpoint = text is null ? null : ReadEndpoint(text);
        if (text is not null && endpoint is null)
        {
            fields.Fault("endpoint", "This must be the collector's address, http:// or https:// with host and port, without a user, "
                + "query or fragment, for example http://127.0.0.1:4318.");
        }

        var isGrpc = fields.Choice("protocol", Carriers) ?? false;
        var interval = fields.Seconds("metricsEvery", 1, LongestIntervalSeconds) ?? OtlpSettings.UsualInterval;
        var (metrics, traces) = (fields.Flag("metrics") ?? true, fields.Flag("traces") ?? true);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, reference) in fields.TextMap("headers", MostHeaders, MostCharacters) ?? new Dictionary<string, string>())
        {
            var path = $"{fields.PathOf("headers")}.{name}";
            if (!name.All(IsOfToken)) faults.Add(new(fields.PathOf("headers"), "A header's name has letters, digits and '-' only."));
            else if (SecretReference.Read(reference, directory, path, faults) is { } secret) Add(headers, name, secret, path, faults);
        }

        if (headers.Count > 0 && endpoint is { Scheme: "http" } && !IsOfThisMachine(endpoint))
            fields.Fault("headers", "Secrets are not sent in clear to another machine; use https://.");
        fields.Finish();
        return endpoint is null ? null
            : new(endpoint) { IsGrpc = isGrpc, Interval = interval, Metrics = metrics, Traces = traces, Headers = headers };
    }

    private static void Add(Dictionary<string, string> headers, string name, string secret, string path, List<JsonFault> faults)
    {
        // The exporter takes all headers as one text with commas between them.
        if (secret.Any(character => !char.IsAscii(character) || char.IsControl(character) || character == ','))
            faults.Add(new(path, "The value of a header has printable ASCII characters only, and no comma."));
        else if (!headers.TryAdd(name, secret))
            faults.Add(new(path, "This header stands twice; names of headers are the same in capitals."));
    }

    private static Uri? ReadEndpoint(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0
        && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0
            ? uri
            : null;

    private static bool IsOfThisMachine(Uri uri) =>
        uri.Host == "localhost" || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static bool IsOfToken(char character) => char.IsAsciiLetterOrDigit(character) || character == '-';
}
