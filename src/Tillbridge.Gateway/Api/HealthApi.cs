using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tillbridge.Gateway.Api;

/// <summary>Is it alive, can it take money sessions, what has it counted, and how is it called.</summary>
internal sealed class HealthApi(ApiParts parts, Metrics metrics)
{
    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", Answers.Endpoint(_ => Task.FromResult(Healthy([]))));
        routes.MapGet("/health/ready", Answers.Endpoint(Ready));
        routes.MapGet("/metrics", Answers.Endpoint(ShowMetrics));
        routes.MapGet("/openapi/v1.json", Answers.Endpoint(_ => Task.FromResult(Answers.Raw(OpenApi.Document, "application/json"))));
    }

    private static IResult Healthy(List<string> faults, IReadOnlyList<string>? damage = null)
    {
        // What is damaged by itself keeps nobody from paying, and is not passed over either.
        var word = faults.Count > 0 ? "failed" : damage is { Count: > 0 } ? "degraded" : "ok";
        return Answers.Json(
            new HealthView(word, [.. faults, .. damage ?? []]), ApiJson.Default.HealthView, faults.Count == 0 ? 200 : 503);
    }

    private Task<IResult> Ready(HttpContext context)
    {
        var faults = parts.Terminals.States
            .Where(state => state.JournalFailed)
            .Select(state => $"The journal cannot write for the terminal '{state.Name}'; look at the disk of {parts.Settings.Data}.")
            .ToList();
        var journal = parts.JournalHealth();
        if (!journal.TakesSessions) faults.AddRange(journal.Faults);
        if (parts.Stopping.IsCancellationRequested) faults.Add("The gateway is stopping.");
        return Task.FromResult(Healthy(faults, journal.TakesSessions ? journal.Faults : null));
    }

    private async Task<IResult> ShowMetrics(HttpContext context) =>
        Answers.Text(await metrics.Write(parts, context.RequestAborted), "text/plain; version=0.0.4");
}
