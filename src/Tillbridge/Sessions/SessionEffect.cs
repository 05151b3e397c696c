using System.Collections.Immutable;
using Tillbridge.Domain;
using Tillbridge.Journal;

namespace Tillbridge.Sessions;

/// <summary>What the loop has to do after a transition, in order.</summary>
internal abstract record SessionEffect;

/// <summary>
/// Append to the journal together with the state that holds from then on. When durable, nothing goes on before it is on
/// disk. Of two records in one transition each carries its own state, so that none runs ahead of what it tells.
/// </summary>
internal sealed record WriteDown(RecordKind Kind, string Body, bool Durable, Session State) : SessionEffect
{
    public JournalEntry Entry => new(State.Id, State.Terminal, Kind, Body, State);
}

/// <summary>Ask the terminal to stop.</summary>
internal sealed record SendAbort : SessionEffect;

/// <summary>Pass the caller's second step to the terminal.</summary>
internal sealed record SendConfirmation(bool Commit) : SessionEffect;

/// <summary>End the conversation; nothing more may be sent.</summary>
internal sealed record StopConversation : SessionEffect;

/// <summary>Cut the conversation as if the line had broken.</summary>
internal sealed record CutConversation : SessionEffect;

/// <summary>A state and what follows from having reached it.</summary>
internal sealed record Transition(Session State, ImmutableArray<SessionEffect> Effects)
{
    public static Transition Stay(Session state) => new(state, []);
}
