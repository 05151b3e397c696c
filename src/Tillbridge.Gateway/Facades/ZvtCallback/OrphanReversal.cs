using Tillbridge.Domain;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Sessions;

namespace Tillbridge.Gateway.Facades.ZvtCallback;

/// <summary>
/// Takes back a payment of which certainly nobody has seen the approval (reference §7.3), where the shop wants that. Once, by
/// a session of its own; the pending end message is withdrawn while it runs.
/// </summary>
internal sealed class OrphanReversal(CallbackParts parts, CallbackSettings settings, CallbackNotes notes)
{
    /// <summary>How long a terminal that was busy is left alone.</summary>
    public static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(5);

    /// <summary>True when how far each attempt gets decides over money, so that it is written down before.</summary>
    public bool Guards(Session session) => settings.OrphanApproved is OrphanApproved.Reverse && IsPayment(session);

    /// <summary>How long until a reversal may be due; zero when only the terminal stands in its way; null when it never is.</summary>
    /// <param name="session">The payment.</param>
    /// <param name="note">What the face did about it.</param>
    /// <param name="age">How long its end message is due; by the stopwatch, since the wall clock may be set.</param>
    public TimeSpan? DueIn(Session session, CallbackNote note, TimeSpan age)
    {
        if (!Guards(session) || note.MayHaveBeenSeen || note.IsBeingTried || note.ReversalOver || note.RemovedAt is not null) return null;
        var left = settings.ReverseAfter - age;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>True when every condition of the reference holds now.</summary>
    public async Task<bool> IsDue(Session session, CallbackNote note, TimeSpan age, CancellationToken stop)
    {
        if (DueIn(session, note, age) is not { } left || left > TimeSpan.Zero) return false;
        var state = parts.Terminals.States.FirstOrDefault(terminal => terminal.Name == session.Terminal);
        var isIdle = state is { Current: null, Unresolved: 0, JournalFailed: false };
        var (payment, _) = await PreviousPayment.Find(parts.Journal, session.Terminal, settings.ListAll, stop);
        if (isIdle && payment?.Id == session.Id) return true;
        // It will not become the previous payment again; while the terminal is merely busy there is another chance.
        if (isIdle) await notes.Change(session.Id, before => before with { ReversalOver = true }, stop);
        return false;
    }

    /// <summary>Withdraws the end message, reverses, and says what holds then. Takes up what a crash left.</summary>
    public async Task Go(Session session, CancellationToken stop)
    {
        var key = $"zvtcb-reverse-{session.Id}";
        var note = await notes.Change(
            session.Id,
            before => before.RemovedAt is null && !before.MayHaveBeenSeen && !before.IsBeingTried
                ? before with { IsWithdrawn = true, ReversalKey = key }
                : before with { IsWithdrawn = false, ReversalOver = true },
            stop);
        if (!note.IsWithdrawn) return;
        var request = new TerminalRequest(RequestKind.Reversal)
        {
            Original = new Original(session.Id), Language = session.Request.Language,
        };
        var submission = await parts.Terminals.Submit(new Order(session.Terminal, request) { Key = key }, stop);
        if (submission.Session is not { } reversal)
        {
            Log.ReversalRefused(parts.Logger, session.Terminal, session.Id.Value, submission.Refusal!.Text);
            var mayComeBack = submission.Refusal.Code is RefusalCode.TerminalBusy or RefusalCode.TooMany or RefusalCode.JournalFull;
            await notes.Change(session.Id, before => before with { IsWithdrawn = false, ReversalOver = !mayComeBack }, stop);
            if (mayComeBack) await parts.Pause(TryAgain, stop);
            return;
        }

        await notes.Change(session.Id, before => before with { ReversalSession = reversal.Id.Value }, stop);
        var end = await EndOf(reversal.Id, stop);
        Log.OrphanReversed(parts.Logger, session.Terminal, session.Id.Value, reversal.Id.Value, end.ToString());
        await notes.Change(
            session.Id, before => before with { IsWithdrawn = false, ReversalOver = true, ReversedUnseen = end is Outcome.Approved }, stop);
    }

    // An unknown reversal says nothing: until a person or the terminal has settled it nobody is told anything.
    private async Task<Outcome> EndOf(SessionId id, CancellationToken stop)
    {
        while (true)
        {
            var seen = parts.Journal.LastSequence;
            var session = await parts.Journal.Find(id, stop);
            if (session is { Phase: SessionPhase.Closed, Outcome: { } outcome and not Outcome.Unknown })
                return outcome;
            await parts.Journal.WaitBeyond(seen, id, stop);
        }
    }

    private static bool IsPayment(Session session) =>
        session is { Outcome: Outcome.Approved, Request.Kind: RequestKind.Sale, ClosedAt: not null }
        && session.Conclusion!.References.Receipt is not null
        && CallbackOrigin.Of(session) is not null;
}
