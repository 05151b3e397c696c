using Tillbridge.Gateway.Api.Periods;

namespace Tillbridge.Gateway.Api;

/// <summary>A page of sessions.</summary>
/// <param name="Sessions">Newest first.</param>
/// <param name="Cursor">For the next page; null on the last.</param>
internal sealed record SessionListView(IReadOnlyList<SessionView> Sessions, string? Cursor)
{
    /// <summary>Sessions of this page that cannot be told; absent when there are none.</summary>
    public IReadOnlyList<DamagedView>? Damaged { get; init; }
}

/// <summary>A session whose row is damaged.</summary>
internal sealed record DamagedView(string Session, string Why);

/// <summary>A terminal: how it is configured and how it is doing.</summary>
internal sealed record TerminalView
{
    public required string Name { get; init; }

    public required string Uri { get; init; }

    public required string Protocol { get; init; }

    public string? Dialect { get; init; }

    public required string Currency { get; init; }

    /// <summary>Where the password stands, never the password.</summary>
    public string? Password { get; init; }

    public bool StrictUnknown { get; init; }

    public double? AnswerLimit { get; init; }

    public double? RecoveryLimit { get; init; }

    public IReadOnlyDictionary<string, string>? Merchants { get; init; }

    public required TerminalStateView State { get; init; }
}

/// <summary>How a terminal is doing.</summary>
/// <param name="Condition">idle, busy, unresolved or journalFailed.</param>
/// <param name="Session">Its open session.</param>
/// <param name="Unresolved">How many of its sessions are unknown.</param>
/// <param name="LastHeard">When it last answered, UTC.</param>
internal sealed record TerminalStateView(string Condition, string? Session, int Unresolved, DateTimeOffset? LastHeard);

/// <summary>Terminals in the order of their names.</summary>
/// <param name="Terminals">A page of them.</param>
/// <param name="Cursor">Ask again with <c>?cursor=</c> this when there are more; null at the end.</param>
internal sealed record TerminalListView(IReadOnlyList<TerminalView> Terminals, string? Cursor);

/// <summary>The answer of a connection test.</summary>
internal sealed record TestView(string What, bool Ok, string? Outcome, string? Reason, string? Message, SessionView Session);

/// <summary>A session's story.</summary>
/// <param name="Session">As it is now.</param>
/// <param name="Records">Everything that was written about it, in order.</param>
/// <param name="Next">Ask again with <c>?after=</c> this when there is more; null at the end.</param>
internal sealed record TimelineView(SessionView Session, IReadOnlyList<TimelineRecord> Records, long? Next);

/// <summary>One line of the story.</summary>
internal sealed record TimelineRecord(
    long Sequence, DateTimeOffset At, string Kind, System.Text.Json.JsonElement Body, string Hash);

/// <summary>Closes of periods.</summary>
internal sealed record ReconciliationListView(IReadOnlyList<ReconciliationView> Reconciliations, string? Cursor);

/// <summary>One close: the terminal's totals beside ours.</summary>
internal sealed record ReconciliationView
{
    public required SessionView Session { get; init; }

    public DateTimeOffset? PeriodFrom { get; init; }

    public DateTimeOffset PeriodTo { get; init; }

    public TotalsView? TerminalTotals { get; init; }

    public required JournalTotalsView JournalTotals { get; init; }

    /// <summary>What our journal has before the first receipt of the terminal's totals; null unless it closed by itself.</summary>
    public JournalTotalsView? BeforeTerminalClose { get; init; }

    /// <summary>True when nothing differs; null when the terminal named no totals.</summary>
    public bool? Agrees { get; init; }

    public required IReadOnlyList<DifferenceView> Differences { get; init; }
}

/// <summary>What our journal says of a period.</summary>
internal sealed record JournalTotalsView(
    MoneyView? Net, int Count, string? FirstReceipt, string? LastReceipt, IReadOnlyList<string> Unknown)
{
    public static JournalTotalsView From(PeriodTotals totals) => new(
        MoneyView.From(totals.Net), totals.Count, totals.FirstReceipt, totals.LastReceipt, [.. totals.Unknown.Select(id => id.Value)]);
}

/// <summary>One named difference.</summary>
internal sealed record DifferenceView(string Name, string? Terminal, string? Journal, string Text);

/// <summary>Problem details of RFC 9457.</summary>
internal sealed record ProblemView(string Type, string Title, int Status, string Detail, string Code)
{
    /// <summary>The field, parameter or header that is wrong.</summary>
    public string? Field { get; init; }

    /// <summary>The session that the problem is about.</summary>
    public string? Session { get; init; }

    /// <summary>Everything that is wrong, when it is more than one thing.</summary>
    public IReadOnlyList<ProblemFault>? Errors { get; init; }
}

/// <summary>One fault among several.</summary>
internal sealed record ProblemFault(string Field, string Text);

/// <summary>The answer of the health routes.</summary>
internal sealed record HealthView(string Status, IReadOnlyList<string> Faults);
