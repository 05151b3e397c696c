using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tillbridge.Laboratory.Fuzz;

/// <summary>
/// What inputs are made of: the recorded bytes of the protocols and the committed corpus, both inside of this assembly.
/// </summary>
internal static class Seeds
{
    private const string HexMark = "hex:";

    /// <summary>The recorded messages of a protocol; those of all protocols when none are filed under its name.</summary>
    public static IReadOnlyList<byte[]> OfVectors(string protocol)
    {
        var own = Resources($"vectors/{protocol}").ToList();
        if (own.Count == 0) own = [.. Resources("vectors/")];
        return [.. own.SelectMany(Lines).SelectMany(Messages).DistinctBy(Convert.ToHexString)];
    }

    /// <summary>The corpus of a target: a line is a seed, escaped or in hexadecimal; empty when there is no file.</summary>
    public static IReadOnlyList<byte[]> OfCorpus(string target) => OfFile($"corpus/{target}.txt");

    /// <summary>What coverage found worth keeping for a target (<c>fuzz/corpus</c>), in the same form.</summary>
    public static IReadOnlyList<byte[]> Found(string target) => OfFile($"found/{target}.txt");

    /// <summary>Reads a line of a corpus file: <c>hex:06 0F 00</c>, or text with \n, \r, \t, \0, \\ and \xHH.</summary>
    public static byte[] Unescape(string line)
    {
        if (line.StartsWith(HexMark, StringComparison.Ordinal))
            return Convert.FromHexString(line[HexMark.Length..].Replace(" ", "", StringComparison.Ordinal));
        var bytes = new List<byte>(line.Length);
        for (var at = 0; at < line.Length; at++)
        {
            if (line[at] != '\\' || at + 1 == line.Length)
            {
                // Surrogates come in pairs and must be encoded in one go.
                var size = char.IsHighSurrogate(line[at]) && at + 1 < line.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(line.Substring(at, size)));
                at += size - 1;
                continue;
            }

            at++;
            if (line[at] == 'x')
            {
                bytes.Add(byte.Parse(line.AsSpan(at + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                at += 2;
            }
            else
            {
                bytes.Add((byte)(line[at] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', '0' => '\0', var other => other }));
            }
        }

        return [.. bytes];
    }

    private static IReadOnlyList<byte[]> OfFile(string file) =>
        [.. Resources(file).SelectMany(Lines).Where(line => !line.StartsWith('#')).Select(Unescape)];

    private static IEnumerable<string> Resources(string prefix) => typeof(Seeds).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Lines(string resource)
    {
        using var reader = new StreamReader(typeof(Seeds).Assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return [.. reader.ReadToEnd().Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0)];
    }

    // Every hex and text of a vector, also those of its steps and of what a frame carries inside.
    private static IEnumerable<byte[]> Messages(string line)
    {
        using var document = JsonDocument.Parse(line);
        return [.. Messages(document.RootElement, isMessage: false)];
    }

    private static IEnumerable<byte[]> Messages(JsonElement element, bool isMessage) => element.ValueKind switch
    {
        JsonValueKind.String when isMessage => Message(element.GetString()!) is { } bytes ? [bytes] : [],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Messages(item, isMessage)),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Messages(
            member.Value, member.Name is "text" or "steps" || member.Name.EndsWith("hex", StringComparison.Ordinal))),
        _ => [],
    };

    private static byte[]? Message(string text)
    {
        // A step names its side beside its bytes.
        if (text.Length < 2 || text is "ecr" or "pt") return null;
        var isHex = text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit);
        return isHex ? Convert.FromHexString(text) : Encoding.UTF8.GetBytes(text);
    }
}
