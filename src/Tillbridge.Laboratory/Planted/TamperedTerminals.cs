using Tillbridge.Domain;
using Tillbridge.Sessions;

namespace Tillbridge.Laboratory.Planted;

/// <summary>The engine's seam, passed through; bugs of a face override what they spoil.</summary>
internal abstract class TamperedTerminals(ITerminals inner) : ITerminals
{
    public IReadOnlyList<TerminalState> States => inner.States;

    public virtual Task<Submission> Submit(Order order, CancellationToken shutdown) => inner.Submit(order, shutdown);

    public virtual Task<Refusal?> Release(SessionId id, HeldBack? because, CancellationToken shutdown) =>
        inner.Release(id, because, shutdown);

    public virtual Task<Refusal?> Abort(SessionId id, string by, CancellationToken shutdown) => inner.Abort(id, by, shutdown);

    public virtual Task<Refusal?> Displace(SessionId id, string by, CancellationToken shutdown) => inner.Displace(id, by, shutdown);

    public Task<Refusal?> Confirm(SessionId id, bool commit, string by, CancellationToken shutdown) =>
        inner.Confirm(id, commit, by, shutdown);

    public Task<Refusal?> Resolve(SessionId id, Outcome outcome, string by, string note, CancellationToken shutdown) =>
        inner.Resolve(id, outcome, by, note, shutdown);

    public Task<Session?> Find(SessionId id, CancellationToken shutdown) => inner.Find(id, shutdown);

    public Task<Session?> WaitForEnd(SessionId id, TimeSpan limit, CancellationToken stop) => inner.WaitForEnd(id, limit, stop);

    public Task<Session?> WaitForEndOrQuestion(SessionId id, TimeSpan limit, CancellationToken stop) =>
        inner.WaitForEndOrQuestion(id, limit, stop);
}
