using Tillbridge.Domain;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Sessions;

namespace Tillbridge.Gateway.Facades.ZvtCallback;

/// <summary>
/// The engine's refusals in this face's codes and words. The cure is a command of this face: who uses it need not know another
/// interface.
/// </summary>
internal static class CallbackCures
{
    /// <summary>The refusal of an order.</summary>
    public static async Task<CallbackRefusal> Of(
        Refusal refusal, CallbackCommand command, CallbackParts parts, CallbackSettings settings, CancellationToken stop)
    {
        var standing = refusal.Session is { } id ? await parts.Journal.Find(id, stop) : null;
        return Of(refusal, command, standing, settings.ListAll);
    }

    /// <summary>The refusal of an order, with the session that stands in its way.</summary>
    public static CallbackRefusal Of(Refusal refusal, CallbackCommand command, Session? standing, bool listsAll)
    {
        if (refusal.Code is RefusalCode.UnresolvedSession or RefusalCode.NotTheLastBooking && standing is { IsUnresolved: true })
            return Unresolved(standing, listsAll);
        if (refusal is { Code: RefusalCode.IdempotencyConflict, Session: { } first }) return Conflict(first);
        if (refusal.Code is RefusalCode.NotFound) return NoTerminal(command.Terminal);
        var (status, code) = refusal.Code switch
        {
            RefusalCode.TerminalBusy => (409, "terminal-busy"),
            RefusalCode.UnresolvedSession => (409, "unresolved-session"),
            RefusalCode.IdempotencyConflict => (409, "idempotency-conflict"),
            RefusalCode.NotTheLastBooking => (409, "nothing-to-reverse"),
            RefusalCode.WrongState => (409, "wrong-state"),
            RefusalCode.UnsupportedByTerminal => (422, "unsupported-by-terminal"),
            RefusalCode.InvalidRequest => (422, "invalid-parameter"),
            RefusalCode.TooMany => (429, "too-many-requests"),
            RefusalCode.JournalFull => (507, "journal-full"),
            _ => (500, "internal"),
        };
        return new(status, code, Words(refusal, command)) { Session = refusal.Session };
    }

    /// <summary>Nobody knows how a session ended, and nothing new may begin before somebody does.</summary>
    public static CallbackRefusal Unresolved(Session session, bool listsAll)
    {
        // RemoveAbortedSession does not know what another interface began, unless it lists all.
        var isReached = listsAll || CallbackOrigin.Of(session) is not null;
        var cure = isReached
            ? $"then send RemoveAbortedSession with Parameter '{session.Id} OUTCOME NAME', where OUTCOME is approved, declined, "
                + "cancelled or failed and NAME is who says so."
            : "then a person concludes it at the gateway, because another interface began it: tillbridge journal resolve "
                + $"{session.Id} OUTCOME --by NAME. With facades.zvtCallback.listAll RemoveAbortedSession does it, too.";
        return new(
            409, "unresolved-session",
            $"{session.Terminal} has session {session.Id} with an unknown outcome. Look at the terminal whether it was booked, {cure}")
        {
            Session = session.Id,
        };
    }

    /// <summary>The key stands for something else.</summary>
    public static CallbackRefusal Conflict(SessionId first) => new(
        409, "idempotency-conflict", $"This key belongs to session {first} with other content. Send under it what was sent first to be "
            + "told that session's end again; a new key is a new charge.") { Session = first };

    /// <summary>No terminal has that name.</summary>
    public static CallbackRefusal NoTerminal(string name) => new(
        404, "unknown-terminal", $"There is no terminal '{name}'; send to /terminals/NAME with a name of the configuration, "
            + "in its letters.");

    private static string Words(Refusal refusal, CallbackCommand command) => refusal switch
    {
        { Code: RefusalCode.TerminalBusy, Session: { } running } => $"{command.Terminal} is busy with session {running}; wait for its end "
            + "(IsIdle tells), or send CancelTransaction to have it stopped.",
        { Code: RefusalCode.UnsupportedByTerminal, Field: "kind" } => $"{command.Terminal} cannot do {command.Name}.",
        { Field: "reference" } => refusal.Text.Replace("'reference'", "'Reference'", StringComparison.Ordinal),
        { Field: "Idempotency-Key" } => refusal.Text.Replace("'Idempotency-Key'", "'IdempotencyKey'", StringComparison.Ordinal),
        { Field: "callbackUrl" } => refusal.Text.Replace("'callbackUrl'", "'CallbackUrl'", StringComparison.Ordinal),
        _ => refusal.Text,
    };
}
