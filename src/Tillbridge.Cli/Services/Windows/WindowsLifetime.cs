using System.Runtime.Versioning;
using System.ServiceProcess;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.WindowsServices;

namespace Tillbridge.Cli.Services.Windows;

/// <summary>
/// The gateway below the service manager of Windows, by the platform's own package. Never run by us: there was no Windows.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsLifetime(
    Func<CancellationToken, Task<int>> serve, IHostLifetime manager, IHostApplicationLifetime host) : BackgroundService
{
    // As long as the gateway itself waits for requests that still run.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private Task<int> running = Task.FromResult(ExitCodes.Internal);

    /// <summary>Runs the gateway for the manager, and tells it the end whatever it was.</summary>
    /// <exception cref="CliException">The manager did not start this process.</exception>
    public static async Task<int> Run(string name, Func<CancellationToken, Task<int>> serve, CancellationToken stop)
    {
        if (!WindowsServiceHelpers.IsWindowsService())
            throw CliException.Usage("--windows-service is for the service manager; start the gateway by hand with tillbridge serve.");
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = name });
        builder.Services.AddWindowsService(options => options.ServiceName = name);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopLimit);
        builder.Services.AddSingleton(services => new WindowsLifetime(
            serve, services.GetRequiredService<IHostLifetime>(), services.GetRequiredService<IHostApplicationLifetime>()));
        builder.Services.AddHostedService(services => services.GetRequiredService<WindowsLifetime>());
        using var built = builder.Build();
        await built.RunAsync(stop);
        return await built.Services.GetRequiredService<WindowsLifetime>().running;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        running = serve(stoppingToken);
        // The gateway's own error is told by whoever awaits it; here only the manager has to hear that there was one.
        await Task.WhenAny(running);
        if (manager is ServiceBase service) service.ExitCode = running.IsCompletedSuccessfully ? await running : ExitCodes.Internal;
        host.StopApplication();
    }
}
