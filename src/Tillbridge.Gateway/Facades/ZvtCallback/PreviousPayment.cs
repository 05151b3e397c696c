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
        var period = await journal.CurrentPeriod(terminal, stop);
        foreach (var session in period.Reverse())
        {
            switch (session)
            {
                case { Phase: not SessionPhase.Closed }:
                    continue; // The reversal itself, or whoever makes the terminal busy.
                case { Outcome: Outcome.Unknown }:
                    return Refuse("unresolved-session", $"Session {session.Id} has an unknown outcome; resolve it first.");
                case { Outcome: not Outcome.Approved }:
                    continue; // Nothing was booked.
                case { Request.Kind: RequestKind.Sale, Conclusion.References.Receipt: not null }:
                    return (session, null);
                case { Request.Kind: RequestKind.Sale }:
                    return Refuse(
                        "nothing-to-reverse", $"The terminal gave session {session.Id} no receipt number; reverse it at the terminal.");
                case { Request.Kind: RequestKind.Reversal }:
                    return Refuse("already-reversed", $"The last payment was reversed already by session {session.Id}.");
                default:
                    return Refuse(
                        "nothing-to-reverse", $"The last booking is session {session.Id}, which is no payment; use POST /v1/sessions.");
            }
        }

        return Refuse("nothing-to-reverse", "There is no payment since the last end of day that could be reversed.");
    }

    private static (Session?, CallbackRefusal?) Refuse(string code, string message) => (null, new CallbackRefusal(409, code, message));
}
