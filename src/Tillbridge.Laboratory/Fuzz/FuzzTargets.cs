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

    /// <summary>The targets of a protocol: what it names itself, and the readers of bytes and of lines that every protocol has.</summary>
    public static IEnumerable<FuzzTarget> OfProtocol(IProtocol protocol)
    {
        var vectors = Seeds.OfVectors(protocol.Name);
        foreach (var parser in protocol.Parsers.Append(new InspectionParser(protocol)))
        {
            var name = $"{protocol.Name}/{parser.Name}";
            yield return new(name, parser, [.. vectors, .. Seeds.OfCorpus(name), .. Seeds.Found(name)]);
        }

        // Lines carry messages of any protocol in the same forms.
        var lines = Seeds.OfCorpus("protocols/lines").Concat(vectors.Select(LinesParser.LineOf));
        var ofLines = $"{protocol.Name}/lines";
        yield return new(ofLines, new LinesParser(protocol), [.. lines, LinesParser.FullLine(vectors), .. Seeds.Found(ofLines)]);
    }

    private static FuzzTarget OfLibrary(ProtocolParser parser) =>
        new(parser.Name, parser, [.. Seeds.OfCorpus(parser.Name), .. Seeds.Found(parser.Name)]);
}
