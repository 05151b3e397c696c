using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Sessions;

namespace Tillbridge.Tests.Sessions;

/// <summary>Every phase with every input: what may never happen to money does not.</summary>
public sealed class SessionMachineTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    private static readonly Conclusion Approved = new(Outcome.Approved, Reason.Approved)
    {
        ApprovedAmount = Money.Euro(1250), References = new("0001", Trace: "000001"),
    };

    private static readonly Conclusion Declined = new(Outcome.Declined, Reason.DeclinedByIssuer) { ResponseCode = "05" };
    private static readonly Conclusion NotKnown = new(Outcome.Unknown, Reason.RecoveryExhausted);

    // (phase, input) pairs that the loop never produces; the machine says so instead of guessing.
    private static readonly HashSet<(SessionPhase, string)> Impossible =
    [
        (SessionPhase.Prepared, nameof(ConfirmationGiven)), (SessionPhase.Prepared, nameof(RecoveryGaveUp)),
        (SessionPhase.Prepared, nameof(PersonResolved)),
        (SessionPhase.InFlight, nameof(SendStarted)), (SessionPhase.InFlight, nameof(ConfirmationGiven)),
        (SessionPhase.InFlight, nameof(RecoveryGaveUp)), (SessionPhase.InFlight, nameof(PersonResolved)),
        (SessionPhase.AwaitingConfirmation, nameof(SendStarted)), (SessionPhase.AwaitingConfirmation, nameof(RecoveryGaveUp)),
        (SessionPhase.AwaitingConfirmation, nameof(PersonResolved)),
        (SessionPhase.Recovering, nameof(SendStarted)), (SessionPhase.Recovering, nameof(ResultHeard)),
        (SessionPhase.Recovering, nameof(ConfirmationAsked)), (SessionPhase.Recovering, nameof(ConfirmationGiven)),
        (SessionPhase.Recovering, nameof(PersonResolved)),
        (SessionPhase.Closed, nameof(SendStarted)), (SessionPhase.Closed, nameof(ResultHeard)),
        (SessionPhase.Closed, nameof(ConfirmationAsked)), (SessionPhase.Closed, nameof(ConfirmationGiven)),
        (SessionPhase.Closed, nameof(PersonResolved)),
    ];

    private static (string Name, SessionInput Input)[] Inputs =>
    [
        (nameof(SendStarted), new SendStarted(Baseline.Nothing)), (nameof(ResultHeard), new ResultHeard(Approved)),
        (nameof(ConfirmationAsked), new ConfirmationAsked(Approved)),
        (nameof(ConfirmationGiven), new ConfirmationGiven(Commit: true, "till")),
        (nameof(ProgressHeard), new ProgressHeard("zvt.status.0A", null)),
        (nameof(ReceiptHeard), new ReceiptHeard(new(ReceiptAudience.Merchant, [new("PAID")]))),
        (nameof(IncidentHeard), new IncidentHeard("odd", "seen")), ("Concluded approved", new TerminalConcluded(Approved)),
        ("Concluded declined", new TerminalConcluded(Declined)), ("Concluded unknown", new TerminalConcluded(NotKnown)),
        (nameof(LinkFailed), new LinkFailed(Reason.LinkLost, "gone")),
        (nameof(RecoveryGaveUp), new RecoveryGaveUp(Reason.RecoveryExhausted, "no answer")),
        (nameof(AbortAsked), new AbortAsked("till")), (nameof(PersonResolved), new PersonResolved(Outcome.Declined, "Anna", "seen")),
        (nameof(Restarted), new Restarted()), (nameof(Displaced), new Displaced("till-2")),
    ];

    public static IEnumerable<TheoryDataRow<SessionPhase, string>> Pairs() =>
        from phase in Enum.GetValues<SessionPhase>() from input in Inputs select new TheoryDataRow<SessionPhase, string>(phase, input.Name);

    [Fact]
    public void What_nobody_concluded_is_no_approval() => Assert.Equal(Outcome.Unknown, default);

    [Theory]
    [InlineData(nameof(ResultHeard))]
    [InlineData(nameof(ConfirmationAsked))]
    [InlineData("Concluded approved")]
    [InlineData("Concluded unknown")]
    public void A_driver_that_brings_a_result_and_never_said_that_it_sends_is_asked_about(string name)
    {
        var (next, _) = SessionMachine.Next(
            In(SessionPhase.Prepared), Inputs.First(candidate => candidate.Name == name).Input, Now);

        Assert.Equal((SessionPhase.Recovering, null), (next.Phase, next.Conclusion));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Every_pair_is_decided_and_tells_nothing_before_it_is_durable(SessionPhase phase, string name)
    {
        var session = In(phase);
        var input = Inputs.First(candidate => candidate.Name == name).Input;
        if (Impossible.Contains((phase, name)))
        {
            Assert.Throws<InvariantException>(() => SessionMachine.Next(session, input, Now));
            return;
        }

        var (next, effects) = SessionMachine.Next(session, input, Now);

        if (next.Phase != session.Phase || next.Conclusion != session.Conclusion)
            Assert.Contains(effects, effect => effect is WriteDown { Durable: true });
        if (next.Phase is SessionPhase.Closed) Assert.NotNull(next.Conclusion);
        if (session is { Phase: SessionPhase.Closed, IsUnresolved: false }) Assert.Same(session.Conclusion, next.Conclusion);
    }

    [Theory]
    [InlineData(SessionPhase.InFlight)]
    [InlineData(SessionPhase.AwaitingConfirmation)]
    [InlineData(SessionPhase.Recovering)]
    public void A_lost_line_after_the_send_is_never_an_outcome(SessionPhase phase)
    {
        SessionInput[] inputs = [new LinkFailed(Reason.Silence, ""), new LinkFailed(Reason.InternalError, ""), new Restarted()];
        foreach (var input in inputs)
        {
            var next = SessionMachine.Next(In(phase), input, Now).State;
            Assert.Equal(SessionPhase.Recovering, next.Phase);
            Assert.Null(next.Conclusion);
        }
    }

    [Fact]
    public void A_lost_line_before_the_send_is_a_certain_failure()
    {
        var next = SessionMachine.Next(In(SessionPhase.Prepared), new LinkFailed(Reason.LinkLost, "refused"), Now).State;

        Assert.Equal((Outcome.Failed, Reason.TerminalUnreachable), (next.Outcome, next.Conclusion!.Reason));
    }

    [Fact]
    public void An_abort_before_the_send_cancels_and_stops_the_conversation()
    {
        var (next, effects) = SessionMachine.Next(In(SessionPhase.Prepared), new AbortAsked("till"), Now);

        Assert.Equal(Outcome.Cancelled, next.Outcome);
        Assert.Contains(new StopConversation(), effects);
    }

    [Fact]
    public void An_abort_after_the_send_is_only_a_request()
    {
        var (next, effects) = SessionMachine.Next(In(SessionPhase.InFlight), new AbortAsked("till"), Now);

        Assert.Equal(SessionPhase.InFlight, next.Phase);
        Assert.Contains(new SendAbort(), effects);
        Assert.Equal(Outcome.Approved, SessionMachine.Next(next, new TerminalConcluded(Approved), Now).State.Outcome);
    }

    [Fact]
    public void Recovery_that_gives_up_is_unknown_and_stays_open_to_the_truth()
    {
        var unknown = SessionMachine.Next(In(SessionPhase.Recovering), new RecoveryGaveUp(Reason.RecoveryExhausted, ""), Now).State;
        Assert.True(unknown.IsUnresolved);

        var known = SessionMachine.Next(unknown, new TerminalConcluded(Approved), Now).State;

        Assert.Equal(Outcome.Approved, known.Outcome);
    }

    [Fact]
    public void A_named_person_concludes_an_unknown_and_the_name_stays()
    {
        var unknown = In(SessionPhase.Recovering) with { Phase = SessionPhase.Closed, Conclusion = NotKnown };

        var (next, effects) = SessionMachine.Next(unknown, new PersonResolved(Outcome.Approved, "Anna", "slip found"), Now);

        Assert.Equal((Outcome.Approved, Reason.ResolvedByPerson, "Anna"), (next.Outcome, next.Conclusion!.Reason, next.ResolvedBy));
        Assert.Equal(Money.Euro(1250), next.Conclusion.ApprovedAmount);
        Assert.Contains(effects, effect => effect is WriteDown { Kind: RecordKind.Action });
    }

    [Fact]
    public void A_late_contradiction_is_an_incident_and_changes_no_outcome()
    {
        var (next, effects) = SessionMachine.Next(In(SessionPhase.Closed), new TerminalConcluded(Declined), Now);

        Assert.Equal(Outcome.Approved, next.Outcome);
        Assert.Equal(Reason.LateContradiction, Assert.Single(next.Incidents).Code);
        Assert.Contains(effects, effect => effect is WriteDown { Kind: RecordKind.Incident, Durable: true });
    }

    [Fact]
    public void The_same_answer_again_changes_nothing()
    {
        var again = new TerminalConcluded(Approved with { Reason = Reason.Recovered });

        var (next, effects) = SessionMachine.Next(In(SessionPhase.Closed), again, Now);

        Assert.Equal(Outcome.Approved, next.Outcome);
        Assert.Empty(effects);
    }

    [Fact]
    public void An_approval_that_the_terminal_withdraws_is_declined_with_an_incident()
    {
        var announced = SessionMachine.Next(In(SessionPhase.InFlight), new ResultHeard(Approved), Now).State;

        var next = SessionMachine.Next(announced, new TerminalConcluded(Declined), Now).State;

        Assert.Equal(Outcome.Declined, next.Outcome);
        Assert.Equal(Reason.Withdrawn, Assert.Single(next.Incidents).Code);
    }

    [Fact]
    public void A_question_that_moves_no_money_may_fail_for_certain()
    {
        var diagnosis = In(SessionPhase.InFlight) with { Request = new(RequestKind.Diagnosis) };

        var next = SessionMachine.Next(diagnosis, new LinkFailed(Reason.Silence, ""), Now).State;

        Assert.Equal(Outcome.Failed, next.Outcome);
    }

    private static Session In(SessionPhase phase) => new(
        new(new string('a', 32)), "till-1", new(RequestKind.Sale) { Amount = Money.Euro(1250) }, Now)
    {
        Key = "k",
        Phase = phase,
        Announced = phase is SessionPhase.AwaitingConfirmation ? Approved : null,
        Conclusion = phase is SessionPhase.Closed ? Approved : null,
    };
}
