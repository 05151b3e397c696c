using Tillbridge.Domain;

namespace Tillbridge.Protocols;

/// <summary>
/// The selling side of one protocol. A driver talks with one terminal, one conversation at a time. It throws
/// <see cref="Transports.LinkLostException"/> or <see cref="ProtocolViolationException"/> when it cannot conclude; what
/// that means for the money is the engine's decision.
/// </summary>
public abstract class TerminalDriver
{
    /// <summary>What this terminal can do.</summary>
    public abstract Capabilities Capabilities { get; }

    /// <summary>How long recovery asks before it gives up, unless configured.</summary>
    public abstract TimeSpan DefaultRecoveryLimit { get; }

    /// <summary>
    /// Why this terminal cannot be asked for that, before anything is written or sent: the field's name and a sentence; null when it can.
    /// </summary>
    public virtual (string Field, string Text)? Fault(TerminalRequest request) => null;

    /// <summary>
    /// Carries out one request. Yields <see cref="AboutToSend"/> before the first byte that can move money,
    /// <see cref="ResultAnnounced"/> before the message that commits, and ends with <see cref="Concluded"/>.
    /// </summary>
    /// <param name="request">What to do; it passed <see cref="RequestRules"/> and <see cref="Capabilities"/>.</param>
    /// <param name="baseline">The terminal's last booking as the journal knows it; null when it does not.</param>
    /// <param name="shutdown">This process is going down; decides no outcome.</param>
    public abstract IAsyncEnumerable<TerminalEvent> Converse(
        TerminalRequest request, Baseline? baseline, CancellationToken shutdown);

    /// <summary>
    /// Asks the terminal once what became of a session. Yields <see cref="Reached"/> when connected, and ends with
    /// <see cref="Concluded"/> or <see cref="StillUnclear"/>.
    /// </summary>
    public abstract IAsyncEnumerable<TerminalEvent> Recover(RecoveryEntry entry, CancellationToken shutdown);

    /// <summary>Asks the terminal to stop the running conversation. A request only; the stream tells what became of it.</summary>
    public abstract void Abort();

    /// <summary>The caller's second step: commit, or undo.</summary>
    public abstract void Confirm(bool commit);

    /// <summary>Gives back what is held between conversations: a connection that is kept open. Called after the last one.</summary>
    public virtual ValueTask CloseAsync() => ValueTask.CompletedTask;
}
