using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Gateway.Api.Requests;
using Tillbridge.Gateway.Reading;
using Tillbridge.Gateway.Settings;
using Tillbridge.Journal;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Fuzz.Parsers;

/// <summary>What callers send besides an order: a terminal's entry, parameters, headers.</summary>
internal static class HttpParsers
{
    // The server takes no more.
    private const int MostHeaders = 100;

    private static readonly string[] Offered = ["text/plain", "text/html", "application/json"];

    public static IReadOnlyList<ProtocolParser> All { get; } =
    [
        new BytesParser("gateway/terminal-body", ReadTerminal),
        new TextParser<SessionQuery>("gateway/query", ReadQuery),
        new TextParser<object>("gateway/headers", ReadHeaders),
    ];

    private static TerminalEntry? ReadTerminal(byte[] utf8)
    {
        var faults = new List<JsonFault>();
        if (JsonFields.Parse(utf8, faults) is not { } fields) return null;
        var reader = new SettingsReader(ProtocolCatalog.ByName, StoppedClock.Instance, GatewayParsers.Nowhere) { IsFromOutside = true };
        var entry = reader.ReadTerminal("till-1", fields.Without("name", "protocol", "state"), "");
        return faults.Count == 0 ? entry : null;
    }

    // The list of sessions has the most parameters.
    private static SessionQuery? ReadQuery(string text)
    {
        var query = new QueryFields(new QueryCollection(QueryHelpers.ParseQuery(text)));
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
        query.Whole("wait", 0, int.MaxValue);
        query.Whole("after", 0, long.MaxValue);
        return query.Finish() is null ? asked : null;
    }

    // Lines "Name: value", as they stand in a request.
    private static object? ReadHeaders(string text)
    {
        var context = new DefaultHttpContext();
        foreach (var line in text.Split('\n').Take(MostHeaders))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0) context.Request.Headers.Append(line[..colon], line[(colon + 1)..].Trim());
        }

        var key = RequestHeaders.IdempotencyKey(context, out var wrong);
        var wait = RequestHeaders.PreferredWait(context);
        Invariant.Holds(wait is null or (>= 0 and <= RequestHeaders.MostWaitSeconds), "a wait is capped");
        var negotiated = RequestHeaders.Negotiate(context, Offered);
        return wrong is null ? (key, wait, negotiated) : null;
    }
}
