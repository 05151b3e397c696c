using System.Collections.Frozen;
using System.Text.Json;

namespace Tillbridge.Gateway.Reading;

/// <summary>Closed sets of words.</summary>
internal static class Words
{
    /// <summary>The value of a word that is read: letters small or capital.</summary>
    public static bool TryFind<T>(IReadOnlyDictionary<string, T> words, string text, out T value)
    {
        if (words.TryGetValue(text, out value!)) return true;
        foreach (var (word, meant) in words)
        {
            if (!word.Equals(text, StringComparison.OrdinalIgnoreCase)) continue;
            value = meant;
            return true;
        }

        return false;
    }
}

/// <summary>The words of an enumeration as they are written in JSON: camel case.</summary>
internal static class Words<T> where T : struct, Enum
{
    private static readonly FrozenDictionary<T, string> ToWord =
        Enum.GetValues<T>().ToFrozenDictionary(value => value, value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()));

    /// <summary>Word to value.</summary>
    public static FrozenDictionary<string, T> ByWord { get; } =
        ToWord.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    /// <summary>The word of a value.</summary>
    public static string Of(T value) => ToWord[value];
}
