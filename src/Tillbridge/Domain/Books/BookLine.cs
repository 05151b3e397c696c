namespace Tillbridge.Domain.Books;

/// <summary>What one settled money session is to the books of its period, without a look at the others.</summary>
/// <param name="Session">The session.</param>
internal sealed record BookLine(SessionId Session)
{
    /// <summary>False for one that was booked and taken back, or of which the host may know more.</summary>
    public required bool IsApproved { get; init; }

    /// <summary>What it adds depends on the booking that it undoes.</summary>
    public bool IsReversal { get; init; }

    /// <summary>It was heard when it was made, with the terminal's time: its clock can be compared with ours.</summary>
    public bool IsHeard { get; init; }

    /// <summary>It stands in sums, which are in one currency only.</summary>
    public bool IsSummed { get; init; }

    /// <summary>Code of the approved amount's currency; null when it has no amount.</summary>
    public string? Currency { get; init; }

    /// <summary>The receipt number as <see cref="BookKeys"/> writes it.</summary>
    public string? Receipt { get; init; }

    /// <summary>The approval code as <see cref="BookKeys"/> writes it.</summary>
    public string? Approval { get; init; }

    /// <summary>The number of the turnover period or record.</summary>
    public string? Batch { get; init; }

    /// <summary>The session that it undid, where one was named.</summary>
    public string? UndoneSession { get; init; }

    /// <summary>The receipt number of what it undid, as <see cref="BookKeys"/> writes it.</summary>
    public string? UndoneReceipt { get; init; }

    /// <summary>The approval code of what it undid, as <see cref="BookKeys"/> writes it.</summary>
    public string? UndoneApproval { get; init; }

    /// <summary>The approved amount in minor units; null when it has none.</summary>
    public long? Units { get; init; }

    /// <summary>What it adds by itself; null for a reversal, and where that cannot be told.</summary>
    public BookEntry? Own { get; init; }

    /// <summary>The line of a session; null when it has none: not settled, moves no money, or was certainly never booked.</summary>
    public static BookLine? Of(Session session)
    {
        if (session.Phase is not SessionPhase.Closed || session.IsUnresolved || !session.Request.Kind.MovesMoney() || !Counts(session))
            return null;
        var (kind, conclusion) = (session.Request.Kind, session.Conclusion!);
        var isApproved = conclusion.Outcome is Outcome.Approved;
        var isReversal = isApproved && kind is RequestKind.Reversal;
        var named = isReversal ? session.Request.Original : null;
        var references = conclusion.References;
        return new(session.Id)
        {
            IsApproved = isApproved,
            IsReversal = isReversal,
            IsHeard = isApproved && session is { ClosedAt: not null, ResolvedBy: null, BrokenBy: null, Conclusion.TerminalTime: not null },
            IsSummed = isApproved && (isReversal || kind.SignInTotals() != 0),
            Currency = isApproved ? conclusion.ApprovedAmount?.Currency.Code : null,
            Receipt = BookKeys.Receipt(references.Receipt),
            Approval = BookKeys.Approval(references.Approval),
            Batch = references.Batch,
            UndoneSession = named?.Session?.Value,
            UndoneReceipt = BookKeys.Receipt(named?.Receipt),
            UndoneApproval = BookKeys.Approval(named?.Approval),
            Units = conclusion.ApprovedAmount?.MinorUnits,
            Own = isReversal ? null : OwnOf(session, conclusion),
        };
    }

    /// <summary>What it adds, given what the booking that it undoes adds to the net; null when that cannot be told.</summary>
    public BookEntry? Entry(long? undoneNet)
    {
        if (!IsReversal) return Own;
        // Undoing a sale takes off, undoing a refund adds.
        return undoneNet is { } net && Units is { } units
            ? new(Receipt, -net, net < 0 ? units : 0, net < 0 ? 0 : units, -1, 1)
            : null;
    }

    private static bool Counts(Session session) => session.Outcome is Outcome.Approved
        || session.Conclusion is { Reason: Reason.ReversedByTerminal or Reason.Withdrawn } or { CheckReconciliation: true };

    private static BookEntry? OwnOf(Session session, Conclusion conclusion)
    {
        var sign = session.Request.Kind.SignInTotals();
        var receipt = BookKeys.Receipt(conclusion.References.Receipt);
        if (conclusion.Outcome is not Outcome.Approved)
        {
            // Booked and taken back: it may stand in both directions, or in none.
            var undone = (conclusion.ApprovedAmount ?? session.Request.Total)?.MinorUnits ?? 0;
            return new(receipt, 0, undone, undone, 0, 2);
        }

        // What a person called approved may have no amount of its own: then nothing can be summed up (found by the laboratory).
        if (sign != 0 && conclusion.ApprovedAmount is null) return null;
        var units = conclusion.ApprovedAmount?.MinorUnits ?? 0;
        // A reservation is in no sum; some count it.
        return new(receipt, sign * units, sign > 0 ? units : 0, sign < 0 ? units : 0, Math.Abs(sign), 1);
    }
}
