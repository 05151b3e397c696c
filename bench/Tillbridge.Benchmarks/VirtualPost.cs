using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Protocols;
using Tillbridge.Transports;

namespace Tillbridge.Benchmarks;

/// <summary>A virtual ZVT terminal on a loopback port.</summary>
internal sealed class VirtualPost : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly TcpAcceptor acceptor = TcpAcceptor.Open(IPAddress.Loopback, 0);
    private readonly VirtualTerminal terminal;
    private readonly Task serving;

    public VirtualPost()
    {
        var protocol = ProtocolCatalog.ByName["zvt"];
        terminal = protocol.MakeVirtualTerminal(new VirtualTerminalSettings(), TimeProvider.System, NullLogger.Instance);
        serving = terminal.Serve(acceptor, stop.Token);
    }

    public int Port => acceptor.Port;

    public TerminalAddress Address => TerminalAddress.TryParse($"zvt+tcp://127.0.0.1:{Port}", out _)!;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await serving;
        await terminal.DisposeAsync();
        await acceptor.DisposeAsync();
        stop.Dispose();
    }
}
