using Tillbridge.Domain;
using Tillbridge.Domain.Cards;

namespace Tillbridge.Sessions;

/// <summary>What a caller or person may do to a session. Pure.</summary>
internal static class ActionRules
{
    /// <summary>Why it makes no sense now; null when it does.</summary>
    public static Refusal? Refuse(Session? session, SessionInput input)
    {
        var fits = input switch
        {
            AbortAsked or Displaced => session is { Phase: not SessionPhase.Closed },
            ConfirmationGiven => session is { Phase: SessionPhase.AwaitingConfirmation },
            _ => session is { IsUnresolved: true },
        };
        return fits ? null : new(RefusalCode.WrongState, input switch
        {
            AbortAsked => "The session is closed; there is nothing to stop.",
            Displaced => "The session is closed; it holds no terminal.",
            ConfirmationGiven => "The session does not wait for a confirmation.",
            _ => "Only a closed session with an unknown outcome can be resolved.",
        });
    }

    /// <summary>Why a person's word cannot be taken; null when it can.</summary>
    public static Refusal? Fault(Outcome outcome, string by, string note)
    {
        if (outcome is Outcome.Unknown)
            return new(RefusalCode.InvalidRequest, "A person concludes with approved, declined, cancelled or failed.", "outcome");
        if (!RequestRules.IsPrintable(by, 128))
            return new(RefusalCode.InvalidRequest, "'by' must name the person, 1 to 128 printable characters.", "by");
        if (note.Length > 2000) return new(RefusalCode.InvalidRequest, "'note' must be at most 2000 characters.", "note");
        if (CallerWords.Holds(by)) return new(RefusalCode.InvalidRequest, CallerWords.Sentence("by"), "by");
        if (CallerWords.Holds(note)) return new(RefusalCode.InvalidRequest, CallerWords.Sentence("note"), "note");
        return null;
    }
}
