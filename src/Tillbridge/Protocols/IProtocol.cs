using Microsoft.Extensions.Logging;
using Tillbridge.Domain;
using Tillbridge.Transports;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Protocols;

/// <summary>One protocol: its name, its defaults, and the makers of its two sides.</summary>
public interface IProtocol
{
    /// <summary>The name in addresses and commands, lower case, for example <c>zvt</c>.</summary>
    string Name { get; }

    /// <summary>One sentence for help texts.</summary>
    string Summary { get; }

    /// <summary>Known dialects, the general one first.</summary>
    IReadOnlyList<string> Dialects { get; }

    /// <summary>What its two sides can say: the laboratory measures by it what it has produced.</summary>
    ProtocolVocabulary Vocabulary { get; }

    /// <summary>Speed and form of its characters on a serial line unless configured; null when it has no serial carrier.</summary>
    SerialMode? SerialMode { get; }

    /// <summary>
    /// True when every frame on that carrier (<c>tcp</c> or <c>serial</c>) brings a check of its own, so that a byte which was
    /// lost or changed on the way is found out.
    /// </summary>
    bool ChecksFrames(string carrier);

    /// <summary>The selling side.</summary>
    /// <exception cref="ArgumentException">The settings name an unknown dialect or a password that the protocol cannot carry.</exception>
    TerminalDriver MakeDriver(DriverSettings settings, ITransport transport, TimeProvider clock);

    /// <summary>The terminal's side, for demo, simulation and tests.</summary>
    VirtualTerminal MakeVirtualTerminal(VirtualTerminalSettings settings, TimeProvider clock, ILogger logger);

    /// <summary>How to find out, without harm, whether a terminal of it answers; null where no message is harmless.</summary>
    IProtocolProbe? Probe => null;

    /// <summary>Takes the first message of some bytes apart for a reader; never throws.</summary>
    DecodedFrame Decode(ReadOnlySpan<byte> bytes, Sender? from);

    /// <summary>Name, bytes and fields of a message as lines; bytes of secret fields are <c>**</c>. Never throws.</summary>
    /// <param name="bytes">The message.</param>
    /// <param name="from">Who sent it; null when nobody knows.</param>
    /// <param name="form">The form that the frame named; one that is not known any more, or none, takes the general dialect.</param>
    string Dump(ReadOnlySpan<byte> bytes, Sender? from, string? form = null);

    /// <summary>The same protocol with another dialect as its general one, for who only reads bytes.</summary>
    /// <exception cref="ArgumentException">There is no such dialect, or its file is wrong; the message names cause and cure.</exception>
    IProtocol InDialect(string? dialect) => this;

    /// <summary>A dialect may be given as the path of a file.</summary>
    bool ReadsDialectFiles => false;

    /// <summary>Alphabetic code of the currency in which its terminals mostly count, for virtual ones and unconfigured addresses.</summary>
    string UsualCurrency => "EUR";

    /// <summary>Holds traces against this dialect; null where the protocol leaves nothing open.</summary>
    ITraceLinter? MakeLinter() => null;

    /// <summary>Everything of this protocol that reads bytes from outside, for the laboratory: framings, codecs, dumps.</summary>
    IReadOnlyList<ProtocolParser> Parsers { get; }

    /// <summary>The text of a progress key of this protocol in a language; null when the key is not its own.</summary>
    string? ProgressText(string key, string language);

    /// <summary>What a progress key of this protocol is about: a code out of <see cref="ProgressCode"/>.</summary>
    string ProgressCode(string key);

    /// <summary>The text of a response code of this protocol in a language; null when there is none.</summary>
    string? ResponseText(string code, string language);
}

/// <summary>Holds a recorded trace against a dialect: says what in it the dialect does not expect.</summary>
public interface ITraceLinter
{
    /// <summary>What disagrees in these bytes, one sentence each, none of them with card data; empty when they fit.</summary>
    /// <param name="bytes">One or more whole messages.</param>
    /// <param name="from">Who sent them; null when the trace does not tell.</param>
    IReadOnlyList<string> Look(ReadOnlySpan<byte> bytes, Sender? from);
}
