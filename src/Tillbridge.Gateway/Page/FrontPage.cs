using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tillbridge.Gateway.Api;
using Tillbridge.Journal;

namespace Tillbridge.Gateway.Page;

/// <summary>One page for a person: the terminals and the last sessions, fresh every five seconds, without scripts.</summary>
internal sealed class FrontPage(ApiParts parts)
{
    private const int MostSessions = 20;
    private const int MostTerminals = 500;

    private const string Head = """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>Tillbridge</title><style>
        body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 72em; padding: 0 1em; color: #1a1f24 }
        table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .35em .7em; border-bottom: 1px solid #d8dde2 }
        th { font-weight: 600; color: #555e66 } td.number { text-align: right; font-variant-numeric: tabular-nums }
        .approved { color: #0a6b2f } .declined, .cancelled, .failed { color: #6b4a00 } .open { color: #0b4f8a }
        tr.unknown td { background: #b3001b; color: #fff; font-weight: 600 } code { font-size: 90% }
        </style></head><body><h1>Tillbridge</h1>

        """;

    /// <summary>Adds the route.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/", Answers.Endpoint(Show));

    private async Task<IResult> Show(HttpContext context)
    {
        var page = await parts.Journal.Query(new SessionQuery { Limit = MostSessions }, context.RequestAborted);
        var html = new StringBuilder(Head);
        WriteTerminals(html, TerminalsApi.ViewBehind(parts, null, MostTerminals).Terminals, parts.Roster.Names.Count);
        WriteSessions(html, [.. page.Sessions.Select(session => SessionView.From(session, "en"))]);
        foreach (var row in page.Damaged) html.Append($"<p><strong>{WebUtility.HtmlEncode($"{row.Id}: {row.Why}")}</strong></p>\n");
        html.Append("<p>The same as JSON: <code>/v1/terminals</code>, <code>/v1/sessions</code>; ")
            .Append("all routes: <code>/openapi/v1.json</code>.</p>");
        return Answers.Text(html.Append("</body></html>\n").ToString(), "text/html");
    }

    private static void WriteTerminals(StringBuilder html, IReadOnlyList<TerminalView> terminals, int all)
    {
        html.Append("<h2>Terminals</h2>\n<table><tr><th>Name</th><th>Address</th><th>State</th>")
            .Append("<th>Unresolved</th><th>Last heard</th></tr>\n");
        foreach (var terminal in terminals)
        {
            html.Append(terminal.State.Unresolved > 0 ? "<tr class=\"unknown\">" : "<tr>");
            var state = terminal.State;
            Cells(html, terminal.Name, terminal.Uri, state.Condition, $"{state.Unresolved}", Time(state.LastHeard));
            html.Append("</tr>\n");
        }

        html.Append("</table>\n");
        if (all > terminals.Count) html.Append($"<p>The first {terminals.Count} of {all} terminals.</p>\n");
    }

    private static void WriteSessions(StringBuilder html, IReadOnlyList<SessionView> sessions)
    {
        html.Append("<h2>Last sessions</h2>\n<table><tr><th>Time (UTC)</th><th>Terminal</th><th>Kind</th><th>Amount</th>")
            .Append("<th>Approved</th><th>Outcome</th><th>What it means</th><th>Session</th></tr>\n");
        foreach (var session in sessions)
        {
            html.Append($"<tr class=\"{session.Outcome ?? "open"}\">");
            Cells(html, Time(session.CreatedAt), session.Terminal, session.Kind, Amount(session.Amount), Amount(session.ApprovedAmount),
                session.Outcome ?? session.Phase, session.Message ?? "", session.Id);
            html.Append("</tr>\n");
        }

        html.Append(sessions.Count == 0 ? "<tr><td colspan=\"8\">None yet.</td></tr></table>\n" : "</table>\n");
    }

    private static void Cells(StringBuilder html, params ReadOnlySpan<string> texts)
    {
        foreach (var text in texts) html.Append("<td>").Append(WebUtility.HtmlEncode(VisibleText.Line(text))).Append("</td>");
    }

    private static string Time(DateTimeOffset? moment) =>
        moment is { } known ? known.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss") : "never";

    private static string Amount(MoneyView? amount) =>
        amount is null ? "" : new Domain.Money(amount.MinorUnits, Domain.Currency.Of(amount.Currency)).ToString();
}
