using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Gateway;
using Tillbridge.Gateway.Settings;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
using Tillbridge.Transports;

namespace Tillbridge.Cli.Commands;

/// <summary>The gateway with one virtual terminal per protocol, nothing to configure.</summary>
internal static class DemoCommand
{
    private static readonly Option<int> Port =
        new("--port") { Description = "Port on 127.0.0.1; 0 takes a free one", DefaultValueFactory = _ => 8190 };
    private static readonly Option<string?> Data =
        new("--data") { Description = "Directory for journal and virtual terminals (default: the user's data directory, demo)" };

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
        var directory = Path.GetFullPath(parsed.GetValue(Data) ?? Path.Combine(CommonOptions.DataOrDefault(null), "demo"));
        var clock = CommonOptions.Clock;
        using var stopTerminals = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var terminals = new List<DemoTerminal>();
        try
        {
            Directory.CreateDirectory(directory);
            // The demo's terminals take new ports at each start; what was changed over HTTP would point at old ones.
            File.Delete(Path.Combine(directory, "terminals.json"));
            foreach (var protocol in ProtocolCatalog.All)
                terminals.Add(DemoTerminal.Start(protocol, directory, clock, stopTerminals.Token));
            var settings = new GatewaySettings
            {
                Listen = new IPEndPoint(IPAddress.Loopback, port),
                Data = directory,
                Terminals = [.. terminals.Select(terminal => new TerminalEntry(terminal.Settings))],
            };
            var parts = new GatewayParts(ProtocolCatalog.ByName, clock, IdSource.Of(clock))
            {
                Scripts = terminals.ToDictionary(terminal => terminal.Settings.Name, terminal => terminal.Virtual.Scripts),
            };
            await using var host = await ServeCommand.Start(settings, parts);
            Explain(host.Address, terminals);
            await host.WaitForStop(stop);
            return ExitCodes.Ok;
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

    private static void Explain(Uri address, List<DemoTerminal> terminals)
    {
        var root = address.ToString().TrimEnd('/');
        Console.WriteLine($"Tillbridge demo: {root}/");
        foreach (var terminal in terminals) Console.WriteLine($"  terminal {terminal.Settings.Name} at {terminal.Settings.Address}");
        Console.WriteLine("Make a payment from another shell (the last four digits of minorUnits choose what happens, 9901 declines):");
        Console.WriteLine(
            $"  curl -s {root}/v1/sessions -H 'Content-Type: application/json' "
            + "-H \"Idempotency-Key: demo-$(date +%s%N)\" -H 'Prefer: wait=30' "
            + $"-d '{{\"kind\":\"sale\",\"terminal\":\"{terminals[0].Settings.Name}\","
            + "\"amount\":{\"minorUnits\":1250,\"currency\":\"EUR\"}}'");
        Console.WriteLine("Ctrl+C ends it.");
    }

    private sealed class DemoTerminal : IAsyncDisposable
    {
        private readonly TcpAcceptor acceptor;
        private readonly Task serving;

        private DemoTerminal(VirtualTerminal terminal, TcpAcceptor acceptor, Task serving, TerminalSettings settings) =>
            (Virtual, this.acceptor, this.serving, Settings) = (terminal, acceptor, serving, settings);

        public VirtualTerminal Virtual { get; }

        public TerminalSettings Settings { get; }

        public static DemoTerminal Start(IProtocol protocol, string directory, TimeProvider clock, CancellationToken stop)
        {
            var name = $"demo-{protocol.Name}";
            var home = Path.Combine(directory, name);
            Directory.CreateDirectory(home);
            var settings = new VirtualTerminalSettings { Name = name, DataDirectory = home, BooksFile = Path.Combine(home, "books.jsonl") };
            var terminal = protocol.MakeVirtualTerminal(settings, clock, NullLogger.Instance);
            var acceptor = TcpAcceptor.Open(IPAddress.Loopback, 0);
            var address = TerminalAddress.TryParse($"{protocol.Name}+tcp://{acceptor.Name}", out _)!;
            return new DemoTerminal(terminal, acceptor, terminal.Serve(acceptor, stop), new TerminalSettings(name, address));
        }

        public async ValueTask DisposeAsync()
        {
            await serving;
            await Virtual.DisposeAsync();
            await acceptor.DisposeAsync();
        }
    }
}
