using Tillbridge.Domain;
using Tillbridge.Journal;

namespace Tillbridge.Gateway.Facades.ZvtCallback;

/// <summary>
/// Which payment a Reversal without a name means (reference §5.1): the newest approved sale of the terminal, if nothing was
/// booked and nothing was closed after it. It is never guessed further back.
/// </summary>
internal static class PreviousPayment
{
    /// <summary>The payment, or why there is none.</summary>
    public static async Task<(Session? Payment, CallbackRefusal? Refusal)> Find(IJournal journal, string terminal, CancellationToken stop)
    {
        // Open ones are the reversal itself, or whoever makes the terminal busy; of the others nothing was booked.
        return await journal.Look(terminal, period => period.NewestBooking(), stop) switch
        {
            null => Refuse("nothing-to-reverse", "There is no payment since the last end of day that could be reversed."),
            { Outcome: Outcome.Unknown } unknown =>
                Refuse("unresolved-session", $"Session {unknown.Id} has an unknown outcome; resolve it first."),
            { Request.Kind: RequestKind.Sale, Conclusion.References.Receipt: not null } payment => (payment, null),
            { Request.Kind: RequestKind.Sale } payment => Refuse(
                "nothing-to-reverse", $"The terminal gave session {payment.Id} no receipt number; reverse it at the terminal."),
            { Request.Kind: RequestKind.Reversal } reversal =>
                Refuse("already-reversed", $"The last payment was reversed already by session {reversal.Id}."),
            { } other => Refuse(
                "nothing-to-reverse", $"The last booking is session {other.Id}, which is no payment; use POST /v1/sessions."),
        };
    }

    private static (Session?, CallbackRefusal?) Refuse(string code, string message) => (null, new CallbackRefusal(409, code, message));
}
