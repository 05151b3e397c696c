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
    /// <param name="journal">The books.</param>
    /// <param name="terminal">The terminal's name.</param>
    /// <param name="listsAll">Whether the face may conclude what other interfaces began.</param>
    /// <param name="stop">Ends the look.</param>
    public static async Task<(Session? Payment, CallbackRefusal? Refusal)> Find(
        IJournal journal, string terminal, bool listsAll, CancellationToken stop)
    {
        // Open ones are the reversal itself, or whoever makes the terminal busy; of the others nothing was booked.
        return await journal.Look(terminal, period => period.NewestBooking(), stop) switch
        {
            null => Refuse("nothing-to-reverse", "There is no payment since the last end of day that could be reversed."),
            { Outcome: Outcome.Unknown } unknown => (null, CallbackCures.Unresolved(unknown, listsAll)),
            { Request.Kind: RequestKind.Sale, Conclusion.References.Receipt: not null } payment => (payment, null),
            { Request.Kind: RequestKind.Sale } payment => Refuse(
                "nothing-to-reverse", $"The terminal gave session {payment.Id} no receipt number; reverse it at the terminal.",
                payment.Id),
            { Request.Kind: RequestKind.Reversal } reversal =>
                Refuse("already-reversed", $"The last payment was reversed already by session {reversal.Id}.", reversal.Id),
            { } other => Refuse(
                "nothing-to-reverse", $"The last booking is session {other.Id}, which is no Authorisation; reverse it at the terminal.",
                other.Id),
        };
    }

    private static (Session?, CallbackRefusal?) Refuse(string code, string message, SessionId? session = null) =>
        (null, new CallbackRefusal(409, code, message) { Session = session });
}
