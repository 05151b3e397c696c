using Microsoft.Extensions.Logging;
using Tillbridge.Protocols;
using Tillbridge.Transports;

namespace Tillbridge.Laboratory.Free;

/// <summary>A protocol whose frames nobody writes down: a million runs would spend their time on texts that nobody reads.</summary>
internal sealed class UnloggedProtocol(IProtocol inner) : IProtocol
{
    public string Name => inner.Name;

    public string Summary => inner.Summary;

    public IReadOnlyList<string> Dialects => inner.Dialects;

    public ProtocolVocabulary Vocabulary => inner.Vocabulary;

    public IReadOnlyList<ProtocolParser> Parsers => inner.Parsers;

    public Transports.Serial.SerialMode? SerialMode => inner.SerialMode;

    public bool ChecksFrames(string carrier) => inner.ChecksFrames(carrier);

    public TerminalDriver MakeDriver(DriverSettings settings, ITransport transport, TimeProvider clock) =>
        inner.MakeDriver(settings with { WireLog = null }, transport, clock);

    public VirtualTerminal MakeVirtualTerminal(VirtualTerminalSettings settings, TimeProvider clock, ILogger logger) =>
        inner.MakeVirtualTerminal(settings, clock, logger);

    public string Dump(ReadOnlySpan<byte> bytes, Sender? from, string? form = null) => inner.Dump(bytes, from, form);

    public DecodedFrame Decode(ReadOnlySpan<byte> bytes, Sender? from) => inner.Decode(bytes, from);

    public string ProgressCode(string key) => inner.ProgressCode(key);

    public string? ProgressText(string key, string language) => inner.ProgressText(key, language);

    public string? ResponseText(string code, string language) => inner.ResponseText(code, language);
}
