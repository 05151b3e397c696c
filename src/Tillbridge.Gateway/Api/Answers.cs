using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Tillbridge.Gateway.Security;

namespace Tillbridge.Gateway.Api;

/// <summary>Answers that are no problems.</summary>
internal static class Answers
{
    private const int LongAnswer = 32 * 1024; // Half of what the server takes off our hands at once.

    /// <summary>A JSON answer, written by the source-generated writers.</summary>
    public static IResult Json<T>(T value, JsonTypeInfo<T> type, int status = 200) =>
        new Bytes(status, "application/json", ApiJson.Write(value, type));

    /// <summary>Text of any media type, in UTF-8.</summary>
    public static IResult Text(string text, string contentType) =>
        new Bytes(200, contentType + "; charset=utf-8", System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Bytes of any media type.</summary>
    public static IResult Raw(byte[] bytes, string contentType) => new Bytes(200, contentType, bytes);

    /// <summary>Done, nothing to say.</summary>
    public static IResult Nothing { get; } = new Bytes(204, null, default);

    /// <summary>Turns a method that gives an answer into an endpoint.</summary>
    public static RequestDelegate Endpoint(Func<HttpContext, Task<IResult>> method) => async context =>
    {
        var answer = await method(context);
        await answer.ExecuteAsync(context);
    };

    private sealed class Bytes(int status, string? contentType, ReadOnlyMemory<byte> body) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = status;
            if (contentType is null) return;
            response.ContentType = contentType;
            response.ContentLength = body.Length;
            response.Headers.CacheControl = "no-store";
            // A long answer is sent as fast as the caller reads it.
            if (body.Length > LongAnswer) Visitor.Rest(httpContext);
            await response.Body.WriteAsync(body, httpContext.RequestAborted);
        }
    }
}
