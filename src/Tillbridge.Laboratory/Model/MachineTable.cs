using Tillbridge.Domain;
using Tillbridge.Sessions;

namespace Tillbridge.Laboratory.Model;

/// <summary>What walking the table came to.</summary>
/// <param name="Pairs">State and input pairs that were tried.</param>
/// <param name="Refused">Phase and input pairs that the machine calls impossible.</param>
/// <param name="Broken">Laws that a move broke.</param>
internal sealed record TableWalk(int Pairs, IReadOnlyCollection<string> Refused, IReadOnlyList<string> Broken);

/// <summary>The session machine's full state x input table, and the laws that every single move has to keep.</summary>
internal static class MachineTable
{
    private static readonly RequestKind[] Kinds =
        [RequestKind.Sale, RequestKind.Reversal, RequestKind.Reconciliation, RequestKind.Diagnosis];

    private static readonly Outcome?[] Announcements = [null, Outcome.Approved, Outcome.Declined, Outcome.Unknown];
    private static readonly bool[] YesOrNo = [false, true];
    private static readonly DateTimeOffset At = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Pairs that cannot happen: the driver asks and announces only after its send, a caller confirms only what waits for it, recovery
    /// gives up only where it asked, a person resolves only what is unknown.
    /// </summary>
    public static IReadOnlyList<string> Impossible { get; } =
    [
        "Prepared ResultHeard", "Prepared ConfirmationAsked", "Prepared ConfirmationGiven", "Prepared RecoveryGaveUp",
        "Prepared PersonResolved", "Prepared TerminalConcluded",
        "InFlight SendStarted", "InFlight ConfirmationGiven", "InFlight RecoveryGaveUp", "InFlight PersonResolved",
        "AwaitingConfirmation SendStarted", "AwaitingConfirmation RecoveryGaveUp", "AwaitingConfirmation PersonResolved",
        "Recovering SendStarted", "Recovering ResultHeard", "Recovering ConfirmationAsked", "Recovering ConfirmationGiven",
        "Recovering PersonResolved",
        "Closed SendStarted", "Closed ResultHeard", "Closed ConfirmationAsked", "Closed ConfirmationGiven", "Closed PersonResolved",
    ];

    public static TableWalk Walk()
    {
        var refused = new HashSet<string>(StringComparer.Ordinal);
        var broken = new List<string>();
        var pairs = 0;
        foreach (var state in States())
        {
            foreach (var input in Inputs())
            {
                pairs++;
                try
                {
                    var move = SessionMachine.Next(state, input, At);
                    if (Fault(state, input, move) is { } fault) broken.Add($"{Describe(state)} x {input}: {fault}");
                }
                catch (InvariantException)
                {
                    refused.Add($"{state.Phase} {input.GetType().Name}");
                }
            }
        }

        return new TableWalk(pairs, refused, broken);
    }

    private static string? Fault(Session before, SessionInput input, Transition move)
    {
        var after = move.State;
        var writes = move.Effects.OfType<WriteDown>().ToList();
        if (before.Phase != after.Phase && !(writes.Count > 0 && writes[^1] is { Durable: true } last && last.State == after))
            return "the phase changes without a durable record of the state that follows";
        var firstOther = move.Effects.ToList().FindIndex(effect => effect is not WriteDown);
        if (firstOther >= 0 && move.Effects.Skip(firstOther).Any(effect =>
            effect is WriteDown)) return "something is done before it is written down";
        var isEnd = before.Phase is not SessionPhase.Closed && after.Phase is SessionPhase.Closed;
        if (isEnd && before.NeedsProof && before.SentAt is not null && input is not (TerminalConcluded or RecoveryGaveUp))
            return "a sent money session is closed without the terminal's word";
        if (isEnd && input is RecoveryGaveUp && after.Outcome is not Outcome.Unknown) return "giving up is no outcome";
        var wasDefinite = before is { Phase: SessionPhase.Closed, IsUnresolved: false };
        if (wasDefinite && (after.Outcome != before.Outcome || after.Conclusion != before.Conclusion)) return "a definite outcome changed";
        var leavesUnknown = before.IsUnresolved && !after.IsUnresolved;
        if (leavesUnknown && input is not (TerminalConcluded or PersonResolved)) return "unknown was left without terminal or person";
        if (input is TerminalConcluded said && after.Outcome == said.Conclusion.Outcome && !wasDefinite
            && after.Conclusion!.ApprovedAmount != said.Conclusion.ApprovedAmount)
        {
            return "the approved amount was changed";
        }

        return after.Receipts.Count > 50 || after.Incidents.Count > 100 ? "a list grows without a bound" : null;
    }

    private static IEnumerable<Session> States() =>
        from kind in Kinds
        from phase in Enum.GetValues<SessionPhase>()
        from announced in Announcements
        from ended in Enum.GetValues<Outcome>().Cast<Outcome?>().Append(null)
        from abort in YesOrNo
        where phase is SessionPhase.Closed == ended is not null
        where phase is not SessionPhase.Prepared || announced is null
        select new Session(new SessionId(new string('0', SessionId.Length)), "t", Request(kind), At)
        {
            Key = "k",
            Phase = phase,
            Announced = announced is { } word ? Word(word) : null,
            Conclusion = ended is { } end ? Word(end) : null,
            AbortAsked = abort,
            SentAt = phase is SessionPhase.Prepared ? null : At,
        };

    private static IEnumerable<SessionInput> Inputs()
    {
        yield return new SendStarted(null);
        yield return new SendStarted(Baseline.Nothing);
        yield return new SendStarted(new Baseline("0001", "000001"));
        foreach (var outcome in Enum.GetValues<Outcome>())
        {
            yield return new ResultHeard(Word(outcome));
            yield return new TerminalConcluded(Word(outcome));
            if (outcome is not Outcome.Unknown) yield return new PersonResolved(outcome, "p", "");
        }

        yield return new TerminalConcluded(Word(Outcome.Approved) with { ApprovedAmount = Money.Euro(625) });
        yield return new ConfirmationAsked(Word(Outcome.Approved));
        yield return new ConfirmationGiven(true, "till");
        yield return new ConfirmationGiven(false, "till");
        yield return new ProgressHeard("zvt.status.0A", null);
        yield return new ReceiptHeard(new Receipt(ReceiptAudience.Merchant, []));
        yield return new IncidentHeard("x", "y");
        yield return new LinkFailed(Reason.LinkLost, "");
        yield return new LinkFailed(Reason.Silence, "") { PeerWasAway = true };
        yield return new RecoveryGaveUp(Reason.RecoveryExhausted, "");
        yield return new RecoveryGaveUp(Reason.CannotTell, "");
        yield return new AbortAsked("till");
        yield return new Displaced("till-2");
        yield return new Restarted();
    }

    private static TerminalRequest Request(RequestKind kind) => kind switch
    {
        RequestKind.Sale => new(kind) { Amount = Money.Euro(1250) },
        RequestKind.Reversal => new(kind) { Original = new Original(Receipt: "0001") },
        _ => new(kind),
    };

    private static Conclusion Word(Outcome outcome) => new(outcome, Reason.Done)
    {
        ApprovedAmount = outcome is Outcome.Approved ? Money.Euro(1250) : null,
    };

    private static string Describe(Session session) =>
        $"{session.Request.Kind} {session.Phase} {session.Outcome} announced {session.Announced?.Outcome.ToString() ?? "nothing"}";
}
