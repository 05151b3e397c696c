using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tillbridge.Domain.Keys;

namespace Tillbridge.Gateway.Api.Requests;

/// <summary>The headers that carry meaning for the API.</summary>
internal static class RequestHeaders
{
    /// <summary>The longest that a caller may wait in one request.</summary>
    public const int MostWaitSeconds = 600;

    // Browsers send some 150. The platform reads a row of commas in quadratic time (found by the laboratory).
    private const int MostAcceptCharacters = 400;

    /// <summary>The idempotency key; null with a problem when it is wrong, null without one when it is absent.</summary>
    public static string? IdempotencyKey(HttpContext context, out IResult? problem)
    {
        problem = null;
        var values = context.Request.Headers["Idempotency-Key"];
        if (values.Count == 0) return null;
        // What it may hold is the engine's to say, which first looks whether the journal has it.
        if (values is [{ Length: > 0 and <= OrderKey.MostCharacters } key]) return key;
        problem = Problems.Invalid(
            "Idempotency-Key", $"The header Idempotency-Key may stand once, with 1 to {OrderKey.MostCharacters} printable characters.");
        return null;
    }

    /// <summary>
    /// Seconds of <c>Prefer: wait=N</c>, capped; null when the caller does not want to wait. Other preferences are
    /// ignored, as RFC 7240 wants it.
    /// </summary>
    public static int? PreferredWait(HttpContext context)
    {
        foreach (var preference in context.Request.Headers["Prefer"].SelectMany(line => (line ?? "").Split(',')))
        {
            var pair = preference.Split(';')[0].Split('=', 2, StringSplitOptions.TrimEntries);
            if (pair is not [var name, var value] || !name.Equals("wait", StringComparison.OrdinalIgnoreCase)) continue;
            if (long.TryParse(value.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                return (int)Math.Min(seconds, MostWaitSeconds);
        }

        return null;
    }

    /// <summary>
    /// The first of the offered media types that the caller likes best by its Accept header; null when it takes none. A header that is
    /// too long is disregarded, as RFC 9110 §12.5.1 allows.
    /// </summary>
    public static string? Negotiate(HttpContext context, IReadOnlyList<string> offered)
    {
        if (context.Request.Headers.Accept.Sum(line => line?.Length ?? 0) > MostAcceptCharacters) return offered[0];
        var accepted = context.Request.GetTypedHeaders().Accept;
        if (accepted.Count == 0) return context.Request.Headers.Accept.Count == 0 ? offered[0] : null;
        return offered
            .Select((type, index) => (Type: type, Index: index, Quality: QualityOf(type, accepted)))
            .Where(choice => choice.Quality > 0)
            .OrderByDescending(choice => choice.Quality).ThenBy(choice => choice.Index)
            .Select(choice => choice.Type)
            .FirstOrDefault();
    }

    // The most exact range decides, as RFC 9110 §12.5.1 says: "text/*;q=0.9, text/html;q=0" refuses HTML.
    private static double QualityOf(string type, IList<Microsoft.Net.Http.Headers.MediaTypeHeaderValue> accepted)
    {
        var own = new Microsoft.Net.Http.Headers.MediaTypeHeaderValue(type);
        return accepted.Where(own.IsSubsetOf)
            .OrderByDescending(range => range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2)
            .Select(range => range.Quality ?? 1)
            .FirstOrDefault();
    }
}
