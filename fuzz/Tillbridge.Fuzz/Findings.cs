using System.Text.RegularExpressions;

namespace Tillbridge.Fuzz;

/// <summary>Many inputs show one fault; a reader wants the least of them.</summary>
internal static partial class Findings
{
    /// <summary>What two findings of one cause have in common: the words without the bytes and figures.</summary>
    public static string Kind(string text) => Figures.Replace(text, "#");

    /// <summary>The input without whatever can be left out so that it still shows the same kind of fault.</summary>
    public static byte[] Smallest(Guided guided, byte[] input)
    {
        var kind = Kind(guided.Wrong(input)!);
        for (var size = Math.Max(1, input.Length / 2); size > 0; size /= 2)
        {
            for (var at = 0; at + size <= input.Length;)
            {
                byte[] less = [.. input[..at], .. input[(at + size)..]];
                if (guided.Wrong(less) is { } wrong && Kind(wrong) == kind) input = less;
                else at += size;
            }
        }

        return input;
    }

    [GeneratedRegex("[0-9A-F]{2,}|[0-9]+")]
    private static partial Regex Figures { get; }
}
