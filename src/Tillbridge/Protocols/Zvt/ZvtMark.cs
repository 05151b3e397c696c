using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Protocols.Zvt.Apdu;

namespace Tillbridge.Protocols.Zvt;

/// <summary>How a result compares with the booking that the terminal had before we began.</summary>
internal enum MarkMatch
{
    /// <summary>Another booking.</summary>
    Other,

    /// <summary>It may be the one from before, told again, or another one that looks like it.</summary>
    Alike,

    /// <summary>The one from before, told again.</summary>
    Same,
}

/// <summary>By which numbers a booking is known again (zvt.md §9.3, protocols README §5.3 and §5.7). Pure.</summary>
internal static class ZvtMark
{
    public static Baseline Of(ZvtStatusInformation status) =>
        new(status.Receipt, status.Trace, status.Turnover, status.TerminalId)
        {
            MinorUnits = status.Amount, At = AtOf(status), Approval = status.Authorisation,
        };

    /// <summary>
    /// Where numbers repeat, the same number over another amount, at another time or, without either, with another approval code is another
    /// booking.
    /// </summary>
    public static MarkMatch Compare(ZvtStatusInformation status, Baseline? before)
    {
        // Zeros are what some terminals send for no number: two bookings without one may still be the same.
        if (before?.Receipt is not { } receipt || status.Receipt is null) return MarkMatch.Other;
        if (Number(status.Receipt) != Number(receipt)) return MarkMatch.Other;
        if (status.Amount is { } amount && before.MinorUnits is { } known && amount != known) return MarkMatch.Other;
        var (at, atBefore) = (AtOf(status), before.At);
        if (at is not null && atBefore is not null && at != atBefore) return MarkMatch.Other;
        var (trace, traceBefore) = (Number(status.Trace), Number(before.Trace));
        if (trace is not null && traceBefore is not null) return trace == traceBefore ? MarkMatch.Same : MarkMatch.Other;
        if (at is not null && at == atBefore) return MarkMatch.Same;
        return AreOther(status.Authorisation, before.Approval) ? MarkMatch.Other : MarkMatch.Alike;
    }

    /// <summary>True for the same receipt and trace number, as far as both are named; without a trace the approval code tells.</summary>
    public static bool IsSame(ZvtStatusInformation status, References taken)
    {
        if (taken.Receipt is not { } receipt || status.Receipt != receipt) return false;
        return Number(taken.Trace) is { } trace && Number(status.Trace) is { } told
            ? trace == told
            : !AreOther(status.Authorisation, taken.Approval);
    }

    /// <summary>True when both name a device, and not the same.</summary>
    public static bool IsOtherDevice(string? asked, string? told) =>
        Number(asked?.Trim()) is { } wanted && Number(told?.Trim()) is { } other && wanted != other;

    /// <summary>No number, or zeros, which some terminals send in its place (zvt.md §8.1).</summary>
    public static bool IsNone(string? number) => Number(number) is null;

    /// <summary>The booking's date and time in the year that brings it nearest to now: MMDD has none (zvt.md §3).</summary>
    public static DateTime? TimeOf(string? at, DateTime now)
    {
        if (at is null) return null;
        DateTime? nearest = null;
        for (var year = now.Year - 1; year <= now.Year + 1; year++)
        {
            var text = $"{year:D4}{at}";
            if (!DateTime.TryParseExact(text, "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) continue;
            if (nearest is null || (time - now).Duration() < (nearest.Value - now).Duration()) nearest = time;
        }

        return nearest;
    }

    /// <summary>Date and time as the terminal wrote them; null unless it named both.</summary>
    public static string? AtOf(ZvtStatusInformation status) => status is { Date: { } date, Time: { } time } ? date + time : null;

    // A reversal may have the code of what it undid at one time and its own at another: numbers and times count more.
    private static bool AreOther(string? code, string? before) =>
        Number(code) is not null && Number(before) is not null && !Original.SameApproval(code, before);

    private static string? Number(string? text) => text?.TrimStart('0') is { Length: > 0 } number ? number : null;
}
