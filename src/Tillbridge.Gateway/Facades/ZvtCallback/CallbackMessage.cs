using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Tillbridge.Domain;
using Tillbridge.Domain.Messages;
using Tillbridge.Gateway.Api;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Facades.ZvtCallback;

/// <summary>A message as it leaves: number and bytes.</summary>
/// <param name="SessionId">Which command it belongs to.</param>
/// <param name="Sequence">Its number in that command, from 1.</param>
/// <param name="Body">JSON.</param>
internal sealed record CallbackEnvelope(string SessionId, int Sequence, ReadOnlyMemory<byte> Body);

/// <summary>Who a message is about.</summary>
/// <param name="Command">The command as sent.</param>
/// <param name="SessionId">The id that the client was given.</param>
/// <param name="Terminal">The terminal's name.</param>
internal sealed record CallbackSubject(string Command, string SessionId, string Terminal);

/// <summary>Writes callback messages (reference §4): six fields of old, then ours.</summary>
internal sealed class CallbackMessage(CallbackSettings settings, CallbackText text)
{
    private const int MostLines = 400;
    private const int MostColumns = 80;
    private const int MostBytes = 256 * 1024; // Reference §11.
    private const string FormFeed = "\f";

    /// <summary>More follows.</summary>
    public CallbackEnvelope Progress(CallbackSubject about, int sequence, string code, string? words, bool success) =>
        Write(about, sequence, success, words, isIntermediate: true, code, end: null, fields: null);

    /// <summary>The answer to a query: the only message, or the end of a pair.</summary>
    public CallbackEnvelope Answer(
        CallbackSubject about, int sequence, bool success, string? words, string code, bool isIntermediate = false, bool more = false) =>
        Write(about, sequence, success, words, isIntermediate, code, end: null, more ? json => json.WriteBoolean("More", true) : null);

    /// <summary>The end of a command that had a session.</summary>
    public CallbackEnvelope End(CallbackSubject about, Session session, CallbackNote note, string language, bool late)
    {
        var (success, code, words) = Judge(session, note, language);
        CallbackEnvelope Make(bool withReceipts) =>
            Write(about, note.EndSequence + (late ? 1 : 0), success, words, isIntermediate: false, code, session, json =>
            {
                WriteSession(json, session, withReceipts);
                if (late) json.WriteBoolean("Late", true);
            });

        var whole = Make(withReceipts: true);
        return whole.Body.Length <= MostBytes ? whole : Make(withReceipts: false);
    }

    private static (bool Success, string Code, string Words) Judge(Session session, CallbackNote note, string language)
    {
        var end = session.Conclusion ?? new(Outcome.Unknown, Reason.InternalError);
        string Say(string key) => Messages.ForReason(key, language);
        if (EntryKind.ReversedOther(session)) return (false, "reversed-other-payment", Say("callback-reversed-other"));
        if (note.ReversedUnseen) return (false, "reversed-unseen", Say("callback-reversed-unseen"));
        if (end.Outcome is Outcome.Unknown)
        {
            // Whatever the reason: these words first, so that a person who reads only them does not charge again.
            return (false, end.Reason, Say("callback-outcome-unknown"));
        }

        if (EntryKind.Differs(session))
        {
            var sums = $"{session.Request.Total} / {end.ApprovedAmount}";
            return (false, "amount-differs", $"{Say(Reason.ApprovedOtherAmount)} ({sums})");
        }

        if (end.Outcome is Outcome.Approved)
        {
            var kind = session.Request.Kind;
            var words = kind is RequestKind.Reconciliation ? TotalsText(end)
                : kind.MovesMoney() ? "Approved"
                : end.TerminalText ?? Messages.ForConclusion(end, kind, language);
            return (true, end.Reason is Reason.Recovered ? Reason.Approved : end.Reason, words);
        }

        return (false, end.Reason, end.Outcome is Outcome.Cancelled
            ? Stopped(session, note, language)
            : Messages.ForConclusion(end, session.Request.Kind, language));
    }

    private static string Stopped(Session session, CallbackNote note, string language)
    {
        // What was booked before still stands where a reversal or a close was stopped.
        var kind = session.Request.Kind;
        if (kind is not RequestKind.Sale) return Messages.ForConclusion(session.Conclusion!, kind, language);
        if (session.AbortAsked && note.LostBecause is not null) return Messages.ForReason("callback-cancelled-lost", language);
        if (!session.AbortAsked) return Messages.ForReason("callback-cancelled-at-terminal", language);
        var who = CallbackOrigin.Of(session)?.By ?? "-";
        return Messages.ForReason("callback-cancelled-by", language).Replace("{0}", who, StringComparison.Ordinal);
    }

    private static string TotalsText(Conclusion end)
    {
        if (end.Totals is not { } totals) return end.TerminalText ?? "";
        var parts = new List<string> { $"{totals.Net}" };
        if (totals.Count is { } count) parts.Add($"{count}x");
        parts.AddRange(totals.ByBrand.Select(brand => $"{brand.Brand} {brand.Count}x {brand.Sum}"));
        return string.Join("; ", parts);
    }

    private CallbackEnvelope Write(
        CallbackSubject about, int sequence, bool success, string? words, bool isIntermediate, string code, Session? end,
        Action<Utf8JsonWriter>? fields)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(bytes, ApiJson.Writing))
        {
            json.WriteStartObject();
            json.WriteString("Command", about.Command);
            json.WriteBoolean("Success", success);
            json.WriteString("Value", text.Encode(words));
            json.WriteBoolean("IsIntermediateState", isIntermediate);
            if (settings.AliasIntermediateState) json.WriteBoolean("IntermediateState", isIntermediate);
            json.WriteNumber("ReceiptNumber", NumberOf(end?.Conclusion?.References.Receipt));
            WriteLines(json, "ReceiptText", end is null ? [] : Chosen(end));
            if (settings.Extensions)
            {
                json.WriteString("SessionId", about.SessionId);
                json.WriteNumber("Sequence", sequence);
                json.WriteString("Terminal", about.Terminal);
                json.WriteString("Code", code);
                json.WriteString("Charset", text.Charset);
                fields?.Invoke(json);
            }

            json.WriteEndObject();
        }

        return new(about.SessionId, sequence, bytes.WrittenMemory);
    }

    private void WriteSession(Utf8JsonWriter json, Session session, bool withReceipts)
    {
        var view = SessionView.From(session);
        var end = session.Conclusion!;
        json.WriteString("Outcome", view.Outcome);
        CallbackMoney.Write(json, "Amount", session.Request.Total ?? session.Request.Original?.Amount);
        CallbackMoney.Write(json, "ApprovedAmount", end.ApprovedAmount);
        if (end.References.Receipt is { } receipt) json.WriteString("Receipt", receipt);
        if (withReceipts && session.Receipts.Count > 0)
        {
            json.WriteStartArray("Receipts");
            foreach (var printed in session.Receipts.TakeLast(10))
            {
                json.WriteStartObject();
                json.WriteString("audience", Words<ReceiptAudience>.Of(printed.Audience));
                WriteLines(json, "lines", [.. printed.Lines.Select(line => line.Text)]);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        CallbackMoney.WriteReferences(json, end.References);
        if (end.Card?.MaskedPan is { } card) json.WriteString("Card", card);
        if (end.ResponseCode is { } response) json.WriteString("ResponseCode", response);
        if (view.Totals is { } totals)
        {
            json.WritePropertyName("Totals");
            JsonSerializer.Serialize(json, totals, ApiJson.Default.TotalsView);
        }

        json.WriteBoolean("Recovered", session.BrokenBy is not null && end.Outcome is not Outcome.Unknown);
    }

    private List<string> Chosen(Session session)
    {
        if (session.Request.Kind is RequestKind.Reconciliation) return Lines(session, ReceiptAudience.Administration);
        if (settings.ReceiptText is ReceiptChoice.Cardholder) return Lines(session, ReceiptAudience.Cardholder);
        var merchant = Lines(session, ReceiptAudience.Merchant);
        if (settings.ReceiptText is ReceiptChoice.Merchant) return merchant;
        var cardholder = Lines(session, ReceiptAudience.Cardholder);
        return merchant.Count > 0 && cardholder.Count > 0 ? [.. merchant, FormFeed, .. cardholder] : [.. merchant, .. cardholder];
    }

    // A receipt that was printed twice is given once, as it came last.
    private static List<string> Lines(Session session, ReceiptAudience audience) =>
        Slips.Of(session, audience) is [.., var last] ? [.. last.Lines.Select(line => line.Text)] : [];

    private void WriteLines(Utf8JsonWriter json, string name, IReadOnlyList<string> lines)
    {
        json.WriteStartArray(name);
        foreach (var line in lines.Take(MostLines))
            json.WriteStringValue(text.Encode(line.Length > MostColumns ? line[..MostColumns] : line));
        json.WriteEndArray();
    }

    /// <summary>A receipt number as the face carries it: -1 when there is none that consists of digits and fits.</summary>
    public static int NumberOf(string? receipt) =>
        int.TryParse(receipt, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
