using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tillbridge.Domain;
using Tillbridge.Gateway.Api;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Gateway.Reading;
using Tillbridge.Journal;
using Tillbridge.Sessions;

namespace Tillbridge.Gateway.Facades.ZvtCallback;

/// <summary>What became of a removal.</summary>
internal sealed record Removal(bool Success, string Code, string Words);

/// <summary>
/// The list of sessions that somebody has to look at (reference §7.4, §7.5): a view on the journal. Nothing ever leaves the
/// journal; a removal is an acknowledgement.
/// </summary>
internal sealed class AbortedSessions(CallbackParts parts, CallbackSettings settings, CallbackNotes notes, Action<SessionId> stir)
{
    private const int MostEntries = 500;
    private const int MostBytes = 192 * 1024;
    private const int MostCandidates = 20_000;

    /// <summary>The list as JSON, oldest first; true when more would follow.</summary>
    /// <param name="only">One id; null lists all.</param>
    /// <param name="stop">Ends the wait.</param>
    public async Task<(string Json, bool More)> List(string? only, CancellationToken stop)
    {
        var entries = new List<string>();
        var size = 2;
        foreach (var (session, stored) in await Candidates(stop))
        {
            if (only is not null && session.Id.Value != only) continue;
            var note = await Seen(session, stored, stop);
            if (EntryKind.Of(session, note, parts.Clock.GetUtcNow()) is not { } kind) continue;
            var entry = await Write(session, note, kind, stop);
            size += Encoding.UTF8.GetByteCount(entry) + 1;
            if (entries.Count == MostEntries || size > MostBytes) return ($"[{string.Join(',', entries)}]", true);
            entries.Add(entry);
        }

        return ($"[{string.Join(',', entries)}]", false);
    }

    /// <summary>Acknowledges an entry; with OUTCOME and NAME also concludes an unknown in the name of a person.</summary>
    public async Task<Removal> Remove(string parameter, string by, CancellationToken stop)
    {
        var words = parameter.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        if (SessionId.TryParse(words.ElementAtOrDefault(0)) is not { } id || await parts.Journal.Find(id, stop) is not { } session
            || (CallbackOrigin.Of(session) is null && !settings.ListAll))
        {
            return new(false, "not-found", "There is no such session in the list.");
        }

        var note = CallbackNote.Of(await parts.Journal.NoteOf(id, CallbackOrigin.Face, stop));
        if (note.RemovedAt is not null) return new(true, "already-removed", "It was removed before.");
        // Who wants to decide what is decided must not believe that he did.
        if (words.Length == 3 && session is { Phase: SessionPhase.Closed, IsUnresolved: false })
        {
            return new(false, "wrong-state", $"Its outcome is known already: {Words<Outcome>.Of(session.Outcome ?? Outcome.Unknown)}. "
                + "Send the id alone to take it off the list.");
        }

        if (session.Phase is not SessionPhase.Closed)
            return new(false, "still-open", "The session is still open; cancel it or wait for its end.");
        if (session.IsUnresolved && words.Length == 3)
        {
            if (await Resolve(session, words[1], words[2], by, stop) is { } wrong) return wrong;
        }
        else if (session.IsUnresolved && IsStrict(session.Terminal))
        {
            return new(false, "unresolved-session", "Its outcome is unknown. Look at the terminal, then send 'ID OUTCOME NAME' with "
                + "OUTCOME approved, declined, cancelled or failed.");
        }

        // A session that is still being talked about is settled by its own talk.
        var isForeign = CallbackOrigin.Of(session) is null;
        var after = await notes.Change(id, before => before.IsWithdrawn ? before : before with
        {
            RemovedAt = parts.Clock.GetUtcNow(), RemovedBy = by, IsSettled = before.IsSettled || isForeign,
        }, stop);
        // Who acknowledged an approval while it is being taken back would believe in money that is gone a moment later.
        if (after.RemovedAt is null) return new(false, "still-open", "Its reversal is under way; ask again when that has ended.");
        stir(id);
        return new(true, "removed", "Removed.");
    }

    private bool IsStrict(string terminal) => parts.Find(terminal)?.StrictUnknown ?? true;

    private async Task<Removal?> Resolve(Session session, string outcome, string name, string by, CancellationToken stop)
    {
        if (!Words.TryFind(Words<Outcome>.ByWord, outcome, out var word) || word is Outcome.Unknown)
            return new(false, "invalid-parameter", "OUTCOME must be approved, declined, cancelled or failed.");
        var refusal = await parts.Terminals.Resolve(session.Id, word, name, $"by RemoveAbortedSession from {by}", stop);
        return refusal is null ? null : new(false, "unresolved-session", refusal.Text);
    }

    private async Task<IReadOnlyList<FacedSession>> Candidates(CancellationToken stop)
    {
        var own = await parts.Journal.OfFace(CallbackOrigin.Face, MostCandidates, stop);
        if (!settings.ListAll) return own;
        var others = new Dictionary<SessionId, FacedSession>();
        foreach (var outcome in new[] { Outcome.Unknown, Outcome.Cancelled, Outcome.Failed })
        {
            var page = await parts.Journal.Query(new SessionQuery { Outcome = outcome, Limit = MostEntries }, stop);
            foreach (var session in page.Sessions.Where(session => CallbackOrigin.Of(session) is null))
                others[session.Id] = new(session, await parts.Journal.NoteOf(session.Id, CallbackOrigin.Face, stop));
        }

        return [.. own.Concat(others.Values).DistinctBy(faced => faced.Session.Id).OrderBy(faced => faced.Session.CreatedAt)];
    }

    // Who reads "approved" here may hand out the goods: from now on nobody can call the payment unseen.
    private async Task<CallbackNote> Seen(Session session, FaceNote? stored, CancellationToken stop)
    {
        var note = CallbackNote.Of(stored);
        var matters = settings.OrphanApproved is OrphanApproved.Reverse && session.Outcome is Outcome.Approved
            && note is { MayHaveBeenSeen: false, IsWithdrawn: false, IsDelivered: false, RemovedAt: null };
        return matters ? await notes.Change(session.Id, before => before with { MayHaveBeenSeen = !before.IsWithdrawn }, stop) : note;
    }

    private async Task<string> Write(Session session, CallbackNote note, string kind, CancellationToken stop)
    {
        var origin = CallbackOrigin.Of(session);
        var reversal = note.ReversalSession is { } id && SessionId.TryParse(id) is { } known
            ? await parts.Journal.Find(known, stop)
            : null;
        var bytes = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(bytes, ApiJson.Writing))
        {
            json.WriteStartObject();
            json.WriteString("Id", session.Id.Value);
            json.WriteString("Kind", kind);
            json.WriteString("Command", origin?.Command ?? Words<RequestKind>.Of(session.Request.Kind));
            json.WriteString("Terminal", session.Terminal);
            json.WriteString("Parameter", origin?.Parameter ?? "");
            WriteMoney(json, "Amount", session.Request.Total ?? session.Request.Original?.Amount);
            json.WriteString("Reference", session.Request.Reference);
            json.WriteString("IdempotencyKey", origin is null ? session.Key : origin.IdempotencyKey);
            json.WriteString("Outcome", session.Outcome is { } outcome ? Words<Outcome>.Of(outcome) : null);
            json.WriteString("Reason", session.Conclusion?.Reason);
            WriteMoney(json, "ApprovedAmount", session.Conclusion?.ApprovedAmount);
            json.WriteNumber("ReceiptNumber", CallbackMessage.NumberOf(session.Conclusion?.References.Receipt));
            CallbackMoney.WriteReferences(json, session.Conclusion?.References ?? References.None);
            WriteTime(json, "CreatedAt", session.CreatedAt);
            WriteTime(json, "ClosedAt", session.ClosedAt);
            json.WriteString("Recovery", RecoveryOf(session));
            json.WriteBoolean("Delivered", note.IsDelivered);
            json.WriteNumber("DeliveryAttempts", note.Attempts + note.FailedAttempts);
            json.WriteString("LastDeliveryError", note.LastError);
            WriteTime(json, "AbortRequestedAt", note.AbortAt);
            WriteReversal(json, reversal, note.IsWithdrawn);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static string RecoveryOf(Session session) => session switch
    {
        { Phase: SessionPhase.Recovering } => "running",
        { BrokenBy: null } => "none",
        { Outcome: Outcome.Unknown } => "exhausted",
        _ => "concluded",
    };

    // One that is decided and has no session yet is shown, too: nobody may take the payment for a lasting one.
    private static void WriteReversal(Utf8JsonWriter json, Session? reversal, bool isDecided)
    {
        if (reversal is null && !isDecided)
        {
            json.WriteNull("Reversal");
            return;
        }

        json.WriteStartObject("Reversal");
        json.WriteString("Session", reversal?.Id.Value ?? "");
        json.WriteString("Outcome", reversal?.Outcome is { } outcome ? Words<Outcome>.Of(outcome) : null);
        json.WriteEndObject();
    }

    private static void WriteMoney(Utf8JsonWriter json, string name, Money? money)
    {
        if (money is null) json.WriteNull(name);
        else CallbackMoney.Write(json, name, money);
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? at) =>
        json.WriteString(name, at?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
}
