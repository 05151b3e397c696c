using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tillbridge.Domain;
using Tillbridge.Gateway.Api.Requests;
using Tillbridge.Gateway.Reading;
using Tillbridge.Gateway.Security;
using Tillbridge.Gateway.Settings;
using Tillbridge.Sessions;

namespace Tillbridge.Gateway.Api;

/// <summary>The terminals: configuration, live state, connection tests, and scripts where they are virtual.</summary>
internal sealed class TerminalsApi(ApiParts parts)
{
    private const int TestSeconds = 60;

    // As many as a gateway has usually, so that one page is all of them.
    private const int MostListed = 1000;

    private static readonly Dictionary<string, RequestKind> Tests = new(StringComparer.Ordinal)
    {
        ["terminal"] = RequestKind.Status, ["acquirer"] = RequestKind.Diagnosis,
    };

    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/terminals", Answers.Endpoint(List));
        routes.MapGet("/v1/terminals/{name}", Answers.Endpoint(Show));
        routes.MapPut("/v1/terminals/{name}", Answers.Endpoint(Put));
        routes.MapDelete("/v1/terminals/{name}", Answers.Endpoint(Delete));
        routes.MapPost("/v1/terminals/{name}/test", Answers.Endpoint(Test));
        if (parts.Parts.Scripts.Count > 0) routes.MapPut("/v1/terminals/{name}/script", Answers.Endpoint(PutScript));
    }

    /// <summary>The terminals behind a name as they are now; null begins at the first.</summary>
    public static TerminalListView ViewBehind(ApiParts parts, string? cursor, int limit)
    {
        var names = parts.Roster.Names;
        var page = names.SkipWhile(name => cursor is not null && string.CompareOrdinal(name, cursor) <= 0).Take(limit + 1).ToList();
        var states = parts.Terminals.States.ToDictionary(state => state.Name, StringComparer.Ordinal);
        var views = page.Take(limit)
            .Select(parts.Roster.Find).OfType<TerminalEntry>()
            .Select(entry => View(entry, states.GetValueOrDefault(entry.Name)));
        return new([.. views], page.Count > limit ? page[limit - 1] : null);
    }

    private static TerminalView View(TerminalEntry entry, TerminalState? state) => new()
    {
        Name = entry.Name,
        Uri = entry.Settings.Address.ToString(),
        Protocol = entry.Settings.Address.Protocol,
        Dialect = entry.Settings.Driver.Dialect,
        Currency = entry.Settings.Driver.Currency,
        Password = entry.PasswordReference,
        StrictUnknown = entry.Settings.StrictUnknown,
        AnswerLimit = entry.Settings.Driver.AnswerLimit?.TotalSeconds,
        RecoveryLimit = entry.Settings.RecoveryLimit?.TotalSeconds,
        Merchants = entry.Merchants,
        State = new(ConditionOf(state), state?.Current?.Value, state?.Unresolved ?? 0, state?.LastHeard),
    };

    private static string ConditionOf(TerminalState? state) => state switch
    {
        { JournalFailed: true } => "journalFailed",
        { Current: not null } => "busy",
        { Unresolved: > 0 } => "unresolved",
        _ => "idle",
    };

    private static string NameOf(HttpContext context) => (string)context.Request.RouteValues["name"]!;

    private Task<IResult> List(HttpContext context)
    {
        var query = new QueryFields(context.Request.Query);
        var (cursor, limit) = (query.Text("cursor"), (int)(query.Whole("limit", 1, MostListed) ?? MostListed));
        return Task.FromResult(query.Finish() ?? Answers.Json(ViewBehind(parts, cursor, limit), ApiJson.Default.TerminalListView));
    }

    private Task<IResult> Show(HttpContext context) => Task.FromResult(ShowNow(NameOf(context), 200));

    private IResult ShowNow(string name, int status) =>
        parts.Roster.Find(name) is { } entry
            ? Answers.Json(
                View(entry, parts.Terminals.States.FirstOrDefault(state => state.Name == name)), ApiJson.Default.TerminalView, status)
            : Problems.NotFound("There is no terminal of that name.");

    private async Task<IResult> Put(HttpContext context)
    {
        var name = NameOf(context);
        var body = await RequestBody.Read(context);
        if (body.Fields is not { } fields) return body.Problem!;
        var reader = new SettingsReader(parts.Parts.Protocols, parts.Parts.Clock, parts.Settings.Directory) { IsFromOutside = true };
        // What GET answers may be sent back as it is: its name and state are not configuration.
        var written = fields.Without("name", "protocol", "state");
        var entry = reader.ReadTerminal(name, written, "");
        if (entry is null || body.Faults.Count > 0) return Problems.Invalid([.. body.Faults, .. reader.Faults]);
        if (BusyWith(name) is { } busy) return busy;
        var isNew = parts.Roster.Find(name) is null;
        return await parts.Roster.Put(entry, written, parts.Stopping) is { } refusal
            ? Problems.Of(refusal)
            : ShowNow(name, isNew ? 201 : 200);
    }

    private async Task<IResult> Delete(HttpContext context)
    {
        var name = NameOf(context);
        if (BusyWith(name) is { } busy) return busy;
        return await parts.Roster.Remove(name, parts.Stopping) is { } refusal ? Problems.Of(refusal) : Answers.Nothing;
    }

    private IResult? BusyWith(string name) =>
        parts.Terminals.States.FirstOrDefault(state => state.Name == name)?.Current is { } open
            ? Problems.Of(409, "terminal-busy", "The terminal has an open session; change it when that is closed.", session: open.Value)
            : null;

    private async Task<IResult> Test(HttpContext context)
    {
        var name = NameOf(context);
        if (parts.Roster.Find(name) is null) return Problems.NotFound("There is no terminal of that name.");
        var body = await RequestBody.Read(context, optional: true);
        if (body.Fields is not { } fields) return body.Problem!;
        var kind = fields.Choice("what", Tests) ?? RequestKind.Status;
        fields.Finish();
        if (body.Faults.Count > 0) return Problems.Invalid(body.Faults);
        using var place = parts.Held.Waits.Take(HeldRequests.CallerOf(context));
        if (place is null) return Problems.TooManyHeld(context, "Too many callers wait for sessions; try again later.");
        var submission = await parts.Terminals.Submit(new Order(name, new TerminalRequest(kind)), parts.Stopping);
        if (submission.Session is not { } session) return Problems.Of(submission.Refusal!);
        session = await parts.Await(session.Id, TestSeconds, context.RequestAborted) ?? session;
        var view = SessionView.From(session);
        var what = Tests.First(pair => pair.Value == kind).Key;
        var answer = new TestView(what, session.Outcome is Outcome.Approved, view.Outcome, view.Reason, view.Message, view);
        return Answers.Json(answer, ApiJson.Default.TestView);
    }

    private async Task<IResult> PutScript(HttpContext context)
    {
        if (!parts.Parts.Scripts.TryGetValue(NameOf(context), out var scripts))
            return Problems.NotFound("There is no virtual terminal of that name here.");
        if (await RequestBody.ReadBytes(context) is not { } bytes)
            return Problems.Of(413, "too-large", $"The body may have at most {RequestBody.MostBytes} bytes.");
        try
        {
            scripts.ReplaceFromJson(Encoding.UTF8.GetString(bytes));
            return Answers.Nothing;
        }
        catch (ArgumentException wrong)
        {
            return Problems.Invalid("body", wrong.Message);
        }
    }
}
