using Tillbridge.Domain;
using Tillbridge.Domain.Proof;
using Tillbridge.Protocols.Zvt.Apdu;

namespace Tillbridge.Protocols.Zvt;

/// <summary>What a terminal's memory is to a session that is recovered.</summary>
internal enum ZvtVerdict
{
    Ours,
    NotOurs,
    Forgotten,
    Foreign,
    Silent,
}

/// <summary>Whether what the terminal repeats is the booking of a session (zvt.md §9.3, protocols README §5.3). Asks nothing.</summary>
/// <param name="entry">What is recovered.</param>
/// <param name="device">The terminal that was asked, by its own word or the address; null when nobody named it.</param>
/// <param name="dialect">What is taken for granted of it.</param>
/// <param name="clock">For the year and the age of a booking.</param>
internal sealed class ZvtRecognition(RecoveryEntry entry, string? device, ZvtDialect dialect, TimeProvider clock)
{
    /// <summary>No conversation lasts longer; a booking from later is another's.</summary>
    public static readonly TimeSpan LongestConversation = TimeSpan.FromMinutes(30);

    private Session Session => entry.Session;

    /// <summary>What its memory says of our booking.</summary>
    public ZvtVerdict Judge(ZvtAnswer memory)
    {
        var status = memory.Status;
        var baseline = Session.Baseline;
        if (status?.Receipt is null)
        {
            // It has nothing stored. That is news only if it had something before.
            return baseline == Baseline.Nothing ? ZvtVerdict.NotOurs : ZvtVerdict.Forgotten;
        }

        // Another device at the same address knows nothing of our booking.
        if (ZvtMark.IsOtherDevice(baseline?.TerminalId, status.TerminalId)) return ZvtVerdict.Foreign;
        if (ZvtMark.IsOtherDevice(device, status.TerminalId)) return ZvtVerdict.Foreign;
        switch (ZvtMark.Compare(status, baseline))
        {
            case MarkMatch.Same when dialect.Trusts(Ground.BookingsDiffer):
                return ZvtVerdict.NotOurs;
            // Without trace and time a booking of the same price may be ours under the number of the one before: only sums can tell.
            case MarkMatch.Same or MarkMatch.Alike:
                return AmountFits(status) ? ZvtVerdict.Forgotten : ZvtVerdict.NotOurs;
        }

        // A session after ours made it: it says nothing about ours.
        if (entry.TakenByOthers.Any(taken => ZvtMark.IsSame(status, taken))) return ZvtVerdict.Foreign;
        // A clock that goes wrong makes a new booking look old: the time alone never says that it is not ours.
        return IsNewer(status, baseline) && AmountFits(status) && ReferencesFit(status) && TimeFits(status)
            ? ZvtVerdict.Ours
            : ZvtVerdict.Foreign;
    }

    // Receipt numbers wrap after 9999: what is up to half the ring ahead is newer (§8.1).
    private bool IsNewer(ZvtStatusInformation status, Baseline? baseline)
    {
        // Without a mark nothing tells a newer booking from an older one of the same price.
        if (baseline is null) return false;
        if (baseline.Receipt is null) return true;
        if (!int.TryParse(status.Receipt, out var now) || !int.TryParse(baseline.Receipt, out var before)) return false;
        var ahead = (now - before + 9999) % 9999;
        // Where numbers repeat, another amount, time or trace makes it another booking; none stored later is older than the one before.
        return ahead is > 0 and < 5000 || (ahead == 0 && !IsEarlier(ZvtMark.AtOf(status), baseline.At));
    }

    private bool IsEarlier(string? at, string? before)
    {
        var now = clock.GetLocalNow().DateTime;
        return ZvtMark.TimeOf(at, now) < ZvtMark.TimeOf(before, now);
    }

    /// <summary>
    /// Two bookings since ours began: which of them is ours, and whether the other undid it, their numbers do not say. Where receipt
    /// numbers repeat, only the trace tells that nothing came between; without one either, a terminal that names totals, which are held
    /// against our books.
    /// </summary>
    /// <param name="status">What it repeats.</param>
    /// <param name="heldAgainstBooks">Its totals are held against our books, or it names none.</param>
    public bool IsNext(ZvtStatusInformation status, bool heldAgainstBooks)
    {
        if (Session.Baseline is not { Receipt: { } before } baseline || !int.TryParse(before, out var last)
            || !int.TryParse(status.Receipt, out var now)) return true;
        var ahead = (now - last + 9999) % 9999;
        if (ahead != 0) return ahead == 1;
        if (ZvtMark.IsNone(status.Trace) || ZvtMark.IsNone(baseline.Trace))
            return heldAgainstBooks && entry.Books is not null;
        return int.TryParse(status.Trace, out var trace) && int.TryParse(baseline.Trace, out var traceBefore)
            && (trace - traceBefore + 999_999) % 999_999 <= 1;
    }

    private bool AmountFits(ZvtStatusInformation status)
    {
        var asked = Session.Request.Total ?? Session.Request.Original?.Amount ?? Session.Announced?.ApprovedAmount;
        if (asked is not { } wanted) return Session.Request.Kind.NeedsOriginal() && status.OriginalTrace is not null;
        if (!ZvtConclusions.TryCurrency(status, out var currency) || (currency ?? wanted.Currency) != wanted.Currency) return false;
        // What was announced may be a part of what was asked; that part is then the one to look for.
        return status.Amount == wanted.MinorUnits
            || (Session.Announced?.ApprovedAmount is { } part && status.Amount == part.MinorUnits);
    }

    private bool ReferencesFit(ZvtStatusInformation status)
    {
        var isReversal = Session.Request.Kind is RequestKind.Reversal;
        if (!isReversal && status.OriginalTrace is not null) return false;
        if (isReversal && Session.Request.Original?.Trace is { } trace
            && status.OriginalTrace is { } undone && trace != undone)
        {
            return false;
        }

        return Session.Announced?.References.Receipt is not { } receipt || receipt == status.Receipt;
    }

    private bool TimeFits(ZvtStatusInformation status)
    {
        if (TimeOf(status) is not { } told) return Session.Baseline is not null;
        // How far its clock is off is known from the booking before; without that it has to be right.
        var time = entry.ClockOffset is { } offset && offset.Duration() > dialect.ClockSkew ? told - offset : told;
        // A booking from hours later was made by hand, or by another till.
        var latest = Start + LongestConversation;
        var now = clock.GetLocalNow().DateTime;
        return time >= Start - dialect.ClockSkew && time <= (latest < now ? latest : now) + dialect.ClockSkew;
    }

    /// <summary>When it began, by our own clock on the wall.</summary>
    public DateTime Start => TimeZoneInfo.ConvertTime(Session.SentAt ?? Session.CreatedAt, clock.LocalTimeZone).DateTime;

    private DateTime? TimeOf(ZvtStatusInformation status) =>
        ZvtMark.TimeOf(ZvtMark.AtOf(status), clock.GetLocalNow().DateTime);
}
