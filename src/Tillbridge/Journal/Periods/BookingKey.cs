using Tillbridge.Domain.Books;

namespace Tillbridge.Journal.Periods;

/// <summary>A number by which bookings are found.</summary>
public enum BookingKey
{
    /// <summary>The session's id.</summary>
    Session,

    /// <summary>The receipt number; leading zeros say nothing.</summary>
    Receipt,

    /// <summary>The approval code; leading zeros and case say nothing.</summary>
    Approval,

    /// <summary>The number of the turnover period or record.</summary>
    Batch,

    /// <summary>The session that a reversal undid.</summary>
    UndoneSession,

    /// <summary>The receipt number of what a reversal undid.</summary>
    UndoneReceipt,

    /// <summary>The approval code of what a reversal undid.</summary>
    UndoneApproval,
}

/// <summary>One number by which bookings are looked for.</summary>
/// <param name="By">What kind of number it is.</param>
/// <param name="Value">The number as a terminal or a till writes it; null finds nothing.</param>
public sealed record BookingMark(BookingKey By, string? Value);

/// <summary>The form in which lines keep each number.</summary>
internal static class BookingKeys
{
    public static string? Write(this BookingKey by, string? value) => by switch
    {
        BookingKey.Receipt or BookingKey.UndoneReceipt => BookKeys.Receipt(value),
        BookingKey.Approval or BookingKey.UndoneApproval => BookKeys.Approval(value),
        _ => value,
    };

    public static string? Of(this BookingKey by, BookLine line) => by switch
    {
        BookingKey.Session => line.Session.Value,
        BookingKey.Receipt => line.Receipt,
        BookingKey.Approval => line.Approval,
        BookingKey.Batch => line.Batch,
        BookingKey.UndoneSession => line.UndoneSession,
        BookingKey.UndoneReceipt => line.UndoneReceipt,
        _ => line.UndoneApproval,
    };
}
