using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tillbridge.Domain;
using Tillbridge.Gateway.Api.Requests;
using Tillbridge.Gateway.Reading;
using Tillbridge.Gateway.Security;
using Tillbridge.Journal;
using Tillbridge.Sessions;

namespace Tillbridge.Gateway.Api;

/// <summary>Starting sessions, reading them, and the three things that a person can do to one.</summary>
internal sealed class SessionsApi(ApiParts parts)
{
    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/sessions", Answers.Endpoint(Start));
        routes.MapGet("/v1/sessions", Answers.Endpoint(List));
        routes.MapGet("/v1/sessions/{id}", Answers.Endpoint(Show));
        routes.MapPost("/v1/sessions/{id}/abort", Answers.Endpoint(Abort));
        routes.MapPost("/v1/sessions/{id}/displace", Answers.Endpoint(Displace));
        routes.MapPost("/v1/sessions/{id}/confirm", Answers.Endpoint(Confirm));
        routes.MapPost("/v1/sessions/{id}/resolve", Answers.Endpoint(Resolve));
    }

    /// <summary>The session that a route names, or the problem.</summary>
    public static async Task<(Session? Session, IResult? Problem)> Named(ApiParts parts, HttpContext context)
    {
        var text = context.Request.RouteValues["id"] as string;
        var session = SessionId.TryParse(text) is { } id ? await parts.Terminals.Find(id, context.RequestAborted) : null;
        return session is null ? (null, Problems.NotFound("There is no session of that id.")) : (session, null);
    }

    private async Task<IResult> Start(HttpContext context)
    {
        var key = RequestHeaders.IdempotencyKey(context, out var wrongKey);
        if (wrongKey is not null) return wrongKey;
        var body = await RequestBody.Read(context);
        if (body.Fields is not { } fields) return body.Problem!;
        if (SessionBody.Read(fields, body.Faults) is not { } asked) return Problems.Invalid(body.Faults);
        if (key is null && asked.Request.Kind.MovesMoney())
        {
            return Problems.Invalid("Idempotency-Key", "Everything that moves money needs the header Idempotency-Key: a text of " +
                "your own per payment. Sent again with the same key, the request gives the same session and is not charged twice.");
        }

        var (terminal, unrouted) = parts.Settings.Routing.Choose(
            asked.Terminal, asked.Workstation, asked.User, parts.Roster.Names);
        if (terminal is null) return Problems.Invalid([unrouted!]);
        if (parts.Roster.Find(terminal) is { Merchants: { } merchants } && asked.Request.Merchant is { } merchant
            && !merchants.ContainsKey(merchant.ToString()))
        {
            return Problems.Invalid("merchant", $"The terminal serves the merchants {string.Join(", ", merchants.Keys)}.");
        }

        var order = new Order(terminal, asked.Request) { Key = key, Metadata = asked.Metadata };
        var submission = await parts.Terminals.Submit(order, parts.Stopping);
        return submission.Session is { } session
            ? await AnswerStart(context, session, submission.IsReplay)
            : Problems.Of(submission.Refusal!);
    }

    private async Task<IResult> AnswerStart(HttpContext context, Session session, bool isReplay)
    {
        if (RequestHeaders.PreferredWait(context) is { } seconds
            && parts.Held.Payments.Take(HeldRequests.CallerOf(context)) is { } place)
        {
            using var held = place;
            context.Response.Headers["Preference-Applied"] = $"wait={seconds}";
            session = await AwaitAccepted(session, seconds, context.RequestAborted);
            // Nothing has left and the caller waited for it: a plain refusal, with the session for who wants to look.
            if (session.Conclusion is { Outcome: Outcome.Failed, Reason: Reason.TerminalUnreachable } end)
            {
                var sentence = Domain.Messages.Messages.ForConclusion(end, session.Request.Kind, session.Request.Language);
                var text = $"{sentence} This key is used up by the attempt; a new attempt needs a new Idempotency-Key.";
                return Problems.Of(503, "terminal-unreachable", text, session: session.Id.Value);
            }
        }

        context.Response.Headers.Location = $"/v1/sessions/{session.Id}";
        return Answers.Json(SessionView.From(session), ApiJson.Default.SessionView, isReplay ? 200 : 201);
    }

    // The order is accepted and runs: trouble while waiting must not look like an order that was not taken.
    private async Task<Session> AwaitAccepted(Session session, int seconds, CancellationToken aborted)
    {
        try
        {
            return await parts.Await(session.Id, seconds, aborted) ?? session;
        }
        catch (Exception trouble) when (trouble is JournalException or ObjectDisposedException)
        {
            return session;
        }
    }

    private async Task<IResult> Show(HttpContext context)
    {
        var query = new QueryFields(context.Request.Query);
        var wait = query.Whole("wait", 0, int.MaxValue);
        if (query.Finish() is { } wrong) return wrong;
        var (session, problem) = await Named(parts, context);
        if (session is null) return problem!;
        // Who finds no place to wait in is told how it stands now, as after a wait that was too short.
        if (wait is { } seconds && session.Phase is not SessionPhase.Closed
            && parts.Held.Waits.Take(HeldRequests.CallerOf(context)) is { } place)
        {
            using var held = place;
            var capped = (int)Math.Min(seconds, RequestHeaders.MostWaitSeconds);
            session = await parts.Await(session.Id, capped, context.RequestAborted) ?? session;
        }

        return Answers.Json(SessionView.From(session), ApiJson.Default.SessionView);
    }

    private async Task<IResult> List(HttpContext context)
    {
        var query = new QueryFields(context.Request.Query);
        var asked = new SessionQuery
        {
            Terminal = query.Text("terminal"),
            Outcome = query.Choice<Outcome>("outcome"),
            Phase = query.Choice<SessionPhase>("phase"),
            Kind = query.Choice<RequestKind>("kind"),
            Reference = query.Text("reference"),
            From = query.Moment("from"),
            To = query.Moment("to"),
            Cursor = query.Text("cursor"),
            Limit = (int)(query.Whole("limit", 1, 1000) ?? 50),
        };
        if (query.Finish() is { } wrong) return wrong;
        try
        {
            var page = await parts.Journal.Query(asked, context.RequestAborted);
            var view = new SessionListView([.. page.Sessions.Select(session => SessionView.From(session))], page.Cursor)
            {
                Damaged = page.Damaged.Count == 0 ? null : [.. page.Damaged.Select(row => new DamagedView(row.Id, row.Why))],
            };
            return Answers.Json(view, ApiJson.Default.SessionListView);
        }
        catch (ArgumentException) when (asked.Cursor is not null)
        {
            return Problems.Invalid("cursor", "This is no cursor of an earlier page.");
        }
    }

    private Task<IResult> Abort(HttpContext context) => Act(
        context, 202, AbortBody.Read, (id, asked) => parts.Terminals.Abort(id, asked.By, parts.Stopping));

    private Task<IResult> Displace(HttpContext context) => Act(
        context, 202, AbortBody.Read, (id, asked) => parts.Terminals.Displace(id, asked.By, parts.Stopping));

    private Task<IResult> Confirm(HttpContext context) => Act(
        context, 202, ConfirmBody.Read, (id, asked) => parts.Terminals.Confirm(id, asked.Commit, asked.By, parts.Stopping));

    private Task<IResult> Resolve(HttpContext context) => Act(
        context, 200, ResolveBody.Read,
        (id, asked) => parts.Terminals.Resolve(id, asked.Outcome, asked.By, asked.Note, parts.Stopping));

    // The three actions differ only in what they read and call; the answer is always the session as it then stands.
    private async Task<IResult> Act<T>(
        HttpContext context, int status, Func<JsonFields, List<JsonFault>, T?> read, Func<SessionId, T, Task<Refusal?>> call)
        where T : class
    {
        var (session, missing) = await Named(parts, context);
        if (session is null) return missing!;
        var body = await RequestBody.Read(context, optional: true);
        if (body.Fields is not { } fields) return body.Problem!;
        if (read(fields, body.Faults) is not { } asked) return Problems.Invalid(body.Faults);
        if (await call(session.Id, asked) is { } refusal) return Problems.Of(refusal);
        var after = await parts.Terminals.Find(session.Id, context.RequestAborted) ?? session;
        return Answers.Json(SessionView.From(after), ApiJson.Default.SessionView, status);
    }
}
