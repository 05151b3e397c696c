using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Api.Requests;

/// <summary>Reads query parameters as strictly as bodies: a misspelt filter must not list everything.</summary>
internal sealed class QueryFields(IQueryCollection query)
{
    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly List<JsonFault> faults = [];

    /// <summary>Text; null when absent or empty.</summary>
    public string? Text(string name, int most = 256)
    {
        known.Add(name);
        if (!query.TryGetValue(name, out var values)) return null;
        if (values is [{ Length: > 0 } only] && only.Length <= most && !only.Any(char.IsControl)) return only;
        // "?outcome=" from a form left blank restricts nothing.
        if (values is not [""]) Fault(name, $"This parameter may stand once, with 1 to {most} characters.");
        return null;
    }

    /// <summary>A whole number.</summary>
    public long? Whole(string name, long least, long most)
    {
        if (Text(name) is not { } text) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Fault(name, $"This must be a whole number from {least} to {most}.");
        return null;
    }

    /// <summary>One of a closed set of words.</summary>
    public T? Choice<T>(string name) where T : struct, Enum
    {
        if (Text(name) is not { } text) return null;
        if (Words.TryFind(Words<T>.ByWord, text, out var value)) return value;
        Fault(name, $"This must be one of: {string.Join(", ", Words<T>.ByWord.Keys.Order(StringComparer.Ordinal))}.");
        return null;
    }

    /// <summary>A date or a moment of ISO 8601; without an offset it is UTC.</summary>
    public DateTimeOffset? Moment(string name)
    {
        if (Text(name) is not { } text) return null;
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var isIso = text.Length >= 10 && char.IsAsciiDigit(text[0]) && text[4] == '-' && text[7] == '-';
        if (isIso && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var moment)) return moment;
        Fault(name, "This must be a date or moment such as 2026-01-31 or 2026-01-31T12:00:00Z ('+' is written %2B).");
        return null;
    }

    /// <summary>Notes what is wrong with a parameter.</summary>
    public void Fault(string name, string text) => faults.Add(new(name, text));

    /// <summary>The problem, if anything is wrong; parameters that nobody asked for are.</summary>
    public IResult? Finish()
    {
        foreach (var name in query.Keys.Where(name => !known.Contains(name)))
        {
            var shown = name.Length > 64 || name.Any(char.IsControl) ? "query" : name;
            Fault(shown, $"This parameter is not known here; known are {string.Join(", ", known)}.");
        }

        return faults.Count == 0 ? null : Problems.Invalid(faults);
    }
}
