using Tillbridge.Domain;

namespace Tillbridge.Facades.Rows;

/// <summary>How a row ended.</summary>
/// <param name="Outcome">The row's outcome.</param>
/// <param name="At">When that was known, the machine's local time.</param>
public sealed record RowEnd(RowOutcome Outcome, DateTime At)
{
    /// <summary>The closed session; null when there is none.</summary>
    public Session? Session { get; init; }

    /// <summary>
    /// A stable code where something went wrong, or another amount was approved than asked; null for every other answer of the terminal.
    /// </summary>
    public string? ErrorCode { get; init; }

    /// <summary>Cause and cure.</summary>
    public string? ErrorText { get; init; }

    /// <summary>True when the terminal approved another amount than it was asked for: the row is not paid in full.</summary>
    public bool AmountDiffers => Outcome is RowOutcome.Approved
        && Session is { Conclusion.ApprovedAmount: { } approved, Request.Total: { } asked } && approved != asked;

    /// <summary>True when the terminal itself answered: approved or not, its answer is a statement.</summary>
    public bool IsAnswered => Session?.Conclusion is { ResponseCode: not null } || Outcome is
        RowOutcome.Approved or RowOutcome.Declined or RowOutcome.Cancelled;

    /// <summary>A row that is wrong by itself.</summary>
    public static RowEnd Invalid(string code, string text, DateTime at) =>
        new(RowOutcome.Invalid, at) { ErrorCode = code, ErrorText = text };
}
