using Tillbridge.Domain;

namespace Tillbridge.Sessions;

/// <summary>What a caller hands in.</summary>
/// <param name="Terminal">The terminal's name.</param>
/// <param name="Request">What to do.</param>
public sealed record Order(string Terminal, TerminalRequest Request)
{
    /// <summary>Idempotency key, 1 to 128 printable characters; required for everything that moves money.</summary>
    public string? Key { get; init; }

    /// <summary>The caller's own data, returned as given.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The foreign interface through which it comes, with what that needs after a restart; null for none.</summary>
    public SessionFace? Face { get; init; }

    /// <summary>
    /// Not a byte leaves before <see cref="ITerminals.Release"/>; a session that is not released within this time fails.
    /// Null begins at once.
    /// </summary>
    public TimeSpan? Hold { get; init; }
}

/// <summary>What became of an order: a session, or a refusal.</summary>
/// <param name="Session">The session; null when refused.</param>
/// <param name="IsReplay">True when the key was known and this is its first session.</param>
/// <param name="Refusal">Why it was refused; null when it was not.</param>
public sealed record Submission(Session? Session, bool IsReplay, Refusal? Refusal);

/// <summary>How a terminal is doing.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Its address.</param>
/// <param name="Current">Its open session, if any.</param>
/// <param name="Unresolved">How many of its sessions are unknown.</param>
/// <param name="LastHeard">When the terminal last answered, UTC; null when it has not since the start.</param>
/// <param name="JournalFailed">True while the journal cannot write for it.</param>
public sealed record TerminalState(
    string Name, string Address, SessionId? Current, int Unresolved, DateTimeOffset? LastHeard, bool JournalFailed);

/// <summary>The seam between hosts and the engine: submit, abort, confirm, resolve, watch.</summary>
public interface ITerminals
{
    /// <summary>Takes an order. When this completes with a session, its intent is durable; it runs on without the caller.</summary>
    Task<Submission> Submit(Order order, CancellationToken shutdown);

    /// <summary>
    /// Lets a held session begin, or ends it as failed before the first byte when <paramref name="because"/> names a reason.
    /// </summary>
    /// <param name="id">The session.</param>
    /// <param name="because">Null begins; else a stable code out of <see cref="Reason"/> and what was seen.</param>
    /// <param name="shutdown">Ends the wait.</param>
    /// <returns>Null, or why there is nothing to release: it was not held, or its time is up.</returns>
    Task<Refusal?> Release(SessionId id, HeldBack? because, CancellationToken shutdown);

    /// <summary>Asks the terminal to stop. The session ends as the terminal says.</summary>
    Task<Refusal?> Abort(SessionId id, string by, CancellationToken shutdown);

    /// <summary>
    /// A newer caller takes the terminal. Nothing sent yet: the session fails as displaced. Else its conversation is cut, and the terminal
    /// is asked what became of it before anything new is sent.
    /// </summary>
    Task<Refusal?> Displace(SessionId id, string by, CancellationToken shutdown);

    /// <summary>The second step of a session that awaits it.</summary>
    Task<Refusal?> Confirm(SessionId id, bool commit, string by, CancellationToken shutdown);

    /// <summary>A named person concludes an unknown session.</summary>
    Task<Refusal?> Resolve(SessionId id, Outcome outcome, string by, string note, CancellationToken shutdown);

    /// <summary>The session as the journal has it.</summary>
    Task<Session?> Find(SessionId id, CancellationToken shutdown);

    /// <summary>Waits until the session is closed, at most <paramref name="limit"/>; returns it as it then is.</summary>
    Task<Session?> WaitForEnd(SessionId id, TimeSpan limit, CancellationToken stop);

    /// <summary>
    /// The same, but returns also when the session awaits its caller's confirmation: a caller that only waited on would
    /// let the time for it run out.
    /// </summary>
    Task<Session?> WaitForEndOrQuestion(SessionId id, TimeSpan limit, CancellationToken stop);

    /// <summary>How every terminal is doing, by name.</summary>
    IReadOnlyList<TerminalState> States { get; }
}
