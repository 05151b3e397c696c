using System.Collections.Frozen;
using System.Text.Json;

namespace Tillbridge.Journal;

/// <summary>An enumeration's values as the words that stand in the file: camel case, the same as in JSON.</summary>
internal static class EnumText<T>
    where T : struct, Enum
{
    private static readonly FrozenDictionary<T, string> Words = Enum.GetValues<T>()
        .ToFrozenDictionary(value => value, value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()));

    private static readonly FrozenDictionary<string, T> Values =
        Words.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    public static string Of(T value) => Words[value];

    public static string? Of(T? value) => value is { } some ? Words[some] : null;

    public static T Parse(string word) => Values.TryGetValue(word, out var value)
        ? value
        : throw new JournalException(JournalFault.Corrupt, $"'{word}' is no {typeof(T).Name}. {JournalDirectory.CorruptCure}");
}
