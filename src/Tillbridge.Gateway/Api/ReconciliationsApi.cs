using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tillbridge.Domain;
using Tillbridge.Gateway.Api.Periods;
using Tillbridge.Gateway.Api.Requests;
using Tillbridge.Journal;

namespace Tillbridge.Gateway.Api;

/// <summary>Closes of periods: the terminal's totals beside the journal's.</summary>
internal sealed class ReconciliationsApi(ApiParts parts)
{
    /// <summary>Adds the route.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/v1/reconciliations", Answers.Endpoint(List));

    private async Task<IResult> List(HttpContext context)
    {
        var query = new QueryFields(context.Request.Query);
        var asked = new SessionQuery
        {
            Kind = RequestKind.Reconciliation,
            Terminal = query.Text("terminal"),
            From = query.Moment("from"),
            To = query.Moment("to"),
            Cursor = query.Text("cursor"),
            Limit = (int)(query.Whole("limit", 1, 100) ?? 20),
        };
        if (query.Finish() is { } wrong) return wrong;
        try
        {
            var page = await parts.Journal.Query(asked, context.RequestAborted);
            var views = new List<ReconciliationView>();
            foreach (var close in page.Sessions) views.Add(await View(close, context.RequestAborted));
            return Answers.Json(new ReconciliationListView(views, page.Cursor), ApiJson.Default.ReconciliationListView);
        }
        catch (ArgumentException) when (asked.Cursor is not null)
        {
            return Problems.Invalid("cursor", "This is no cursor of an earlier page.");
        }
    }

    private async Task<ReconciliationView> View(Session close, CancellationToken gone)
    {
        var (from, period, damaged) = await ClosedPeriod.Before(parts.Journal, close, gone);
        var theirs = close.Conclusion?.Totals;
        var (ours, earlier) = theirs is null ? (PeriodTotals.Of(period), null) : PeriodTotals.Of(period, theirs);
        // What the journal cannot tell is a difference, whatever the sums without it say.
        List<DifferenceView> differences = theirs is null
            ? []
            : [.. damaged.Select(row => new DifferenceView("damaged", null, row.Id, row.Why)), .. ours.DifferencesTo(theirs)];
        return new()
        {
            Session = SessionView.From(close),
            PeriodFrom = from,
            PeriodTo = close.CreatedAt,
            TerminalTotals = TotalsView.From(theirs),
            JournalTotals = JournalTotalsView.From(ours),
            BeforeTerminalClose = earlier is null ? null : JournalTotalsView.From(earlier),
            Agrees = theirs is null ? null : differences.Count == 0,
            Differences = differences,
        };
    }
}
