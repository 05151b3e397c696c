using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Tillbridge.Gateway.Api;
using Tillbridge.Gateway.Api.Requests;
using Tillbridge.Gateway.Page;
using Tillbridge.Gateway.Security;
using Tillbridge.Gateway.Settings;
using Tillbridge.Gateway.Telemetry;

namespace Tillbridge.Gateway;

/// <summary>Puts the server together; everything that it is made of stands here.</summary>
internal static class Composition
{
    /// <summary>The logs of a run: a file for everything, standard error for warnings.</summary>
    public static ILoggerFactory MakeLogs(GatewaySettings settings, GatewayParts parts)
    {
        var directory = settings.LogDirectory ?? Path.Combine(settings.Data, "logs");
        return LoggerFactory.Create(logs =>
        {
            // Made by the factory's own container, so that it is disposed of with the factory and loses no line.
            logs.Services.AddSingleton<ILoggerProvider>(_ => new RunLog(directory, parts.Clock));
            logs.Services.AddSingleton<ConsoleFormatter>(new PlainLines(parts.LinesForSystemd));
            logs.SetMinimumLevel(settings.LogLevel)
                .AddFilter("Microsoft", LogLevel.Warning)
                .AddFilter<ConsoleLoggerProvider>("Microsoft", LogLevel.None)
                .AddFilter<ConsoleLoggerProvider>(level => level >= LogLevel.Warning)
                .AddConsole(console =>
                {
                    console.LogToStandardErrorThreshold = LogLevel.Trace;
                    // Nobody who logs waits for who reads standard error.
                    console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
                    console.FormatterName = PlainLines.Name;
                });
        });
    }

    /// <summary>The web server, not yet started.</summary>
    public static WebApplication MakeServer(GatewaySettings settings, Doorway doorway, ILoggerFactory logs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "Tillbridge.Gateway", Args = [] });
        builder.Services.AddSingleton(logs);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server => Configure(server, settings, doorway));
        if (settings.Otlp is { } otlp) TelemetryExport.Add(builder.Services, otlp);
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(
            options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));
        return builder.Build();
    }

    /// <summary>The gate and all routes.</summary>
    public static void MapRoutes(WebApplication server, ApiParts parts, Metrics metrics, Gate gate)
    {
        server.Use(next => context => gate.Pass(context, next));
        var routes = (IEndpointRouteBuilder)server;
        new SessionsApi(parts).Map(routes);
        new PaperApi(parts).Map(routes);
        new EventsApi(parts).Map(routes);
        new TerminalsApi(parts).Map(routes);
        new ReconciliationsApi(parts).Map(routes);
        new HealthApi(parts, metrics).Map(routes);
        new FrontPage(parts).Map(routes);
        if (parts.Settings.ShowsDocs) ApiReference.Map(routes);
    }

    private static void Configure(KestrelServerOptions server, GatewaySettings settings, Doorway doorway)
    {
        server.Listen(settings.Listen, listen => listen.Use(next => connection => doorway.Pass(connection, next)));
        server.AddServerHeader = false;
        // The routes refuse what is over their own limit with a problem; this is the wall behind them.
        server.Limits.MaxRequestBodySize = 4 * RequestBody.MostBytes;
        // The doorway keeps the limit. A second one behind it would count those that are closing, and keep out who has just been let in.
        server.Limits.MaxConcurrentConnections = null;
        server.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
    }
}
