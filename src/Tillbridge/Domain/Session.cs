namespace Tillbridge.Domain;

/// <summary>Where a session stands.</summary>
public enum SessionPhase
{
    /// <summary>The intent is durable; not one byte that could move money has left.</summary>
    Prepared,

    /// <summary>The request may have arrived at the terminal.</summary>
    InFlight,

    /// <summary>The terminal waits for our caller's second step.</summary>
    AwaitingConfirmation,

    /// <summary>The conversation broke; the terminal is asked what happened.</summary>
    Recovering,

    /// <summary>Ended, with an outcome. An unknown outcome can still be concluded later.</summary>
    Closed,
}

/// <summary>Our life of one request, from the durable intent to the outcome. Exactly this is what the journal keeps.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Terminal">The terminal's configured name, or its address.</param>
/// <param name="Request">What was asked.</param>
/// <param name="CreatedAt">When the intent was accepted, UTC.</param>
public sealed record Session(SessionId Id, string Terminal, TerminalRequest Request, DateTimeOffset CreatedAt)
{
    /// <summary>The caller's idempotency key; null for requests that move no money.</summary>
    public string? Key { get; init; }

    /// <summary>Hash over terminal and request: the same key with another fingerprint is a conflict.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>The caller's own data, returned as given.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The foreign interface through which it came; null for the API and the command line.</summary>
    public SessionFace? Face { get; init; }

    /// <summary>Where it stands.</summary>
    public SessionPhase Phase { get; init; }

    /// <summary>How it ended; null while open.</summary>
    public Conclusion? Conclusion { get; init; }

    /// <summary>What the terminal announced before the commit.</summary>
    public Conclusion? Announced { get; init; }

    /// <summary>The terminal's last booking before this session.</summary>
    public Baseline? Baseline { get; init; }

    /// <summary>When the command that can move money was about to leave, UTC.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>When it was closed, UTC.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Somebody asked to stop it.</summary>
    public bool AbortAsked { get; init; }

    /// <summary>Why the conversation broke, while recovering or unknown.</summary>
    public string? BrokenBy { get; init; }

    /// <summary>The conversation did not break: Tillbridge itself went down in the middle, and nobody was told an end.</summary>
    internal const string OurRestart = "restarted";

    /// <summary>The person who concluded an unknown.</summary>
    public string? ResolvedBy { get; init; }

    /// <summary>What that person wrote.</summary>
    public string? ResolveNote { get; init; }

    /// <summary>Receipts in the order in which they came.</summary>
    public IReadOnlyList<Receipt> Receipts { get; init; } = [];

    /// <summary>What a person has to look at: code and text.</summary>
    public IReadOnlyList<Incident> Incidents { get; init; } = [];

    /// <summary>How it ended; null while open.</summary>
    public Outcome? Outcome => Conclusion?.Outcome;

    /// <summary>Closed, and nobody knows what happened to the money.</summary>
    public bool IsUnresolved => Phase is SessionPhase.Closed && Outcome is Domain.Outcome.Unknown;

    /// <summary>A reconciliation after which the terminal counts anew, also when it said that the totals differ.</summary>
    public bool ClosesPeriod =>
        Request.Kind is RequestKind.Reconciliation && Phase is SessionPhase.Closed
        && (Conclusion?.PeriodClosed ?? Outcome is Domain.Outcome.Approved);

    /// <summary>True when the terminal's word is needed before anything may be said about the money.</summary>
    public bool NeedsProof => Request.Kind.NeedsProof();
}

/// <summary>Something that must not happen did.</summary>
/// <param name="Code">A stable code out of <see cref="Reason"/>.</param>
/// <param name="Text">What was seen, without card data.</param>
/// <param name="At">When, UTC.</param>
public sealed record Incident(string Code, string Text, DateTimeOffset At);
