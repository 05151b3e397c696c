using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Journal.Periods;
using Tillbridge.Protocols;

namespace Tillbridge.Sessions.Books;

/// <summary>
/// The numbers by which a terminal that remembers only its last booking tells us that it is ours (csob-b.md §9: a unique S always).
/// </summary>
internal sealed class BookingReferences(IJournal journal, CancellationToken shutdown)
{
    private const int MostAlike = 100;

    /// <summary>The request with a number of its own, where its terminal wants one.</summary>
    public static TerminalRequest Mint(TerminalRequest request, SessionId id, Capabilities capabilities)
    {
        var digits = capabilities.MintedReferenceDigits;
        if (digits == 0 || !request.Kind.MovesMoney()) return request;
        // Where the till's number is the one that is sent, ours would only be told of and never be on the wire.
        if (capabilities.NeedsUniqueReferences && request.Reference is not null) return request;
        Invariant.Holds(digits is >= 6 and <= 18, "a minted number is long enough not to meet its predecessor");
        // Out of the session's id, so that it needs no counter that could be lost; never with a zero in front, which some would drop.
        var span = (ulong)Math.Pow(10, digits - 1);
        var hash = BitConverter.ToUInt64(SHA256.HashData(Encoding.ASCII.GetBytes(id.Value)));
        return request with { MintedReference = (span + (hash % (9 * span))).ToString(CultureInfo.InvariantCulture) };
    }

    /// <summary>Why a reference cannot be used again now; null when it can.</summary>
    public async Task<Refusal?> Duplicate(string terminal, TerminalRequest request, Capabilities capabilities)
    {
        if (!capabilities.NeedsUniqueReferences || request.Reference is not { } reference || !request.Kind.NeedsAmount()) return null;
        var standing = await journal.Look(
            terminal,
            period => period.WithReference(reference)
                .FirstOrDefault(other => other.Request.Kind == request.Kind && !IsUndone(other, period)),
            shutdown);
        return standing is null ? null : new(
            RefusalCode.InvalidRequest,
            $"Reference {reference} belongs to session {standing.Id} ({standing.Outcome?.ToString().ToLowerInvariant() ?? "open"}) "
            + "already, and this terminal tells bookings apart by it. Look at that session first; "
            + "a part payment needs a reference of its own.",
            "reference") { Session = standing.Id };
    }

    /// <summary>
    /// Why a reversal would undo another booking than the one that is meant, or one of a closed period; null when the journal's newest
    /// booking is that one, or when the journal does not know it (k2-client.md §8).
    /// </summary>
    public async Task<Refusal?> NotTheLast(string terminal, TerminalRequest request, Capabilities capabilities)
    {
        if (!capabilities.ReversesOnlyLast || request is not { Kind: RequestKind.Reversal, Original: { } named }) return null;
        // An unknown one may be booked, and would then be the last.
        var newest = await journal.Look(terminal, period => period.NewestBooking(), shutdown);
        if (newest is not { Conclusion: { } booked } last) return await BehindClose(terminal, named);
        if (last.Outcome is Outcome.Unknown)
        {
            return new(
                RefusalCode.NotTheLastBooking,
                $"{terminal} undoes only its last booking, and nobody knows yet whether session {last.Id} is that; resolve it first.",
                "original") { Session = last.Id };
        }

        const string Earlier = "An earlier booking is given back with a refund.";
        var why = last.Request.Kind is RequestKind.Reversal
                ? IsSame(named, last.Request.Original)
                    ? $"That booking was undone already, by session {last.Id}; nothing more is owed."
                    : $"Its last transaction is a reversal, session {last.Id}, behind which it undoes nothing. {Earlier}"
            : named.Session is { } id && id != last.Id ? $"Its last one is session {last.Id}. {Earlier}"
            : named.Receipt is { } receipt && !Original.SameReceipt(receipt, booked.References.Receipt)
                ? $"Its last one, session {last.Id}, has another receipt number; check the number. {Earlier}"
            : named.Approval is { } approval && booked.References.Approval is { } told && !Original.SameApproval(approval, told)
                ? $"Its last one, session {last.Id}, has another approval code; check the code. {Earlier}"
            : request.Amount is { } amount && amount != booked.ApprovedAmount
                ? $"Its last one, session {last.Id}, is over {booked.ApprovedAmount}; name that amount."
            : null;
        return why is null ? null : new(
            RefusalCode.NotTheLastBooking, $"{terminal} undoes only its last booking. {why}",
            "original") { Session = last.Id };
    }

    // The journal knows the booking, and it is none of the open period. What was paid elsewhere it does not know: that is sent as given.
    private async Task<Refusal?> BehindClose(string terminal, Original named)
    {
        var query = new SessionQuery { Terminal = terminal, Outcome = Outcome.Approved, Limit = MostAlike };
        var closed = (await journal.Query(query, shutdown)).Whole().FirstOrDefault(session => session.Request.Kind.NeedsAmount()
            && (named.Session is { } id ? id == session.Id
                : Original.SameApproval(named.Approval, session.Conclusion?.References.Approval) // Receipt numbers begin anew.
                    && (named.Receipt is not { } receipt || Original.SameReceipt(receipt, session.Conclusion?.References.Receipt))));
        return closed is null ? null : new(
            RefusalCode.NotTheLastBooking,
            $"{terminal} undoes only its last booking, and the period was closed since session {closed.Id} made that one. "
            + "An earlier booking is given back with a refund.",
            "original") { Session = closed.Id };
    }

    private static bool IsSame(Original named, Original? undone) => undone is not null
        && (named.Session is { } id ? id == undone.Session
            : named.Receipt is { } receipt ? Original.SameReceipt(receipt, undone.Receipt)
            : Original.SameApproval(named.Approval, undone.Approval));

    private static bool IsUndone(Session booked, IOpenPeriod period)
    {
        var (receipt, approval) = (booked.Conclusion?.References.Receipt, booked.Conclusion?.References.Approval);
        return period.Approved(
                oldestFirst: false, new(BookingKey.UndoneSession, booked.Id.Value), new(BookingKey.UndoneReceipt, receipt),
                new(BookingKey.UndoneApproval, approval))
            .Any(later => later.CreatedAt >= booked.CreatedAt && later.Request.Original is { } named
                && (named.Session == booked.Id || Original.SameReceipt(named.Receipt, receipt)
                    || (named is { Session: null, Receipt: null } && Original.SameApproval(named.Approval, approval))));
    }
}
