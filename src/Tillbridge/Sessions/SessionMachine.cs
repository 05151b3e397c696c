using System.Collections.Immutable;
using Tillbridge.Domain;
using Tillbridge.Domain.Proof;
using Tillbridge.Journal;

namespace Tillbridge.Sessions;

/// <summary>
/// What a session may do next: a pure function of its state and what happened. No clock, no input or output, no chance.
/// The money rules of style §1 are decided here and nowhere else.
/// </summary>
internal static class SessionMachine
{
    private const int MostReceipts = 50;
    private const int MostIncidents = 100;

    public static Transition Next(Session session, SessionInput input, DateTimeOffset at) => session.Phase switch
    {
        SessionPhase.Prepared => Prepared(session, input, at),
        SessionPhase.InFlight => InFlight(session, input, at),
        SessionPhase.AwaitingConfirmation => AwaitingConfirmation(session, input, at),
        SessionPhase.Recovering => Recovering(session, input, at),
        _ => Closed(session, input, at),
    };

    private static Transition Prepared(Session session, SessionInput input, DateTimeOffset at) => input switch
    {
        SendStarted started => Record(
            session with { Phase = SessionPhase.InFlight, Baseline = started.Baseline, SentAt = at }, RecordKind.State),

        // Not one byte that could move money has left: an end now is a certain one.
        LinkFailed failure => Close(
            session, Unsent(new(Outcome.Failed, BeforeSend(failure.Reason)) { TerminalText = failure.Text }), at),
        Restarted => Close(session, Unsent(new(Outcome.Failed, Reason.NotSent)), at),
        AbortAsked abort => Stop(Act(session, "abort", abort.By), Unsent(new(Outcome.Cancelled, Reason.CancelledBeforeSend)), at),
        Displaced newer => Stop(Act(session, "displace", newer.By), Unsent(new(Outcome.Failed, Reason.Displaced)), at),
        TerminalConcluded concluded when concluded.Conclusion.Outcome is not (Outcome.Approved or Outcome.Unknown) =>
            Close(session, Unsent(concluded.Conclusion), at),

        // A driver that did not say that it sends, and brings a result all the same: the terminal knows what happened, we do not.
        ResultHeard or ConfirmationAsked or TerminalConcluded when session.NeedsProof => Lose(
            session, new LinkFailed(Reason.InternalError, "The driver brought a result and never said that it sends."), at),
        _ => Common(session, input, at),
    };

    private static Transition InFlight(Session session, SessionInput input, DateTimeOffset at) => input switch
    {
        ResultHeard heard => Record(session with { Announced = heard.Conclusion }, RecordKind.State),
        ConfirmationAsked asked => Write(
            session with { Phase = SessionPhase.AwaitingConfirmation, Announced = asked.Conclusion },
            RecordKind.Question, RecordBodies.Question(asked.Conclusion)),
        TerminalConcluded concluded => Conclude(session, concluded.Conclusion, at),
        LinkFailed failure => Lose(session, failure, at),
        Restarted { HostDied: false } => Lose(
            session, new LinkFailed(Reason.JournalFailed, "The conversation was left because the journal could not be written."), at),
        Restarted => Lose(
            session,
            new LinkFailed(session.NeedsProof ? Session.OurRestart : Reason.LinkLost, "Tillbridge was restarted during the conversation."),
            at),
        AbortAsked abort => Then(Act(session with { AbortAsked = true }, "abort", abort.By), new SendAbort()),
        Displaced newer => Then(Act(session, "displace", newer.By), new CutConversation()),
        _ => Common(session, input, at),
    };

    private static Transition AwaitingConfirmation(Session session, SessionInput input, DateTimeOffset at) => input switch
    {
        ConfirmationGiven given => Then(
            Act(session with { Phase = SessionPhase.InFlight }, given.Commit ? "confirm" : "reject", given.By),
            new SendConfirmation(given.Commit)),

        // To stop now is to answer the terminal's question with no.
        AbortAsked abort => Then(
            Act(session with { Phase = SessionPhase.InFlight, AbortAsked = true }, "abort", abort.By),
            new SendConfirmation(Commit: false)),
        _ => InFlight(session, input, at),
    };

    private static Transition Recovering(Session session, SessionInput input, DateTimeOffset at) => input switch
    {
        TerminalConcluded concluded => Conclude(session, concluded.Conclusion, at),
        RecoveryGaveUp gaveUp => Close(
            session, new(Outcome.Unknown, gaveUp.Reason) { TerminalText = gaveUp.Text, References = Known(session) }, at),
        LinkFailed or Restarted => Transition.Stay(session),
        AbortAsked abort => Act(session with { AbortAsked = true }, "abort", abort.By),
        Displaced newer => Act(session, "displace", newer.By),
        _ => Common(session, input, at),
    };

    private static Transition Closed(Session session, SessionInput input, DateTimeOffset at) => input switch
    {
        // Unknown stays open to the truth: a later answer still concludes it.
        TerminalConcluded { Conclusion.Outcome: not Outcome.Unknown } late when session.IsUnresolved =>
            Close(session, late.Conclusion, at),
        PersonResolved person when session.IsUnresolved => Resolve(session, person, at),

        // The same answer again changes nothing; another one is kept for a person to look at.
        TerminalConcluded again when session.Conclusion is { } known && known.Agrees(again.Conclusion) => Transition.Stay(session),
        TerminalConcluded { Conclusion.Outcome: Outcome.Unknown } => Transition.Stay(session),
        TerminalConcluded other => Raise(session, Reason.LateContradiction, Contradiction(session, other.Conclusion), at),
        LinkFailed or RecoveryGaveUp or AbortAsked or Displaced or Restarted or ProgressHeard => Transition.Stay(session),
        _ => Common(session, input, at),
    };

    // What may come in any phase and moves no phase.
    private static Transition Common(Session session, SessionInput input, DateTimeOffset at) => input switch
    {
        ProgressHeard progress => Write(
            session, RecordKind.Progress, RecordBodies.Progress(progress.Key, progress.Text), durable: false),

        // A terminal that prints without end fills no journal; what it printed until then stays.
        ReceiptHeard when session.Receipts.Count >= MostReceipts => Transition.Stay(session),
        ReceiptHeard heard => Write(
            session with { Receipts = [.. session.Receipts, heard.Receipt] },
            RecordKind.Receipt, RecordBodies.Receipt(heard.Receipt), durable: false),
        IncidentHeard incident => Raise(session, incident.Code, incident.Text, at),
        _ => throw new InvariantException($"{input.GetType().Name} cannot happen while {session.Phase}."),
    };

    private static Transition Lose(Session session, LinkFailed failure, DateTimeOffset at)
    {
        // A question that moves no money may simply be asked again.
        if (!session.NeedsProof)
        {
            var end = new Conclusion(Outcome.Failed, failure.Reason) { TerminalText = failure.Text };
            return Close(session, end.On(Ground.MovesNoMoney), at);
        }

        // Bytes may have arrived: only the terminal can say what happened.
        var lost = session with { Phase = SessionPhase.Recovering, BrokenBy = failure.Reason };
        return Write(lost, RecordKind.State, RecordBodies.State(lost, failure.Text));
    }

    private static Transition Conclude(Session session, Conclusion conclusion, DateTimeOffset at)
    {
        // What our own caller did not confirm is taken back as agreed, not by surprise.
        var withdrawn = session.Announced is { Outcome: Outcome.Approved }
            && conclusion is { Outcome: not (Outcome.Approved or Outcome.Unknown), Reason: not Reason.NotConfirmed };
        if (!withdrawn) return Close(session, conclusion, at);

        // The terminal's last word wins while the session is open (protocols README §5.2); the change is kept in sight.
        var raised = Raise(session, Reason.Withdrawn, Contradiction(session with { Conclusion = session.Announced }, conclusion), at);
        var closed = Close(raised.State, conclusion, at);
        return closed with { Effects = [.. raised.Effects, .. closed.Effects] };
    }

    private static Transition Resolve(Session session, PersonResolved person, DateTimeOffset at)
    {
        Invariant.Holds(person.Outcome is not Outcome.Unknown, "a person concludes with a definite outcome");
        var approved = person.Outcome is Outcome.Approved
            ? session.Announced?.ApprovedAmount ?? session.Request.Total ?? session.Request.Original?.Amount
            : null;
        var conclusion = (session.Announced ?? new(person.Outcome, Reason.ResolvedByPerson)) with
        {
            Outcome = person.Outcome,
            Reason = Reason.ResolvedByPerson,
            ApprovedAmount = approved,
            Grounds = Grounds.Of(Ground.ResolvedByPerson),
        };
        // What the terminal announced of the period stands only where the person says the same.
        if (session.Request.Kind is RequestKind.Reconciliation && session.Announced?.Outcome != person.Outcome)
            conclusion = conclusion with { PeriodClosed = person.Outcome is Outcome.Approved };
        var acted = Act(session with { ResolvedBy = person.By, ResolveNote = person.Note }, "resolve", person.By, person.Note);
        var closed = Close(acted.State, conclusion, at);
        return closed with { Effects = [.. acted.Effects, .. closed.Effects] };
    }

    private static Transition Close(Session session, Conclusion conclusion, DateTimeOffset at)
    {
        // What nobody knows rests on nothing, whatever was heard on the way.
        if (conclusion.Outcome is Outcome.Unknown) conclusion = conclusion with { Grounds = Grounds.None };
        return Write(
            session with { Phase = SessionPhase.Closed, Conclusion = conclusion, ClosedAt = at },
            RecordKind.Concluded, RecordBodies.Concluded(conclusion));
    }

    // What the terminal said before is no ground beside it.
    private static Conclusion Unsent(Conclusion conclusion) => conclusion with { Grounds = Grounds.Of(Ground.BeforeFirstByte) };

    private static Transition Stop(Transition before, Conclusion conclusion, DateTimeOffset at)
    {
        var closed = Close(before.State, conclusion, at);
        return closed with { Effects = [.. before.Effects, .. closed.Effects, new StopConversation()] };
    }

    private static Transition Record(Session session, RecordKind kind) =>
        Write(session, kind, RecordBodies.State(session));

    private static Transition Act(Session session, string action, string by, string? note = null) =>
        Write(session, RecordKind.Action, RecordBodies.Action(action, by, note));

    private static Transition Raise(Session session, string code, string text, DateTimeOffset at) =>
        session.Incidents.Count >= MostIncidents ? Transition.Stay(session) : Write(
            session with { Incidents = [.. session.Incidents, new Incident(code, text, at)] },
            RecordKind.Incident, RecordBodies.Incident(code, text));

    private static Transition Write(Session session, RecordKind kind, string body, bool durable = true) =>
        new(session, [new WriteDown(kind, body, durable, session)]);

    private static Transition Then(Transition before, SessionEffect effect) =>
        before with { Effects = before.Effects.Add(effect) };

    private static string BeforeSend(string reason) =>
        reason is Reason.LinkLost or Reason.Silence ? Reason.TerminalUnreachable : reason;

    private static References Known(Session session) => session.Announced?.References ?? References.None;

    private static string Contradiction(Session session, Conclusion other) =>
        $"{Describe(session.Conclusion!)} was said before, {Describe(other)} now.";

    private static string Describe(Conclusion conclusion) =>
        $"{conclusion.Outcome} {conclusion.ApprovedAmount} "
        + $"(receipt {conclusion.References.Receipt ?? "-"}, code {conclusion.ResponseCode ?? "-"})";
}
