using System.Net;
using System.Runtime.InteropServices;
using Tillbridge.Gateway.Settings;

namespace Tillbridge.Cli.Services;

/// <summary>What is to run as a service.</summary>
internal sealed record ServicePlan
{
    /// <summary>Its name for the system.</summary>
    public required string Name { get; init; }

    /// <summary>This program by absolute paths: its file, or the runtime and the assembly.</summary>
    public required IReadOnlyList<string> Program { get; init; }

    /// <summary>Where the runtime is installed; null when the program brings its own.</summary>
    public string? Runtime { get; init; }

    /// <summary>The configuration file, absolute.</summary>
    public required string Config { get; init; }

    /// <summary>The data directory, absolute.</summary>
    public required string Data { get; init; }

    /// <summary>Where log files go, absolute.</summary>
    public required string Logs { get; init; }

    /// <summary>Where it listens.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>The user under whom it runs; on Windows always the system's own account for services.</summary>
    public string User { get; init; } = "";

    /// <summary>The group to which serial ports belong; null when the system has none.</summary>
    public string? SerialGroup { get; init; }

    /// <summary>A file of NAME=VALUE lines for secrets named by env:NAME; it may be absent.</summary>
    public string EnvironmentFile => Path.Combine(Path.GetDirectoryName(Config)!, $"{Name}.env");

    /// <summary>Every place outside of the system's own that the service must reach.</summary>
    public IEnumerable<string> Places => [.. Program, .. Runtime is null ? (string[])[] : [Runtime], Config, Data, Logs];

    /// <summary>The plan for this program with an examined configuration.</summary>
    public static ServicePlan Of(string name, string config, GatewaySettings settings)
    {
        var program = Environment.ProcessPath
            ?? throw new CliException(ExitCodes.Internal, "The system does not tell where this program is.");
        var isRuntime = Path.GetFileNameWithoutExtension(program) == "dotnet";
        var plan = new ServicePlan
        {
            Name = name,
            Program = isRuntime ? [program, Path.Combine(AppContext.BaseDirectory, "Tillbridge.Cli.dll")] : [program],
            Runtime = FindRuntime(),
            Config = Path.GetFullPath(config),
            Data = settings.Data,
            Logs = settings.LogDirectory ?? Path.Combine(settings.Data, "logs"),
            Listen = settings.Listen,
        };
        var odd = plan.Places.FirstOrDefault(place => place.Any(char.IsControl));
        return odd is null ? plan : throw CliException.Usage("A path with a control character in it cannot be a service's; rename it.");
    }

    // ROOT/shared/Microsoft.NETCore.App/VERSION holds the runtime that runs us; a program that brings its own has no ROOT/host.
    private static string? FindRuntime()
    {
        var version = Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory());
        var root = Path.GetFullPath(Path.Combine(version, "..", "..", ".."));
        return Directory.Exists(Path.Combine(root, "host", "fxr")) ? root : null;
    }
}
