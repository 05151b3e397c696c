using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Cli.Doctor;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
using Tillbridge.Transports;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Gateway.Tests.Doctor;

/// <summary>The doctor in this process, with everything written down that it says on any line.</summary>
internal sealed class DoctorBench
{
    private readonly List<OverheardTransport> lines = [];

    public DoctorBench()
    {
        Examination = new Examination(
            ProtocolCatalog.ByName, Overhear, new SerialPorts(), new Spectator(to: null, TimeProvider.System), TimeProvider.System);
    }

    public Examination Examination { get; }

    /// <summary>What was sent, one text of hexadecimal digits for each connection.</summary>
    public IReadOnlyList<string> Said => [.. lines.Select(line => Convert.ToHexString(line.Said))];

    public Task<Finding> Ask(string address, string? password = null, bool force = false) => Examination.Ask(
        new TerminalSettings("till-1", TerminalAddress.TryParse(address, out _)!) { Driver = new() { Password = password } }, force,
        TestContext.Current.CancellationToken);

    /// <summary>Serves a virtual terminal on any carrier until disposed.</summary>
    public static Serving Serve(IAcceptor acceptor, string? password = null) => new(acceptor, password);

    private OverheardTransport Overhear(TerminalAddress address)
    {
        var line = new OverheardTransport(ProtocolCatalog.Transport(address, TimeProvider.System));
        lines.Add(line);
        return line;
    }

    internal sealed class Serving : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly VirtualTerminal terminal;
        private readonly IAcceptor acceptor;
        private readonly Task serving;

        public Serving(IAcceptor acceptor, string? password)
        {
            this.acceptor = acceptor;
            terminal = ProtocolCatalog.ByName["zvt"].MakeVirtualTerminal(
                new VirtualTerminalSettings { Password = password }, TimeProvider.System, NullLogger.Instance);
            serving = terminal.Serve(acceptor, stop.Token);
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await serving;
            await terminal.DisposeAsync();
            await acceptor.DisposeAsync();
            stop.Dispose();
        }
    }
}
