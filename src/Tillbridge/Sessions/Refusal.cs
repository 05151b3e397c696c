using Tillbridge.Domain;

namespace Tillbridge.Sessions;

/// <summary>Why a request was not taken. Nothing was sent to any terminal.</summary>
public enum RefusalCode
{
    /// <summary>The request itself is wrong; <see cref="Refusal.Field"/> names the field.</summary>
    InvalidRequest,

    /// <summary>No such terminal or session.</summary>
    NotFound,

    /// <summary>The same key was used with other content.</summary>
    IdempotencyConflict,

    /// <summary>The terminal has an open session.</summary>
    TerminalBusy,

    /// <summary>The terminal has an unknown session and is strict about it.</summary>
    UnresolvedSession,

    /// <summary>The terminal cannot do this.</summary>
    UnsupportedByTerminal,

    /// <summary>Too many requests wait.</summary>
    TooMany,

    /// <summary>The journal cannot write.</summary>
    JournalFull,

    /// <summary>The session is in a state in which this makes no sense.</summary>
    WrongState,
}

/// <summary>A request that was not taken, with cause and cure in the text.</summary>
/// <param name="Code">Stable code.</param>
/// <param name="Text">Cause and cure, in English.</param>
/// <param name="Field">The request's field that is wrong, if one is.</param>
public sealed record Refusal(RefusalCode Code, string Text, string? Field = null)
{
    /// <summary>The session that stands in the way, if one does.</summary>
    public SessionId? Session { get; init; }
}
