using Tillbridge.Domain;

namespace Tillbridge.Facades.K2.Links;

/// <summary>What a client object hands in.</summary>
/// <param name="Caller">By whom the terminal is chosen.</param>
/// <param name="Request">What to do.</param>
/// <param name="Key">Idempotency key; the same for every attempt of one object.</param>
/// <param name="Client">The object's own mark, kept with the session, by which others see that a client object holds it.</param>
internal sealed record K2Order(K2Caller Caller, TerminalRequest Request, string Key, string Client)
{
    /// <summary>The terminal's name; null lets the routing rules choose.</summary>
    public string? Terminal { get; init; }

    /// <summary>The name under which the mark stands in a session's metadata.</summary>
    public const string Mark = "k2.client";
}

/// <summary>What became of an order.</summary>
/// <param name="Session">The session's id; null when it was refused.</param>
/// <param name="Refusal">Why it was refused; null when it was not.</param>
internal sealed record K2Started(string? Session, K2Refusal? Refusal);

/// <summary>Why an order was not taken.</summary>
internal enum K2RefusalKind
{
    Busy,
    Unresolved,
    NotTheLast,

    /// <summary>The reference names another booking of the open period.</summary>
    SymbolUsed,
    Unsupported,
    Currency,
    Invalid,
    NoRoute,
    JournalFull,

    /// <summary>The gateway was not reached: nothing was handed over.</summary>
    Unreachable,

    /// <summary>The gateway went away after the order may have reached it.</summary>
    Uncertain,
}

/// <summary>An order that was not taken.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Text">Cause and cure, in English.</param>
/// <param name="Session">The session that stands in the way.</param>
internal sealed record K2Refusal(K2RefusalKind Kind, string Text, string? Session = null);

/// <summary>One line for the log: a frame that passed, masked.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="FromTerminal">Which way it went.</param>
/// <param name="Text">Its masked, readable form.</param>
internal sealed record K2Frame(DateTimeOffset At, bool FromTerminal, string Text);
