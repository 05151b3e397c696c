using System.Text;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Fuzz;

/// <summary>A parser under its full name, with what its inputs are made of.</summary>
/// <param name="Name">For example <c>zvt/framing</c> or <c>journal/session</c>.</param>
/// <param name="Parser">What is fed.</param>
/// <param name="Seeds">Whole inputs to begin with.</param>
internal sealed record FuzzTarget(string Name, ProtocolParser Parser, IReadOnlyList<byte[]> Seeds)
{
    private const int MostWords = 2000;
    private const int MostWordBytes = 40;

    // What breaks a reader of text though it may stand in no seed.
    private static readonly string[] Troublemakers =
    [
        "null", "true", "false", "{}", "[]", "\"\"", "{", "}", "[", "]", "\"", ":", ",", "\\u0000", "\\ud800", "\\udc00", "\\u202e", "\\n",
        "\0", "\r\n", "\u00e4", "\u20ac", "\U0001F4B3", "\uFEFF", "\uFFFD", " ", "//", "/*", "+", "-", ".", "%00", "=", "&", "?", "#", "@",
    ];

    /// <summary>Pieces that mean something to the parser: the words of the seeds, and troublemakers.</summary>
    public IReadOnlyList<byte[]> Words { get; } = WordsOf(Seeds);

    /// <summary>The target's part of a run's seed, so that two targets never get the same dice.</summary>
    public ulong Salt { get; } = SaltOf(Name);

    private static List<byte[]> WordsOf(IReadOnlyList<byte[]> seeds)
    {
        var words = new HashSet<string>(Troublemakers, StringComparer.Ordinal);
        foreach (var seed in seeds)
        {
            var text = Encoding.Latin1.GetString(seed);
            for (var (start, end) = (0, 0); start < text.Length && words.Count < MostWords; start = end + 1)
            {
                for (end = start; end < text.Length && IsOfWord(text[end]);) end++;
                if (end - start is < 2 or > MostWordBytes) continue;
                words.Add(text[start..end]);
                // With what stands around it a word is a whole name or value of JSON.
                if (start > 0 && end < text.Length - 1 && text[start - 1] == '"' && text[end] == '"')
                    words.Add(text[(start - 1)..(end + (text[end + 1] == ':' ? 2 : 1))]);
            }
        }

        return [.. words.Select(word => word.All(letter => letter <= 0xFF)
            ? Encoding.Latin1.GetBytes(word) : Encoding.UTF8.GetBytes(word))];
    }

    private static bool IsOfWord(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '/' or >= '\x80';

    // FNV-1a: the hash codes of the runtime differ from run to run.
    private static ulong SaltOf(string name)
    {
        var hash = 14695981039346656037;
        foreach (var letter in name) hash = (hash ^ letter) * 1099511628211;
        return hash;
    }
}
