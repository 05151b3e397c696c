using Tillbridge.Domain;

namespace Tillbridge.Sessions.Books;

/// <summary>
/// A reversal whose terminal does not say what it undid, beside another booking of ours that it may have been (found by the
/// laboratory). Pure.
/// </summary>
internal static class Twins
{
    /// <summary>The other booking that may have been undone in place of the one that is meant; null when none can have been.</summary>
    /// <param name="known">Our last bookings, the oldest first.</param>
    /// <param name="reversal">The session that undoes.</param>
    /// <param name="named">What it was to undo.</param>
    /// <param name="said">What the terminal said of it.</param>
    public static Session? Of(IReadOnlyList<Session> known, Session reversal, Original named, Conclusion said)
    {
        if (said.NamesOriginal || (reversal.Request.Amount ?? named.Amount ?? said.ApprovedAmount) is not { } amount) return null;
        var meant = known.LastOrDefault(other => IsMeant(other, named));
        if (Original.SameApproval(said.References.Approval, named.Approval ?? meant?.Conclusion?.References.Approval)) return null;
        // Heard in the conversation, a code that nobody has is the reversal's own, unless a booking is there whose code nobody knows.
        var isHeard = said.Reason is not Reason.Recovered;
        return known.FirstOrDefault(other => other != meant && other.Id != reversal.Id && other.Request.Kind.SignInTotals() != 0
            && (other.Conclusion!.ApprovedAmount ?? other.Request.Total) == amount && !IsUndone(other, known)
            && !(isHeard && (said.References.Approval is null || other.Conclusion.References.Approval is not null)));
    }

    /// <summary>
    /// The receipt of another booking, perhaps not ours, of which the terminal told this very code before one of our sessions began; null
    /// when it told it of none.
    /// </summary>
    public static string? ToldBefore(IReadOnlyList<Session> known, Session reversal, Original named, Conclusion said)
    {
        var meant = known.LastOrDefault(other => IsMeant(other, named));
        var (code, receipt) = (said.References.Approval, named.Receipt ?? meant?.Conclusion?.References.Receipt);
        if (receipt is null || Original.SameApproval(code, named.Approval ?? meant?.Conclusion?.References.Approval)) return null;
        return known.Append(reversal).Select(other => other.Baseline).FirstOrDefault(told => told?.Receipt is not null
            && Original.SameApproval(told.Approval, code) && !Original.SameReceipt(told.Receipt, receipt))?.Receipt;
    }

    /// <summary>True for the booking that a reversal names. A session says more than a number, which may repeat.</summary>
    public static bool IsMeant(Session other, Original named) => named.Session is { } id ? id == other.Id
        : named.Receipt is { } receipt ? Original.SameReceipt(receipt, other.Conclusion!.References.Receipt)
        : Original.SameApproval(named.Approval, other.Conclusion!.References.Approval);

    private static bool IsUndone(Session booked, IReadOnlyList<Session> known) => known.Any(later =>
        later.Request is { Kind: RequestKind.Reversal, Original: { } named } && IsMeant(booked, named));
}
