using Tillbridge.Domain;

namespace Tillbridge.Sessions;

/// <summary>What can happen to a session.</summary>
internal abstract record SessionInput;

/// <summary>The next byte can move money.</summary>
internal sealed record SendStarted(Baseline? Baseline) : SessionInput;

/// <summary>The terminal named a result that our next message commits.</summary>
internal sealed record ResultHeard(Conclusion Conclusion) : SessionInput;

/// <summary>The terminal waits for the caller's second step.</summary>
internal sealed record ConfirmationAsked(Conclusion Conclusion) : SessionInput;

/// <summary>The caller took the second step.</summary>
internal sealed record ConfirmationGiven(bool Commit, string By) : SessionInput;

internal sealed record ProgressHeard(string Key, string? Text) : SessionInput;

internal sealed record ReceiptHeard(Receipt Receipt) : SessionInput;

internal sealed record IncidentHeard(string Code, string Text) : SessionInput;

/// <summary>The terminal's final word.</summary>
internal sealed record TerminalConcluded(Conclusion Conclusion) : SessionInput;

/// <summary>The conversation broke without a final word.</summary>
internal sealed record LinkFailed(string Reason, string Text) : SessionInput
{
    /// <summary>The terminal may have been off in between, and may have forgotten.</summary>
    public bool PeerWasAway { get; init; }
}

/// <summary>Recovery will not ask any more.</summary>
internal sealed record RecoveryGaveUp(string Reason, string Text) : SessionInput;

/// <summary>A caller asks to stop.</summary>
internal sealed record AbortAsked(string By) : SessionInput;

/// <summary>A newer caller takes the terminal: the conversation is cut, and the terminal is asked what became of it.</summary>
internal sealed record Displaced(string By) : SessionInput;

/// <summary>A named person concludes an unknown.</summary>
internal sealed record PersonResolved(Outcome Outcome, string By, string Note) : SessionInput;

/// <summary>The session was found open and nobody talks for it any more.</summary>
/// <param name="HostDied">The process began anew; false when it lived on and only the journal failed it.</param>
internal sealed record Restarted(bool HostDied = true) : SessionInput;
