using System.CommandLine;
using Tillbridge.Catalog;
using Tillbridge.Gateway.Settings;

namespace Tillbridge.Cli.Commands;

/// <summary>The configuration examined without a start.</summary>
internal static class ConfigCommand
{
    private static readonly Argument<string> File = new("FILE")
    {
        Description = "Configuration file",
        DefaultValueFactory = _ => "tillbridge.json",
    };

    public static Command Build()
    {
        var check = new Command("check", "Examine a configuration without starting anything.") { File };
        check.SetAction(async (parsed, stop) =>
        {
            var path = parsed.GetRequiredValue(File);
            var settings = Read(path);
            var found = await StartCheck.Examine(settings, stop);
            foreach (var note in found.Notes) Console.Error.WriteLine($"tillbridge: note: {note}");
            if (found.Faults.Count > 0) throw CliException.Usage($"{path}: {string.Join("; ", found.Faults)}");
            Console.WriteLine($"ok: listens on {settings.Listen}, data in {settings.Data}, {settings.Terminals.Count} terminal(s)");
            return ExitCodes.Ok;
        });
        return new Command("config", "The configuration.") { check };
    }

    /// <summary>The data directory of a configuration; null when it cannot be read.</summary>
    public static string? TryData(string path) =>
        GatewaySettings.Load(path, ProtocolCatalog.ByName, CommonOptions.Clock).Settings?.Data;

    /// <summary>Reads a configuration, or names everything that is wrong with it.</summary>
    public static GatewaySettings Read(string path)
    {
        if (!System.IO.File.Exists(path))
        {
            throw CliException.Usage(
                $"There is no configuration {path}; name one with --config FILE, write one as docs/api.md shows, or try tillbridge demo.");
        }

        var reading = GatewaySettings.Load(path, ProtocolCatalog.ByName, CommonOptions.Clock);
        return reading.Settings is { } settings && reading.Faults.Count == 0
            ? settings
            : throw CliException.Usage($"{path}: {string.Join("; ", reading.Faults)}");
    }
}
