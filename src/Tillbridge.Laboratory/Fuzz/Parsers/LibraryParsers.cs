using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Fuzz.Parsers;

/// <summary>The one table of parsers that belong to no protocol. A target's corpus stands under its name in Corpus.</summary>
internal static class LibraryParsers
{
    /// <summary>Every parser of the library and the gateway.</summary>
    public static IReadOnlyList<ProtocolParser> All { get; } =
    [
        new TlvParser(),
        new LengthParser(),
        .. WireParsers.All,
        .. CardParsers.All,
        .. TextParsers.All,
        .. JsonParsers.All,
        .. GatewayParsers.All,
        .. HttpParsers.All,
        .. ActionParsers.All,
        new EventParser(),
    ];
}
