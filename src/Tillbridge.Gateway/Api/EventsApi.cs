using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tillbridge.Domain;
using Tillbridge.Gateway.Api.Requests;
using Tillbridge.Gateway.Security;
using Tillbridge.Journal;

namespace Tillbridge.Gateway.Api;

/// <summary>
/// Server-sent events. The journal is their only source: an event's id is its record's sequence number, so a listener
/// that comes back with the last id it saw misses nothing, whatever happened to connection or process.
/// </summary>
internal sealed class EventsApi(ApiParts parts)
{
    private const int PageSize = 200;

    // Proxies close connections that are silent for 30 to 60 s.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/events", Answers.Endpoint(All));
        routes.MapGet("/v1/sessions/{id}/events", Answers.Endpoint(OfSession));
    }

    private Task<IResult> All(HttpContext context)
    {
        var after = ReadPosition(context, out var wrong);
        return Task.FromResult(wrong ?? Listen(context, null, after ?? parts.Journal.LastSequence));
    }

    private async Task<IResult> OfSession(HttpContext context)
    {
        var after = ReadPosition(context, out var wrong);
        if (wrong is not null) return wrong;
        var (session, problem) = await SessionsApi.Named(parts, context);
        if (session is null) return problem!;
        var more = await parts.Journal.RecordsAfter(after ?? 0, session.Id, 1, withFrames: false, context.RequestAborted);
        // 204 is how a browser's EventSource is told not to come back after the end.
        if (session.Phase is SessionPhase.Closed && more.Count == 0) return Answers.Nothing;
        return Listen(context, session.Id, after ?? 0);
    }

    private IResult Listen(HttpContext context, SessionId? only, long after) =>
        parts.Held.Listeners.Take(HeldRequests.CallerOf(context)) is { } place
            ? new Stream(parts, only, after, place)
            : Problems.TooManyHeld(context, "Too many listeners, in all or from this address (limits.connections); try again later.");

    // The header is what a browser sends by itself; the parameter is for the first connection.
    private static long? ReadPosition(HttpContext context, out IResult? wrong)
    {
        var query = new QueryFields(context.Request.Query);
        var after = query.Whole("after", 0, long.MaxValue);
        wrong = query.Finish();
        if (context.Request.Headers["Last-Event-ID"] is not [{ Length: > 0 } text]) return after;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var last)) return last;
        wrong ??= Problems.Invalid("Last-Event-ID", "This must be the id of an event: a whole number.");
        return null;
    }

    private sealed class Stream(ApiParts parts, SessionId? only, long after, IDisposable place) : IResult
    {
        private long position = after;

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            using var held = place;
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, parts.Stopping);
            var response = httpContext.Response;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-store";
            response.Headers["X-Accel-Buffering"] = "no";
            try
            {
                // A first line at once, so that the caller knows that it is heard.
                await Write(response, ": listening\n\n", stop.Token);
                await Follow(response, stop.Token);
            }
            catch (OperationCanceledException)
            {
                // The listener left or the gateway stops; both come back by id.
            }
        }

        private async Task Follow(HttpResponse response, CancellationToken stop)
        {
            using var watch = parts.Feed.Watch(only);
            while (true)
            {
                // Both are read before the records: what they promise is then surely among the records.
                var seen = watch.Times;
                var ended = only is { } id && await parts.Terminals.Find(id, stop) is { Phase: SessionPhase.Closed };
                var records = only is { } one
                    ? await parts.Journal.RecordsAfter(position, one, PageSize, withFrames: false, stop)
                    : await parts.Feed.After(position, PageSize, stop);
                foreach (var record in records) await Send(response, record, stop);
                if (records.Count == PageSize) continue;
                if (ended) return;
                await Beat(response, watch.Beyond(seen, stop), stop);
            }
        }

        private async Task Send(HttpResponse response, JournalRecord record, CancellationToken stop)
        {
            position = record.Sequence;
            var session = record.Kind is RecordKind.Progress or RecordKind.Concluded ? await parts.Feed.SessionOf(record) : null;
            if (EventView.From(record, session, parts.Parts.Protocols) is not { } view) return;
            await Write(response, $"id: {view.Id}\nevent: {view.Event}\ndata: {view.Json}\n\n", stop);
        }

        private async Task Beat(HttpResponse response, Task more, CancellationToken stop)
        {
            while (true)
            {
                using var quiet = CancellationTokenSource.CreateLinkedTokenSource(stop);
                var beat = Task.Delay(Heartbeat, parts.Parts.Clock, quiet.Token);
                var first = await Task.WhenAny(more, beat);
                await quiet.CancelAsync();
                if (first == more)
                {
                    await more;
                    return;
                }

                stop.ThrowIfCancellationRequested();
                await Write(response, ": still here\n\n", stop);
            }
        }

        private static async Task Write(HttpResponse response, string text, CancellationToken stop)
        {
            await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), stop);
            await response.Body.FlushAsync(stop);
        }
    }
}
