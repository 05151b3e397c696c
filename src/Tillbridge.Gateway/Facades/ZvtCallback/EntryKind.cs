using Tillbridge.Domain;

namespace Tillbridge.Gateway.Facades.ZvtCallback;

/// <summary>Why a session stands in the list (reference §7.4); a view on session and note, never stored by itself.</summary>
internal static class EntryKind
{
    /// <summary>The kind of a session's entry; null when it makes none.</summary>
    public static string? Of(Session session, CallbackNote note, DateTimeOffset now)
    {
        // A question about the terminal's health moves nothing that somebody has to look at.
        if (note.RemovedAt is not null || !session.Request.Kind.NeedsProof()) return null;
        // Which payment the terminal undid is for a person to find out, whatever else is said of it.
        if (ReversedOther(session)) return "invalid";
        if (session.IsUnresolved || note.FoundOpen || note.Told == "unknown") return "unfinished";
        if (session.Outcome is Outcome.Cancelled || session.AbortAsked || note.AbortAt is not null) return "aborted";
        if (session.Outcome is Outcome.Failed || note.ClientGone || Differs(session)) return "invalid";
        var waited = (note.DeliveredAt ?? now) - note.EndAt;
        // A clock that was set back says nothing; an entry too many is no wrong statement, a missing one is.
        var isLong = waited >= CallbackNote.UndeliveredAfter || waited < TimeSpan.Zero;
        return note.GaveUp || note.ReversalKey is not null || isLong ? "undelivered" : null;
    }

    /// <summary>Approved, but not for what was asked.</summary>
    public static bool Differs(Session session) =>
        session.Conclusion is { Outcome: Outcome.Approved, ApprovedAmount: { } approved }
        && session.Request.Total is { } asked && approved != asked;

    /// <summary>The terminal undid another booking than the one that was named.</summary>
    public static bool ReversedOther(Session session) => session.Conclusion?.Reason is Reason.OtherBookingReversed
        || session.Incidents.Any(incident => incident.Code is Reason.OtherBookingReversed);
}
