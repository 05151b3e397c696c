using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Tillbridge.Gateway.Settings;

namespace Tillbridge.Gateway.Telemetry;

/// <summary>Sends what the program measures to a collector, where the configuration asks for it.</summary>
internal static class TelemetryExport
{
    // A collector that is away must not hold up the end of the process.
    private static readonly TimeSpan ExportLimit = TimeSpan.FromSeconds(3);

    /// <summary>Adds metrics and traces to the server.</summary>
    public static void Add(IServiceCollection services, OtlpSettings settings)
    {
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService(
            "tillbridge", serviceVersion: typeof(TelemetryExport).Assembly.GetName().Version?.ToString(3)));
        if (settings.Metrics) telemetry.WithMetrics(metrics => Measure(metrics, settings));
        if (settings.Traces) telemetry.WithTracing(traces => Trace(traces, settings));
    }

    private static void Measure(MeterProviderBuilder metrics, OtlpSettings settings) => metrics
        .AddMeter("Tillbridge", TerminalGauges.MeterName)
        .AddAspNetCoreInstrumentation()
        .AddRuntimeInstrumentation()
        .AddOtlpExporter((exporter, reader) =>
        {
            Address(exporter, settings, "v1/metrics");
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)settings.Interval.TotalMilliseconds;
            reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = (int)ExportLimit.TotalMilliseconds;
        });

    private static void Trace(TracerProviderBuilder traces, OtlpSettings settings) => traces
        .AddSource("Tillbridge")
        .AddAspNetCoreInstrumentation(requests =>
        {
            requests.RecordException = false;
            requests.EnrichWithHttpResponse = (span, response) => ForgetCallersWords(span, response.HttpContext);
        })
        .AddOtlpExporter(exporter => Address(exporter, settings, "v1/traces"));

    // A path or query may carry a key or reference of the caller; the route says the same without.
    private static void ForgetCallersWords(System.Diagnostics.Activity span, HttpContext context)
    {
        span.SetTag("url.query", null).SetTag("user_agent.original", null);
        span.SetTag("url.path", (context.GetEndpoint() as Microsoft.AspNetCore.Routing.RouteEndpoint)?.RoutePattern.RawText);
    }

    private static void Address(OtlpExporterOptions exporter, OtlpSettings settings, string path)
    {
        exporter.Protocol = settings.IsGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        // What the exporter would add by itself it leaves out where an address was given.
        var whole = settings.Endpoint.AbsoluteUri.TrimEnd('/') + "/";
        exporter.Endpoint = settings.IsGrpc ? settings.Endpoint : new Uri(new Uri(whole), path);
        exporter.TimeoutMilliseconds = (int)ExportLimit.TotalMilliseconds;
        exporter.Headers = string.Join(',', settings.Headers.Select(header => $"{header.Key}={Uri.EscapeDataString(header.Value)}"));
    }
}
