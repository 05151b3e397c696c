using Microsoft.Extensions.Logging;
using Tillbridge.Protocols;
using Tillbridge.Transports;

namespace Tillbridge.Gateway.Tests.Support;

internal static class TestProtocols
{
    public static IReadOnlyDictionary<string, IProtocol> All { get; } =
        new Dictionary<string, IProtocol> { ["zvt"] = new Zvt() };

    private sealed class Zvt : IProtocol
    {
        public string Name => "zvt";
        public string Summary => "";
        public IReadOnlyList<string> Dialects => ["zvt"];
        public TerminalDriver MakeDriver(DriverSettings settings, ITransport transport, TimeProvider clock) => null!;
        public VirtualTerminal MakeVirtualTerminal(VirtualTerminalSettings settings, TimeProvider clock, ILogger logger) => null!;
        public DecodedFrame Decode(ReadOnlySpan<byte> bytes, Sender? from) => null!;
        public string? ProgressText(string key, string language) => null;
        public string? ResponseText(string code, string language) => null;
    }
}
