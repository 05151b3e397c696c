using Tillbridge.Domain;
using Tillbridge.Journal;

namespace Tillbridge.Sessions.Books;

/// <summary>
/// Holds the answer to a reversal against our own books: some terminals undo another booking than the one that was named.
/// </summary>
internal sealed class ReversedBookings(IJournal journal, CancellationToken shutdown)
{
    /// <summary>
    /// What shows that another booking of ours was undone; null when nothing does. A number that no booking of ours has proves nothing:
    /// terminals give reversals numbers of their own.
    /// </summary>
    public async Task<IncidentSeen?> Another(Session session, Conclusion said)
    {
        if (session.Request is not { Kind: RequestKind.Reversal, Original: { } named } || said.Outcome is not Outcome.Approved) return null;
        var period = await journal.CurrentPeriod(session.Terminal, shutdown);
        var booked = period.Where(other => other.Id != session.Id && other.Outcome is Outcome.Approved).ToList();
        var meant = booked.LastOrDefault(other => IsMeant(other, named));
        var undone = booked.Find(other => other != meant && !IsMeant(other, named) && Names(said.References, other, meant));
        return undone is null ? null : new IncidentSeen(
            Reason.OtherBookingReversed,
            $"The reversal of receipt {named.Receipt ?? "-"} (approval {named.Approval ?? "-"}) was answered with the numbers of session "
            + $"{undone.Id}, receipt {undone.Conclusion!.References.Receipt ?? "-"} over {undone.Conclusion.ApprovedAmount}.");
    }

    private static bool IsMeant(Session other, Original named) => named.Session == other.Id
        || Original.SameReceipt(named.Receipt, other.Conclusion!.References.Receipt)
        || (named is { Session: null, Receipt: null } && Original.SameApproval(named.Approval, other.Conclusion.References.Approval));

    private static bool Names(References said, Session other, Session? meant)
    {
        var (theirs, ours) = (other.Conclusion!.References, meant?.Conclusion?.References ?? References.None);
        var byCode = Original.SameApproval(said.Approval, theirs.Approval) && !Original.SameApproval(said.Approval, ours.Approval);
        // A number of the period is the same for all of it.
        var byNumber = meant is not null && said.Batch is { } turnover && turnover == theirs.Batch && turnover != ours.Batch;
        return other.Request.Kind is not RequestKind.Reversal && (byCode || byNumber);
    }
}
