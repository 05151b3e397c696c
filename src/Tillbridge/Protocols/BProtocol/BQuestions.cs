using Tillbridge.Domain;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Protocols.BProtocol;

/// <summary>What the terminal said about its last transaction.</summary>
internal enum LastKind
{
    /// <summary>It names one.</summary>
    Found,

    /// <summary>It has none stored.</summary>
    Nothing,

    /// <summary>It is doing something else.</summary>
    Busy,

    /// <summary>It does not know the question, or says what cannot be understood.</summary>
    NoAnswer,
}

/// <summary>The answer to T82.</summary>
internal sealed record BLast(LastKind Kind, BFrame Answer, BDialect Dialect)
{
    public string? Code => Answer.Get(Dialect, BFields.Response);

    public string? Invoice => Answer.Get(Dialect, BFields.Invoice) ?? Answer.Get(Dialect, BFields.LongInvoice);

    public string? Reference => Answer.Get(Dialect, BFields.Reference);

    public string? Approval => Answer.Get(Dialect, BFields.Approval);

    /// <summary>What it was; null when the terminal does not tell.</summary>
    public string? Operation => Dialect.OperationOf(Answer.Get(Dialect, BFields.Original));

    /// <summary>
    /// Its marks, so that the same one is known again; the sequence number tells apart what is alike in all else. Without any number there
    /// is no mark: two bookings may be alike.
    /// </summary>
    public Baseline ToBaseline() => new(
        Number(Answer.Get(Dialect, BFields.Sequence)) ?? Number(Approval) ?? Number(Invoice) ?? Number(Reference),
        string.Join('/', Answer.Get(Dialect, BFields.Original), Invoice, Reference, Answer.Get(Dialect, BFields.Amount), Approval, Code),
        null,
        Answer.TerminalId)
    {
        Approval = Number(Approval),
    };

    /// <summary>
    /// It is what the terminal remembered before we sent anything, so it says nothing about our request. A number that only our journal
    /// knew from before may have begun anew and does not outweigh the request's own.
    /// </summary>
    public bool IsAsBefore(Baseline? before, BIdentity wanted) => before?.Receipt is not null && ToBaseline() is var now
        && now.Receipt == before.Receipt && (before.Trace is { } trace
            ? now.Trace == trace
            : !(wanted.IsUnique && Carries(wanted)) && (before.Approval is null || Original.SameApproval(before.Approval, Approval)));

    /// <summary>True when it carries the numbers of the request. What the terminal does not echo proves nothing against it.</summary>
    public bool Carries(BIdentity wanted)
    {
        if (Operation is { } operation && operation != wanted.Operation) return false;
        if (!wanted.IsUnique) return Original.SameApproval(wanted.Approval, Approval) && Operation == wanted.Operation;
        if (wanted.Reference is { } reference && Reference is { } told && told != reference) return false;
        if (wanted.Invoice is { } invoice && Invoice is { } named && named != invoice) return false;
        return (wanted.Reference is not null && Reference is not null) || (wanted.Invoice is not null && Invoice is not null);
    }

    /// <summary>True when a number or the operation says that it is another's; false also where nothing is said.</summary>
    public bool IsAnothers(BIdentity wanted) => (Operation is { } operation && operation != wanted.Operation)
        || (wanted.Reference is { } reference && Reference is { } told && told != reference)
        || (wanted.Invoice is { } invoice && Invoice is { } named && named != invoice)
        || (!wanted.IsUnique && Number(Approval) is { } approval && !Original.SameApproval(wanted.Approval, approval));

    /// <summary>
    /// True where a terminal names no operation, so that nothing can be said against a reversal, which is answered with the code of what it
    /// undid.
    /// </summary>
    public bool LeavesOpen(BIdentity wanted) => wanted.Operation == BOperations.Reversal && Operation is null
        && (Kind is not LastKind.Found || Original.SameApproval(Approval, wanted.Approval));

    /// <summary>
    /// True for a result that carries the numbers of the booking that the terminal had before we began: that one told again (protocols
    /// README §5.7). A reversal is answered with the code of what it undoes, so that only a number of its own tells.
    /// </summary>
    public static bool IsToldAgain(BFrame result, Baseline? before, BIdentity wanted, BDialect dialect)
    {
        if (before?.Receipt is not { } mark) return false;
        var told = new BLast(LastKind.Found, result, dialect);
        if (wanted.IsUnique && told.Carries(wanted)) return false;
        if (told.ToBaseline().Receipt != mark) return false;
        var hasSequence = Number(result.Get(dialect, BFields.Sequence)) is not null;
        // An invoice or reference that only the booking before had is none that a reversal was sent with (found by the laboratory).
        if (wanted.Operation == BOperations.Reversal && !hasSequence)
            return (Number(told.Invoice) ?? Number(told.Reference)) is not null && Numbers(told.ToBaseline()) == Numbers(before);
        // A code that it did not have before makes it another one, under a number that repeats.
        return Number(told.Approval) is not { } approval || (before.Approval is { } code && Original.SameApproval(code, approval));
    }

    // Without the operation, which a result has in its type.
    private static string? Numbers(Baseline mark) => mark.Trace?[(mark.Trace.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static string? Number(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}

/// <summary>Questions that move no money.</summary>
internal sealed class BQuestions(BTalk talk, BDialect dialect)
{
    /// <summary>T80: true when the terminal is idle, false when it is busy, null when it does not know the question.</summary>
    public async Task<bool?> IsIdle(CancellationToken shutdown)
    {
        var answer = await talk.Ask(BOperations.AppInfo, talk.Query, shutdown);
        return dialect.Codes.GroupOf(answer.Get(dialect, BFields.Response) ?? "") switch
        {
            CodeGroup.Approved => true,
            CodeGroup.Busy => false,
            _ => null,
        };
    }

    /// <summary>T82.</summary>
    public async Task<BLast> Last(CancellationToken shutdown)
    {
        var answer = await talk.Ask(BOperations.LastTransaction, talk.Query, shutdown);
        return new(await KindOf(answer, shutdown), answer, dialect);
    }

    /// <summary>
    /// T65: the totals of the open period; null when the terminal names none that can be read. Busy also while it says that they differ
    /// from its host's (integray-rows.md §3.3), for then they prove nothing.
    /// </summary>
    public async Task<(Totals? Totals, bool Busy)> Totals(string operation, Currency own, CancellationToken shutdown)
    {
        var answer = await talk.Ask(operation, talk.Idle, shutdown);
        var code = answer.Get(dialect, BFields.Response) ?? "";
        var isThere = dialect.Codes.GroupOf(code) is CodeGroup.Approved;
        return (
            isThere ? BTotals.Of(answer, own, dialect) : null,
                dialect.Codes.GroupOf(code) is CodeGroup.Busy or CodeGroup.TotalsDifferClosed or CodeGroup.TotalsDifferOpen);
    }

    private async Task<LastKind> KindOf(BFrame answer, CancellationToken shutdown)
    {
        string[] marks = [BFields.Original, BFields.Invoice, BFields.LongInvoice, BFields.Reference, BFields.Amount, BFields.Approval];
        // The code is that of the transaction where one is told, else it is about the question.
        if (marks.Any(mark => !string.IsNullOrEmpty(answer.Get(dialect, mark)))) return LastKind.Found;
        var code = answer.Get(dialect, BFields.Response) ?? "";
        var busy = dialect.Codes.GroupOf(code) is CodeGroup.Busy;
        if (!dialect.Codes.LastNotFound.Contains(code)) return busy ? LastKind.Busy : LastKind.NoAnswer;
        // csob-b says -02 for both: whether it is busy only T80 can tell.
        return busy && await IsIdle(shutdown) is not true ? LastKind.Busy : LastKind.Nothing;
    }
}
