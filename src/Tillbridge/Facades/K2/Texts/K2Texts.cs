using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace Tillbridge.Facades.K2.Texts;

/// <summary>The sentences of this face by reason and language (k2-client.md §2.4).</summary>
internal static class K2Texts
{
    private const string Fallback = "en";

    private static readonly FrozenDictionary<string, FrozenDictionary<string, string>> Texts = Load();

    /// <summary>The languages that have every sentence.</summary>
    public static IReadOnlyList<string> Languages => [.. Texts.Keys];

    /// <summary>The sentence; English where the language is not spoken here.</summary>
    public static string For(string reason, string? language, params object[] values)
    {
        var tongue = (language ?? Fallback).Split('-')[0].ToLowerInvariant();
        var texts = Texts.GetValueOrDefault(tongue) ?? Texts[Fallback];
        return string.Format(CultureInfo.InvariantCulture, texts[reason], values);
    }

    /// <summary>True for a reason that has sentences.</summary>
    public static bool Knows(string reason) => Texts[Fallback].ContainsKey(reason);

    private static FrozenDictionary<string, FrozenDictionary<string, string>> Load()
    {
        using var stream = typeof(K2Texts).Assembly.GetManifestResourceStream("Tillbridge.Facades.K2.Texts.K2Texts.json");
        Invariant.Holds(stream is not null, "the texts are embedded");
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.EnumerateObject().ToFrozenDictionary(
            language => language.Name,
            language => language.Value.EnumerateObject().ToFrozenDictionary(
                text => text.Name, text => text.Value.GetString()!, StringComparer.Ordinal),
            StringComparer.Ordinal);
    }
}
