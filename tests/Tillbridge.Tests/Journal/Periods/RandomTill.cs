using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Journal.Periods;

/// <summary>
/// Drives one terminal's sessions through a journal by chance: sales, refunds, reversals, unknowns that are resolved late, sessions that
/// overtake each other, closes. It keeps its own list of them, in the order that the journal must have.
/// </summary>
internal sealed class RandomTill(int seed, IJournal journal, ManualClock clock, CancellationToken stop)
{
    private const string Till = "till-1";
    private static readonly string?[] Receipts = ["0001", "1", "002", "0003", "4", "005", "0000", null, "A7"];
    private static readonly string?[] Codes = ["00a1", "A1", "B2", " 0b2 ", "0000", null];

    private static readonly RequestKind[] Kinds =
    [
        RequestKind.Sale, RequestKind.Sale, RequestKind.Sale, RequestKind.Refund, RequestKind.Reversal, RequestKind.Reversal,
        RequestKind.PreAuthorization, RequestKind.Capture, RequestKind.SaleWithCashback, RequestKind.CancelPreAuthorization,
    ];

    // Where all is wild, hardly ever can anything be summed up.
    private readonly bool isWild = seed % 4 == 0;
    private readonly Dictionary<SessionId, (Session Session, long Place)> sessions = [];
    private readonly IdSource ids = IdSource.Of(clock);

    public Random Chance { get; } = new(seed);

    /// <summary>The open period as it must be, oldest first.</summary>
    public IReadOnlyList<Session> Period
    {
        get
        {
            var start = sessions.Values.Where(kept => kept.Session.ClosesPeriod).Select(kept => kept.Place).DefaultIfEmpty(0).Max();
            return [.. sessions.Values.Where(kept => kept.Place > start && kept.Session.Request.Kind.MovesMoney())
                .OrderBy(kept => kept.Place).Select(kept => kept.Session)];
        }
    }

    public async Task Step()
    {
        clock.Advance(TimeSpan.FromSeconds(Chance.Next(5)));
        var open = sessions.Values.Select(kept => kept.Session).Where(session => session.Phase is not SessionPhase.Closed).ToList();
        var unknown = sessions.Values.Select(kept => kept.Session).Where(session => session.IsUnresolved).ToList();
        var closed = sessions.Values.Select(kept => kept.Session).Where(session => session is { Phase: SessionPhase.Closed }).ToList();
        switch (Chance.Next(12))
        {
            case 0 when open.Count < (isWild ? 3 : 1):
                await Accept(RequestOf(Pick(Kinds)));
                break;
            case 1 or 2 or 7 or 8 or 9 when open.Count > 0:
                await Go(Pick(open));
                break;
            case 3 or 4 or 10 when unknown.Count > 0:
                var doubtful = Pick(unknown);
                await Close(doubtful with { ResolvedBy = "Eva" }, ConclusionOf(doubtful, canBeUnknown: false));
                break;
            case 5 when closed.Count > 0:
                // Something is noted about a session that is over.
                await Write(Pick(closed) with { AbortAsked = true }, RecordKind.Action);
                break;
            case 6 when Chance.Next(isWild ? 4 : 8) == 0:
                await Go(await Accept(new TerminalRequest(RequestKind.Reconciliation)));
                break;
            default:
                var session = await Accept(RequestOf(Pick(Kinds)));
                for (var times = Chance.Next(isWild ? 6 : 20) == 0 ? 1 : 2; times > 0; times--) session = await Go(session);
                break;
        }
    }

    /// <summary>A session that is not settled: one of the period, or one that the journal does not know.</summary>
    public Session Asked()
    {
        var open = Period.Where(session => session.Phase is not SessionPhase.Closed || session.IsUnresolved).ToList();
        return open.Count > 0 && Chance.Next(5) > 0 ? Pick(open) : new(ids.NewSession(), Till, RequestOf(Pick(Kinds)), clock.GetUtcNow());
    }

    public T Pick<T>(IReadOnlyList<T> some) => some[Chance.Next(some.Count)];

    public string? AnyReceipt(Random? by = null) => Receipts[(by ?? Chance).Next(Receipts.Length)];

    public string? AnyCode(Random? by = null) => Codes[(by ?? Chance).Next(Codes.Length)];

    public string? AnySession(Random by) => sessions.Count == 0 ? null : sessions.Keys.ElementAt(by.Next(sessions.Count)).Value;

    private async Task<Session> Go(Session session) => session.Phase is SessionPhase.Prepared
        ? await Write(session with { Phase = SessionPhase.InFlight, SentAt = clock.GetUtcNow() }, RecordKind.State)
        : await Close(session, ConclusionOf(session, canBeUnknown: true));

    private Task<Session> Close(Session session, Conclusion conclusion) =>
        Write(session with { Phase = SessionPhase.Closed, Conclusion = conclusion, ClosedAt = clock.GetUtcNow() }, RecordKind.Concluded);

    private async Task<Session> Accept(TerminalRequest request)
    {
        var intent = new Session(ids.NewSession(), Till, request, clock.GetUtcNow());
        await journal.Accept(intent, "{}", stop);
        sessions[intent.Id] = (intent, journal.LastSequence);
        return intent;
    }

    private async Task<Session> Write(Session next, RecordKind kind)
    {
        var sequence = await journal.Append(new JournalEntry(next.Id, next.Terminal, kind, "{}", next), stop);
        var (before, place) = sessions[next.Id];
        sessions[next.Id] = (next, before.SentAt is null && next.SentAt is not null ? sequence : place);
        return next;
    }

    // A till reverses what it knows.
    private TerminalRequest RequestOf(RequestKind wanted)
    {
        var kind = !isWild && wanted is RequestKind.Reversal && OriginalOf().Receipt is null ? RequestKind.Sale : wanted;
        return RequestFor(kind);
    }

    private TerminalRequest RequestFor(RequestKind kind) => new(kind)
    {
        Amount = kind.NeedsAmount() || kind is RequestKind.SaleWithCashback ? Money.Euro(Chance.Next(1, 4)) : null,
        Reference = Chance.Next(3) == 0 ? "r" + Chance.Next(4) : null,
        Original = kind.NeedsOriginal() ? OriginalOf() : null,
    };

    private Original OriginalOf()
    {
        var booked = Period.Where(session => session is { Outcome: Outcome.Approved, Conclusion.References.Receipt: not null }).ToList();
        var known = booked.Count > 0 ? Pick(booked) : null;
        return new(
            Chance.Next(3) == 0 ? known?.Id : null,
            isWild && Chance.Next(4) == 0 ? AnyReceipt() : known?.Conclusion!.References.Receipt,
            Approval: Chance.Next(2) == 0 ? AnyCode() : null);
    }

    private Conclusion ConclusionOf(Session session, bool canBeUnknown)
    {
        var what = Chance.Next(20);
        if (what == 0 && canBeUnknown) return new(Outcome.Unknown, Reason.CannotTell);
        if (what == 1) return new(Outcome.Declined, Reason.DeclinedByIssuer);
        if (what == 2) return new(Outcome.Declined, Reason.ReversedByTerminal) { References = new(AnyReceipt()) };
        if (what == 3) return new(Outcome.Failed, Reason.TerminalFailed) { CheckReconciliation = true, ApprovedAmount = Money.Euro(2) };
        var odd = isWild ? 60 : 400;
        var currency = Chance.Next(odd) == 0 ? "CZK" : "EUR";
        return new(Outcome.Approved, Reason.Approved)
        {
            ApprovedAmount = Chance.Next(odd) == 0 && session.Request.Kind.MovesMoney()
                ? null
                : new Money(session.Request.Amount?.MinorUnits ?? Chance.Next(1, 4), Currency.Of(currency)),
            References = new(AnyReceipt(), Approval: AnyCode(), Batch: Chance.Next(3) == 0 ? null : "b" + Chance.Next(3)),
            TerminalTime = Chance.Next(2) == 0 ? new DateTime(2026, 3, 1, 9, 0, 0, DateTimeKind.Unspecified) : null,
        };
    }
}
