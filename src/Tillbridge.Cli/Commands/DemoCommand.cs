using System.CommandLine;
using System.Net;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Gateway;
using Tillbridge.Gateway.Settings;
using Tillbridge.Transports;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Cli.Commands;

/// <summary>The gateway with one virtual terminal per protocol, nothing to configure.</summary>
internal static class DemoCommand
{
    private static readonly Option<int> Port =
        new("--port") { Description = "Port on 127.0.0.1; 0 takes a free one", DefaultValueFactory = _ => 8190 };
    private static readonly Option<string?> Data =
        new("--data") { Description = "Directory for journal and virtual terminals, kept over a restart (default: a fresh one)" };

    public static Command Build()
    {
        var command = new Command("demo", "Run the gateway with virtual terminals, ready to be tried.") { Port, Data };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken stop)
    {
        var port = parsed.GetValue(Port);
        if (port is < 0 or > 65535) throw CliException.Usage("--port takes 0 to 65535.");
        var kept = parsed.GetValue(Data);
        // A demo tells the same story each time: what an earlier one left unknown would block its terminals.
        var directory = kept is null ? Fresh() : Path.GetFullPath(kept);
        var clock = CommonOptions.Clock;
        using var stopTerminals = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var terminals = new List<DemoTerminal>();
        try
        {
            PrivateFile.MakeDirectory(directory);
            // The demo's terminals take new ports at each start; what was changed over HTTP would point at old ones.
            File.Delete(Path.Combine(directory, "terminals.json"));
            foreach (var protocol in ProtocolCatalog.All)
                terminals.Add(DemoTerminal.OverTcp(protocol, directory, clock, stopTerminals.Token));
            foreach (var protocol in ProtocolCatalog.All.Where(protocol => protocol.SerialMode is not null && PtyPair.IsSupported))
                terminals.Add(DemoTerminal.OverPty(protocol, directory, clock, stopTerminals.Token));
            var settings = new GatewaySettings
            {
                Listen = new IPEndPoint(IPAddress.Loopback, port),
                Data = directory,
                Terminals = [.. terminals.Select(terminal => new TerminalEntry(terminal.Settings))],
                Routing = new(RoutingBy.Workstation, null, Workstations(terminals)),
            };
            var parts = new GatewayParts(ProtocolCatalog.ByName, clock, IdSource.Of(clock))
            {
                Scripts = terminals.ToDictionary(terminal => terminal.Settings.Name, terminal => terminal.Virtual.Scripts),
            };
            await using var host = await ServeCommand.Start(settings, parts);
            Explain(host.Address, terminals, directory, isFresh: kept is null);
            await host.WaitForStop(stop);
            return ExitCodes.Ok;
        }
        catch (LinkLostException wrong)
        {
            throw new CliException(ExitCodes.Usage, wrong.Message, wrong);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Usage, $"The demo cannot use {directory}: {wrong.Message} Choose another with --data.", wrong);
        }
        finally
        {
            await stopTerminals.CancelAsync();
            foreach (var terminal in terminals) await terminal.DisposeAsync();
        }
    }

    // For callers that name a workstation instead of a terminal, as K2's client objects do.
    private static Dictionary<string, string> Workstations(List<DemoTerminal> terminals) => terminals
        .Select((terminal, index) => (Name: $"KASSA{index + 1}", Terminal: terminal.Settings.Name))
        .ToDictionary(rule => rule.Name, rule => rule.Terminal, StringComparer.Ordinal);

    private static string Fresh()
    {
        try
        {
            return Directory.CreateTempSubdirectory("tillbridge-demo-").FullName;
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new CliException(
                ExitCodes.Usage, $"The demo cannot make a directory of its own: {wrong.Message} Name one with --data.", wrong);
        }
    }

    private static void Explain(Uri root, List<DemoTerminal> terminals, string directory, bool isFresh)
    {
        var gateway = root.ToString().TrimEnd('/');
        Console.WriteLine($"Tillbridge demo: {gateway}/");
        foreach (var (workstation, name) in Workstations(terminals))
        {
            var address = terminals.First(terminal => terminal.Settings.Name == name).Settings.Address;
            Console.WriteLine($"  terminal {name} at {address}, workstation {workstation}");
        }

        if (!PtyPair.IsSupported) Console.WriteLine("  (no terminal on a serial line: this system has no pseudo-terminals)");
        Console.WriteLine($"Books in {directory}{(isFresh ? ", begun now; --data DIR goes on with those of DIR" : "")}");
        Console.WriteLine($"  tillbridge journal list --data {directory}");
        Console.WriteLine("Make a payment from another shell (the last four digits of minorUnits choose what happens, 9901 declines):");
        Console.WriteLine(
            $"  curl -s {gateway}/v1/sessions -H 'Content-Type: application/json' "
            + "-H \"Idempotency-Key: demo-$(date +%s%N)\" -H 'Prefer: wait=30' "
            + $"-d '{{\"kind\":\"sale\",\"terminal\":\"{terminals[0].Settings.Name}\","
            + "\"amount\":{\"minorUnits\":1250,\"currency\":\"EUR\"}}'");
        Console.WriteLine("Ctrl+C ends it.");
    }
}
