using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Gateway.Api.Requests;
using Tillbridge.Gateway.Reading;
using Tillbridge.Gateway.Receipts;
using Tillbridge.Sessions;

namespace Tillbridge.Gateway.Api;

/// <summary>What a session leaves behind: its receipts and its story.</summary>
internal sealed class PaperApi(ApiParts parts)
{
    private const string Plain = "text/plain";
    private const string Html = "text/html";
    private const string EscPos = "application/vnd.escpos";
    private const int PageSize = 1000;

    private static readonly string[] Forms = [Plain, Html, EscPos];

    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/sessions/{id}/receipt", Answers.Endpoint(ShowReceipt));
        routes.MapGet("/v1/sessions/{id}/timeline", Answers.Endpoint(ShowTimeline));
    }

    private async Task<IResult> ShowReceipt(HttpContext context)
    {
        var query = new QueryFields(context.Request.Query);
        var copy = query.Choice<ReceiptAudience>("copy") ?? ReceiptAudience.Cardholder;
        var table = query.Choice<EscPosTable>("codePage");
        if (query.Finish() is { } wrong) return wrong;
        var (session, problem) = await SessionsApi.Named(parts, context);
        if (session is null) return problem!;
        if (RequestHeaders.Negotiate(context, Forms) is not { } form)
            return Problems.Of(406, "not-acceptable", $"A receipt comes as {string.Join(", ", Forms)}.", "Accept");
        var slips = Slips.Of(session, copy);
        if (slips.Count == 0) return Problems.NotFound($"This session has no receipt for: {Words<ReceiptAudience>.Of(copy)}.");
        return form switch
        {
            EscPos => Answers.Raw([.. slips.SelectMany(slip => EscPosReceipt.Render(slip, table))], EscPos),
            Html => Answers.Text(HtmlReceipt.Render(OnOnePage(slips)), Html),
            _ => Answers.Text(TextReceipt.Render(OnOnePage(slips)), Plain),
        };
    }

    private static Receipt OnOnePage(IReadOnlyList<Receipt> slips) => slips[0] with
    {
        Lines = [.. slips.SelectMany((slip, index) => index == 0 ? slip.Lines : [new(""), new(""), .. slip.Lines])],
    };

    private async Task<IResult> ShowTimeline(HttpContext context)
    {
        var query = new QueryFields(context.Request.Query);
        var after = query.Whole("after", 0, long.MaxValue) ?? 0;
        if (query.Finish() is { } wrong) return wrong;
        var (session, problem) = await SessionsApi.Named(parts, context);
        if (session is null) return problem!;
        var records = await parts.Journal.RecordsAfter(after, session.Id, PageSize, withFrames: true, context.RequestAborted);
        var lines = records.Select(record => new TimelineRecord(
            record.Sequence, record.At, Words<Journal.RecordKind>.Of(record.Kind),
            JsonElement.Parse(FrameText.BodyOf(record, ProtocolCatalog.ByName)), record.Hash));
        long? next = records.Count == PageSize ? records[^1].Sequence : null;
        return Answers.Json(new TimelineView(SessionView.From(session), [.. lines], next), ApiJson.Default.TimelineView);
    }
}
