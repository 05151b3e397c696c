using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Tillbridge.Gateway.Reading;
using Tillbridge.Gateway.Security;

namespace Tillbridge.Gateway.Api.Requests;

/// <summary>The JSON object in a request's body, or the problem with it.</summary>
/// <param name="Fields">The object; null when there is a problem.</param>
/// <param name="Faults">Where its readers put what is wrong.</param>
/// <param name="Problem">The answer; null when the body could be read.</param>
internal sealed record RequestBody(JsonFields? Fields, List<JsonFault> Faults, IResult? Problem)
{
    /// <summary>The largest body; every request of ours is far below.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>Reads a body; an empty one counts as <c>{}</c> when it is optional.</summary>
    public static async Task<RequestBody> Read(HttpContext context, bool optional = false)
    {
        var faults = new List<JsonFault>();
        var bytes = await ReadBytes(context);
        if (bytes is null)
            return new(null, faults, Problems.Of(413, "too-large", $"The body may have at most {MostBytes} bytes."));
        if (bytes.Length == 0 && optional) return new(JsonFields.Parse("{}"u8.ToArray(), faults), faults, null);
        if (!IsJson(context.Request.ContentType))
            return new(null, faults, Problems.Of(415, "unsupported-media-type", "Send the body as Content-Type: application/json."));
        var fields = JsonFields.Parse(bytes, faults);
        return new(fields, faults, fields is null ? Problems.Invalid(faults) : null);
    }

    /// <summary>At most <see cref="MostBytes"/> bytes; null when there are more.</summary>
    public static async Task<byte[]?> ReadBytes(HttpContext context)
    {
        if (context.Request.ContentLength > MostBytes) return null;
        var buffer = new byte[MostBytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, false, context.RequestAborted);
        Visitor.Work(context);
        return length > MostBytes ? null : buffer[..length];
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
