using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tillbridge.Gateway.Reading;
using Tillbridge.Gateway.Settings;
using Tillbridge.Sessions;

namespace Tillbridge.Gateway.Api;

/// <summary>Errors of the API: problem details with a stable code (RFC 9457).</summary>
internal static class Problems
{
    private const int MostErrors = 20;

    /// <summary>The request is wrong at one named place.</summary>
    public static IResult Invalid(string field, string text) => Of(400, "invalid-request", text, field);

    /// <summary>The request's body is wrong; every fault is named.</summary>
    public static IResult Invalid(IReadOnlyList<JsonFault> faults)
    {
        var first = faults[0];
        return new Problem(new(TypeOf("invalid-request"), TitleOf(400), 400, first.ToString(), "invalid-request")
        {
            Field = first.Path.Length == 0 ? "body" : first.Path,
            Errors = faults.Count == 1 ? null : [.. faults.Take(MostErrors).Select(fault => new ProblemFault(fault.Path, fault.Text))],
        });
    }

    /// <summary>The engine did not take it.</summary>
    public static IResult Of(Refusal refusal)
    {
        var (status, code) = RefusalWords.Of(refusal.Code);
        return Of(status, code, refusal.Text, refusal.Field, refusal.Session?.Value);
    }

    /// <summary>A change of the terminals was not made.</summary>
    public static IResult Of(NoChange not) => not switch
    {
        NoChange.Refused refused => Of(refused.Refusal),
        NoChange.AddressInUse taken => Of(
            409, "address-in-use", $"{taken.Place} is the terminal '{taken.By}' already, and one device has one owner. "
                + $"Use '{taken.By}', or change or delete it first.", "uri"),
        NoChange.TooMany full => Of(
            409, "too-many-terminals", $"At most {full.Most} terminals can be configured (limits.terminals); delete one first."),
        NoChange.NotKept { IsLive: true } live => Of(
            507, "terminals-not-kept", "The change works now and is lost at the next start, because terminals.json could not be "
                + $"written and a session began meanwhile: {live.Why} Send it again when that is cured."),
        NoChange.NotKept none => Of(
            507, "terminals-not-kept", $"Nothing was changed, because terminals.json could not be written: {none.Why} "
                + "Send it again when that is cured."),
        _ => throw new InvalidOperationException(not.GetType().Name),
    };

    /// <summary>There is nothing of that name.</summary>
    public static IResult NotFound(string what) => Of(404, "not-found", what);

    /// <summary>There are as many requests that stay as there may be.</summary>
    public static IResult TooManyHeld(HttpContext context, string text)
    {
        context.Response.Headers.RetryAfter = "5";
        return Of(429, "too-many-listeners", text);
    }

    /// <summary>Any other problem.</summary>
    public static IResult Of(int status, string code, string detail, string? field = null, string? session = null) =>
        new Problem(new(TypeOf(code), TitleOf(status), status, detail, code) { Field = field, Session = session });

    /// <summary>The problem for a status that was set without a body, such as an unknown route.</summary>
    public static IResult? ForBareStatus(HttpContext context) => context.Response.StatusCode switch
    {
        404 => NotFound($"There is no '{Shorten(context.Request.Path)}' here; the routes stand in /openapi/v1.json."),
        405 => Of(405, "method-not-allowed", $"{Shorten(context.Request.Method)} is not possible here."),
        _ => null,
    };

    private static string Shorten(string text) => text.Length > 100 ? text[..100] + "…" : text;

    private static string TypeOf(string code) => $"urn:tillbridge:problem:{code}";

    private static string TitleOf(int status) => status switch
    {
        400 => "The request is wrong",
        401 => "No valid API key",
        403 => "Not allowed from there",
        404 => "Not found",
        405 => "Method not allowed",
        406 => "No such form",
        409 => "Not now",
        413 => "The body is too large",
        415 => "Unknown content type",
        422 => "The terminal cannot do this",
        429 => "Too many requests",
        503 => "Not reachable",
        507 => "It cannot be kept",
        _ => "Internal error",
    };

    private sealed class Problem(ProblemView view) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            // The gate tells the log what was refused.
            httpContext.Features.Set(view);
            httpContext.Response.StatusCode = view.Status;
            httpContext.Response.ContentType = "application/problem+json";
            var json = JsonSerializer.SerializeToUtf8Bytes(view, ProblemJson.Default.ProblemView);
            return httpContext.Response.Body.WriteAsync(json, httpContext.RequestAborted).AsTask();
        }
    }
}
