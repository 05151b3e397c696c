using Tillbridge.Domain;
using Tillbridge.Journal;

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

    /// <summary>The terminal undoes only its last booking, and that is not the one that was named.</summary>
    NotTheLastBooking,

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

    /// <summary>True for what the engine throws while its journal cannot be read, or is closed already.</summary>
    internal static bool IsJournals(Exception failure) => failure is JournalException or ObjectDisposedException;

    internal static Refusal TooMany(string terminal) =>
        new(RefusalCode.TooMany, $"{terminal} has too many requests waiting; try again later.");

    internal static Refusal NoTerminal(string name) =>
        new(RefusalCode.NotFound, $"There is no terminal '{name}'; see GET /v1/terminals or the configuration.", "terminal");

    internal static Refusal JournalFailed(string terminal) => new(
        RefusalCode.JournalFull, $"The journal could not write for {terminal}; free space or repair the disk, then try again.");

    internal static Refusal Unresolved(string terminal, SessionId session) => new(
        RefusalCode.UnresolvedSession,
        $"{terminal} has session {session} with an unknown outcome; check it at the terminal and "
        + "resolve it (tillbridge journal resolve, or POST /v1/sessions/ID/resolve) before new money moves.") { Session = session };

    internal static Refusal Busy(string terminal, SessionId? session)
    {
        var text = session is null
            ? $"{terminal} is being taken away or replaced; try again."
            : $"{terminal} is busy with session {session}; wait for its end or abort it.";
        return new Refusal(RefusalCode.TerminalBusy, text) { Session = session };
    }
}
