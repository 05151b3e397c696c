using Tillbridge.Catalog;
using Tillbridge.Laboratory.Fuzz.Parsers;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Fuzz;

/// <summary>Everything that reads what comes from outside: the parsers of each protocol of the catalog, and those of no protocol.</summary>
internal static class FuzzTargets
{
    /// <summary>Every target.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
        [.. ProtocolCatalog.All.SelectMany(OfProtocol), .. LibraryParsers.All.Select(OfLibrary)];

    /// <summary>The targets of a protocol: what it names itself, and the reader of bytes that every protocol has.</summary>
    public static IEnumerable<FuzzTarget> OfProtocol(IProtocol protocol)
    {
        var vectors = Seeds.OfVectors(protocol.Name);
        foreach (var parser in protocol.Parsers.Append(new InspectionParser(protocol)))
        {
            var name = $"{protocol.Name}/{parser.Name}";
            yield return new(name, parser, [.. vectors, .. Seeds.OfCorpus(name)]);
        }
    }

    private static FuzzTarget OfLibrary(ProtocolParser parser) => new(parser.Name, parser, Seeds.OfCorpus(parser.Name));
}
