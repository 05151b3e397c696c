using Tillbridge.Domain;

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
}
