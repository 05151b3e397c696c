using System.CommandLine;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Gateway;
using Tillbridge.Gateway.Settings;
using Tillbridge.Journal;

namespace Tillbridge.Cli.Commands;

/// <summary>The gateway in the foreground.</summary>
internal static class ServeCommand
{
    private static readonly Option<string> Config = CommonOptions.Config();

    public static Command Build()
    {
        var command = new Command("serve", "Run the gateway: API, page and events, for the terminals of the configuration.") { Config };
        command.SetAction(Run);
        return command;
    }

    /// <summary>Starts a gateway, and says in one line what keeps it from starting.</summary>
    public static async Task<GatewayHost> Start(GatewaySettings settings, GatewayParts parts)
    {
        try
        {
            return await GatewayHost.Start(settings, parts);
        }
        catch (JournalException failure)
        {
            throw new CliException(ExitCodes.Failed, failure.Message, failure);
        }
        catch (Exception wrong) when (wrong is ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Usage, $"The gateway cannot start: {wrong.Message}", wrong);
        }
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken stop)
    {
        var settings = ConfigCommand.Read(parsed.GetRequiredValue(Config));
        var clock = CommonOptions.Clock;
        await using var host = await Start(settings, new GatewayParts(ProtocolCatalog.ByName, clock, IdSource.Of(clock)));
        Console.WriteLine($"listening on {host.Address}");
        await host.WaitForStop(stop);
        return ExitCodes.Ok;
    }
}
