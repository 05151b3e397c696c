using Microsoft.Extensions.Logging;
using Tillbridge.Domain;
using Tillbridge.Protocols;
using Tillbridge.Transports;

namespace Tillbridge.Laboratory.Planted;

/// <summary>A protocol whose drivers were tampered with.</summary>
internal sealed class PlantedProtocol(IProtocol inner, Func<TerminalDriver, TerminalDriver> tamper) : IProtocol
{
    public string Name => inner.Name;

    public string Summary => inner.Summary;

    public IReadOnlyList<string> Dialects => inner.Dialects;

    public ProtocolVocabulary Vocabulary => inner.Vocabulary;

    public IReadOnlyList<ProtocolParser> Parsers => inner.Parsers;

    public Transports.Serial.SerialMode? SerialMode => inner.SerialMode;

    public bool ChecksFrames(string carrier) => inner.ChecksFrames(carrier);

    public TerminalDriver MakeDriver(DriverSettings settings, ITransport transport, TimeProvider clock) =>
        tamper(inner.MakeDriver(settings, transport, clock));

    public VirtualTerminal MakeVirtualTerminal(VirtualTerminalSettings settings, TimeProvider clock, ILogger logger) =>
        inner.MakeVirtualTerminal(settings, clock, logger);

    public string Dump(ReadOnlySpan<byte> bytes, Sender? from, string? form = null) => inner.Dump(bytes, from, form);

    public DecodedFrame Decode(ReadOnlySpan<byte> bytes, Sender? from) => inner.Decode(bytes, from);

    public string ProgressCode(string key) => inner.ProgressCode(key);

    public string? ProgressText(string key, string language) => inner.ProgressText(key, language);

    public string? ResponseText(string code, string language) => inner.ResponseText(code, language);
}

/// <summary>A driver that passes everything through; bugs override what they spoil.</summary>
internal abstract class TamperedDriver(TerminalDriver inner) : TerminalDriver
{
    public override Capabilities Capabilities => inner.Capabilities;

    public override TimeSpan DefaultRecoveryLimit => inner.DefaultRecoveryLimit;

    public override (string Field, string Text)? Fault(TerminalRequest request) => inner.Fault(request);

    public override IAsyncEnumerable<TerminalEvent> Converse(TerminalRequest request, Baseline? baseline, CancellationToken shutdown) =>
        inner.Converse(request, baseline, shutdown);

    public override IAsyncEnumerable<TerminalEvent> Recover(RecoveryEntry entry, CancellationToken shutdown) =>
        inner.Recover(entry, shutdown);

    public override void Abort() => inner.Abort();

    public override void Confirm(bool commit) => inner.Confirm(commit);

    public override ValueTask CloseAsync() => inner.CloseAsync();
}
