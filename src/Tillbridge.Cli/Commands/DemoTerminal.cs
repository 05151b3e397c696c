using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
using Tillbridge.Transports;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Cli.Commands;

/// <summary>A virtual terminal of the demo, and how the gateway reaches it.</summary>
internal sealed class DemoTerminal : IAsyncDisposable
{
    private readonly IAcceptor acceptor;
    private readonly PtyPair? line;
    private readonly Task serving;

    private DemoTerminal(VirtualTerminal terminal, IAcceptor acceptor, PtyPair? line, Task serving, TerminalSettings settings) =>
        (Virtual, this.acceptor, this.line, this.serving, Settings) = (terminal, acceptor, line, serving, settings);

    public VirtualTerminal Virtual { get; }

    public TerminalSettings Settings { get; }

    /// <summary>On a free port of this machine.</summary>
    public static DemoTerminal OverTcp(IProtocol protocol, string directory, TimeProvider clock, CancellationToken stop)
    {
        var acceptor = TcpAcceptor.Open(IPAddress.Loopback, 0);
        return Start(protocol, $"demo-{protocol.Name}", $"tcp://{acceptor.Name}", acceptor, null, directory, clock, stop);
    }

    /// <summary>On a serial line that is a pair of pseudo-terminals.</summary>
    public static DemoTerminal OverPty(IProtocol protocol, string directory, TimeProvider clock, CancellationToken stop)
    {
        var line = PtyPair.Open();
        var acceptor = SerialAcceptor.Open(new SerialSettings(line.Second, protocol.SerialMode!), clock);
        return Start(protocol, $"demo-{protocol.Name}-serial", $"serial://{line.First}", acceptor, line, directory, clock, stop);
    }

    public async ValueTask DisposeAsync()
    {
        await serving;
        await Virtual.DisposeAsync();
        await acceptor.DisposeAsync();
        if (line is not null) await line.DisposeAsync();
    }

    private static DemoTerminal Start(
        IProtocol protocol, string name, string place, IAcceptor acceptor, PtyPair? line, string directory, TimeProvider clock,
        CancellationToken stop)
    {
        var home = Path.Combine(directory, name);
        PrivateFile.MakeDirectory(home);
        var settings = new VirtualTerminalSettings
        {
            Name = name, DataDirectory = home, BooksFile = Path.Combine(home, "books.jsonl"), Currency = protocol.UsualCurrency,
        };
        var terminal = protocol.MakeVirtualTerminal(settings, clock, NullLogger.Instance);
        var address = TerminalAddress.TryParse($"{protocol.Name}+{place}", out _)!;
        return new DemoTerminal(terminal, acceptor, line, terminal.Serve(acceptor, stop), new TerminalSettings(name, address)
        {
            OnlyOwnCurrency = true,
            // It is our own: what it books, it books at once.
            Driver = new DriverSettings { Currency = protocol.UsualCurrency, SettleTime = TimeSpan.FromSeconds(3) },
        });
    }
}
