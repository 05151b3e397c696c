using System.Collections.Frozen;
using System.Text.Json;

namespace Tillbridge.Gateway.Reading;

/// <summary>The words of an enumeration as they stand in JSON: camel case, exact.</summary>
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
