using System.Text;
using Tillbridge.Laboratory.Fuzz;

namespace Tillbridge.Fuzz;

/// <summary>The inputs of a target in files: one each for AFL, one line each for the repository.</summary>
internal static class Corpus
{
    private const int MostInputs = 300;
    private const int MostInputBytes = 2048;
    private const int MostFileBytes = 20 * 1024;
    private const int MostWords = 400;
    private const int MostWordBytes = 32;
    private const int LeastCardDigits = 13;

    /// <summary>Writes the seeds of a target that AFL may begin with, each into a file.</summary>
    public static int WriteSeeds(FuzzTarget target, string folder)
    {
        Directory.CreateDirectory(folder);
        var seeds = target.Seeds.Where(seed => seed.Length is > 0 and <= MostInputBytes).ToList();
        for (var index = 0; index < seeds.Count; index++) File.WriteAllBytes(Path.Combine(folder, $"{index:D4}"), seeds[index]);
        return seeds.Count;
    }

    /// <summary>Writes the words of a target as AFL's dictionary.</summary>
    public static void WriteWords(FuzzTarget target, string file) => File.WriteAllLines(file, target.Words
        .Where(word => word.Length is > 0 and <= MostWordBytes).Take(MostWords)
        .Select(word => $"\"{string.Concat(word.Select(octet => $"\\x{octet:X2}"))}\""));

    /// <summary>Every file below the folders, the smallest first; what only describes a finding is left out.</summary>
    public static IEnumerable<(string Name, byte[] Bytes)> Read(IEnumerable<string> paths) => paths
        .SelectMany(path => File.Exists(path) ? [path] : Directory.Exists(path) ? Directory.EnumerateFiles(path) : [])
        .Where(file => Path.GetFileName(file) != "README.txt").Order(StringComparer.Ordinal)
        .Select(file => (file, File.ReadAllBytes(file))).OrderBy(input => input.Item2.Length);

    /// <summary>
    /// Of what was found earlier and of the inputs, the smallest first, those that show the library something that the target's other
    /// seeds, and those before, do not.
    /// </summary>
    public static IReadOnlyList<byte[]> Smallest(FuzzTarget target, IEnumerable<string> paths, Coverage coverage)
    {
        var guided = new Guided(target);
        var earlier = Seeds.Found(target.Name);
        var others = target.Seeds.ExceptBy(earlier.Select(Convert.ToHexString), Convert.ToHexString).ToList();
        // What is made once, at the first call, belongs to no input.
        foreach (var seed in others) guided.Fault(seed);
        foreach (var seed in others) coverage.IsNew(() => guided.Fault(seed));
        var (kept, bytes) = (new List<byte[]>(), 0);
        foreach (var input in earlier.Concat(Read(paths).SelectMany(file => guided.Forms(file.Bytes))).OrderBy(input => input.Length))
        {
            var line = Line(input);
            if (input.Length is 0 or > MostInputBytes || kept.Count == MostInputs || bytes + line.Length > MostFileBytes) continue;
            if (!coverage.IsNew(() => guided.Fault(input))) continue;
            kept.Add(input);
            bytes += line.Length;
        }

        return kept;
    }

    /// <summary>A corpus file, as the laboratory reads it.</summary>
    public static void Write(string file, string head, IEnumerable<byte[]> inputs)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, $"# {head}\n{string.Concat(inputs.Select(input => $"{Line(input)}\n"))}", new UTF8Encoding(false));
    }

    // Text stays text where every character is one of ASCII that needs no escape. What has the digits of a card number is written
    // byte by byte: chance gives them a right check digit, too, and then nobody could tell them from a real one.
    private static string Line(byte[] input)
    {
        var text = Encoding.Latin1.GetString(input);
        var isText = text.Length > 0 && text.All(letter => letter is >= ' ' and <= '~' and not '\\')
            && text.Count(char.IsAsciiDigit) < LeastCardDigits && text[0] != '#' && !text.StartsWith("hex:", StringComparison.Ordinal);
        return isText ? text : $"hex:{string.Join(' ', input.Select(octet => $"{octet:X2}"))}";
    }
}
