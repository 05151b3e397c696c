using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Journal.Periods;

namespace Tillbridge.Sessions.Books;

/// <summary>Holds a terminal's answers against our own books of it.</summary>
internal sealed class OwnBookings(string terminal, IJournal journal, CancellationToken shutdown)
{
    private const int MostKnown = 64;

    private readonly Lock gate = new();
    private Queue<Session>? known;

    /// <summary>Takes note of periods that the terminal closed by itself.</summary>
    public TerminalCloses Closes { get; } = new(journal, shutdown);

    /// <summary>Takes note of sums that differ at a close.</summary>
    public CloseSums Sums { get; } = new(journal, shutdown);

    /// <summary>Keeps a booking in mind, so that it is known when it is told again.</summary>
    public void Remember(Session session)
    {
        if (session.Outcome is not Outcome.Approved || !session.Request.Kind.NeedsProof()) return;
        lock (gate)
        {
            known?.Enqueue(session);
            if (known?.Count > MostKnown) known.Dequeue();
        }
    }

    /// <summary>
    /// The earlier booking of ours that this approval is, told again; null when it is none (protocols README §5.7). Only numbers that both
    /// name count, and the last bookings only.
    /// </summary>
    public async Task<Session?> ToldAgain(Session session, Conclusion said)
    {
        if (said.Outcome is not Outcome.Approved || !session.Request.Kind.NeedsProof()) return null;
        return (await Known()).FirstOrDefault(other => other.Id != session.Id && IsSame(other.Conclusion!, said));
    }

    private async Task<IReadOnlyList<Session>> Known()
    {
        if (known is null)
        {
            var page = await journal.Query(
                new SessionQuery { Terminal = terminal, Outcome = Outcome.Approved, Limit = MostKnown }, shutdown);
            lock (gate) known ??= new(page.Sessions.Where(booked => booked.Request.Kind.NeedsProof()).Reverse());
        }

        lock (gate) return [.. known];
    }

    private static bool IsSame(Conclusion known, Conclusion said)
    {
        var (theirs, ours) = (known.References, said.References);
        if (!Original.SameReceipt(theirs.Receipt, ours.Receipt) || theirs.Receipt!.All(digit => digit == '0')) return false;
        if (known.ApprovedAmount != said.ApprovedAmount) return false;
        if (theirs.Approval is { } code && ours.Approval is { } now && !Original.SameApproval(code, now)) return false;
        if (theirs.Batch is { } batch && ours.Batch is { } period && batch != period) return false;
        if (theirs.Trace?.TrimStart('0') is { Length: > 0 } trace && ours.Trace?.TrimStart('0') is { Length: > 0 } told)
        {
            // Where numbers repeat the time tells two bookings apart.
            return trace == told && (known.TerminalTime is not { } at || said.TerminalTime is not { } then || at == then);
        }

        return Original.SameApproval(theirs.Approval, ours.Approval);
    }

    /// <summary>
    /// What shows that another booking of ours was undone; null when nothing does. A number that no booking of ours has proves nothing:
    /// terminals give reversals numbers of their own.
    /// </summary>
    public async Task<IncidentSeen?> Another(Session session, Conclusion said)
    {
        if (session.Request is not { Kind: RequestKind.Reversal, Original: { } named } || said.Outcome is not Outcome.Approved) return null;
        // A reversal undoes all of a booking, or the part that was named.
        if (said.ApprovedAmount is { } amount && (session.Request.Amount ?? named.Amount) is { } wanted && amount != wanted)
        {
            return new IncidentSeen(
                Reason.OtherBookingReversed, $"The reversal of {wanted} was answered over {amount}: another booking may have been undone.");
        }

        if (Twins.ToldBefore(await Known(), session, named, said) is { } receipt)
        {
            return new IncidentSeen(
                Reason.OtherBookingReversed,
                $"The reversal of receipt {named.Receipt ?? "-"} was answered with the code that the terminal had told of receipt "
                + $"{receipt}.");
        }

        if (Twins.Of(await Known(), session, named, said) is { } twin)
        {
            return new IncidentSeen(
                Reason.OtherBookingReversed,
                $"The terminal undid a booking and does not say which: receipt {named.Receipt ?? "-"} was meant, and session {twin.Id} is "
                + "over the same amount.");
        }

        var undone = await journal.Look(session.Terminal, period => Undone(period, session.Id, named, said.References), shutdown);
        return undone is null ? null : new IncidentSeen(
            Reason.OtherBookingReversed,
            $"The reversal of receipt {named.Receipt ?? "-"} (approval {named.Approval ?? "-"}) was answered with the numbers of session "
            + $"{undone.Id}, receipt {undone.Conclusion!.References.Receipt ?? "-"} over {undone.Conclusion.ApprovedAmount}.");
    }

    // The oldest other booking that the answer names.
    private static Session? Undone(IOpenPeriod period, SessionId reversal, Original named, References said)
    {
        BookingMark mark = named.Session is { } id ? new(BookingKey.Session, id.Value)
            : named.Receipt is { } receipt ? new(BookingKey.Receipt, receipt)
            : new(BookingKey.Approval, named.Approval);
        var meant = period.Approved(oldestFirst: false, mark).FirstOrDefault(other => other.Id != reversal);
        return period.Approved(oldestFirst: true, new(BookingKey.Approval, said.Approval), new(BookingKey.Batch, NumberBut(meant, said)))
            .FirstOrDefault(other => other.Id != reversal && !Twins.IsMeant(other, named) && Names(said, other, meant));
    }

    // A number of the period is the same for all of it.
    private static string? NumberBut(Session? meant, References said) =>
        meant?.Conclusion is { } booked && booked.References.Batch != said.Batch ? said.Batch : null;

    private static bool Names(References said, Session other, Session? meant)
    {
        var (theirs, ours) = (other.Conclusion!.References, meant?.Conclusion?.References ?? References.None);
        var byCode = Original.SameApproval(said.Approval, theirs.Approval) && !Original.SameApproval(said.Approval, ours.Approval);
        var byNumber = NumberBut(meant, said) is { } turnover && turnover == theirs.Batch;
        return other.Request.Kind is not RequestKind.Reversal && (byCode || byNumber);
    }
}
