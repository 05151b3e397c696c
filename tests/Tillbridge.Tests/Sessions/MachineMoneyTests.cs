using System.Text.Json;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Sessions;

namespace Tillbridge.Tests.Sessions;

/// <summary>What the machine says about money and writes as evidence, word by word; the pairs stand in SessionMachineTests.</summary>
public sealed class MachineMoneyTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    private static readonly Conclusion Announced = new(Outcome.Approved, Reason.ApprovedOtherAmount)
    {
        ApprovedAmount = Money.Euro(900), ResponseCode = "00", References = new("0042", Trace: "000007"),
    };

    private static readonly Conclusion Declined = new(Outcome.Declined, Reason.DeclinedByIssuer)
    {
        ResponseCode = "05", References = new("0043"),
    };

    [Fact]
    public void An_abort_while_a_confirmation_is_awaited_answers_no()
    {
        var (next, effects) = Step(In(SessionPhase.AwaitingConfirmation), new AbortAsked("Anna"));

        Assert.Equal(new SendConfirmation(Commit: false), effects[^1]);
        Assert.Equal(SessionPhase.InFlight, next.Phase);
        AssertAction("abort", "Anna", effects);
    }

    [Theory]
    [InlineData(true, "confirm")]
    [InlineData(false, "reject")]
    public void A_second_step_is_written_as_what_it_was_before_it_is_sent(bool commit, string action)
    {
        var (next, effects) = Step(In(SessionPhase.AwaitingConfirmation), new ConfirmationGiven(commit, "Anna"));

        AssertAction(action, "Anna", effects);
        Assert.Equal(new SendConfirmation(commit), effects[^1]);
        Assert.Equal((SessionPhase.InFlight, false), (next.Phase, next.AbortAsked));
    }

    [Theory]
    [InlineData(SessionPhase.InFlight)]
    [InlineData(SessionPhase.AwaitingConfirmation)]
    [InlineData(SessionPhase.Recovering)]
    public void An_abort_after_the_send_is_kept_and_written_with_its_name(SessionPhase phase)
    {
        var (next, effects) = Step(In(phase), new AbortAsked("Anna"));

        Assert.True(next.AbortAsked);
        Assert.True(AssertAction("abort", "Anna", effects).State.AbortAsked);
    }

    [Fact]
    public void An_abort_before_the_send_is_written_with_its_name() =>
        AssertAction("abort", "Anna", Step(In(SessionPhase.Prepared), new AbortAsked("Anna")).Effects);

    [Theory]
    [InlineData(Outcome.Declined)]
    [InlineData(Outcome.Cancelled)]
    [InlineData(Outcome.Failed)]
    public void A_person_who_resolves_as_not_approved_leaves_no_approved_amount(Outcome outcome)
    {
        var next = Step(Unknown(Announced), new PersonResolved(outcome, "Anna", "seen")).State;

        Assert.Equal((outcome, Reason.ResolvedByPerson), (next.Conclusion!.Outcome, next.Conclusion.Reason));
        Assert.Null(next.Conclusion.ApprovedAmount);
        Assert.Null(Step(Unknown(null), new PersonResolved(outcome, "Anna", "seen")).State.Conclusion!.ApprovedAmount);
    }

    [Fact]
    public void A_person_who_resolves_as_approved_takes_the_announced_amount_before_the_asked_one()
    {
        var person = new PersonResolved(Outcome.Approved, "Anna", "seen");

        var announced = Step(Unknown(Announced), person).State.Conclusion!;
        var asked = Step(Unknown(null), person).State.Conclusion!;
        var withoutAmount = Step(Unknown(Announced with { ApprovedAmount = null }), person).State.Conclusion!;

        Assert.Equal(Money.Euro(900), announced.ApprovedAmount);
        Assert.Equal((Announced.References, "00"), (announced.References, announced.ResponseCode));
        Assert.Equal(Money.Euro(1250), asked.ApprovedAmount);
        Assert.Equal(Money.Euro(1250), withoutAmount.ApprovedAmount);
    }

    [Fact]
    public void A_reversal_that_a_person_approves_counts_with_the_amount_of_what_it_undid()
    {
        var request = new TerminalRequest(RequestKind.Reversal) { Original = new(Receipt: "7", Amount: Money.Euro(300)) };

        var resolved = Step(Unknown(null) with { Request = request }, new PersonResolved(Outcome.Approved, "Anna", "seen")).State;

        Assert.Equal(Money.Euro(300), resolved.Conclusion!.ApprovedAmount);
    }

    [Theory]
    [InlineData(Outcome.Approved, true, true)]
    [InlineData(Outcome.Approved, false, false)]
    [InlineData(Outcome.Failed, true, false)]
    [InlineData(Outcome.Failed, null, false)]
    [InlineData(Outcome.Approved, null, true)]
    public void What_was_announced_of_a_period_stands_only_where_the_person_says_the_same(Outcome person, bool? announced, bool closed)
    {
        var said = announced is { } told ? Announced with { ApprovedAmount = null, PeriodClosed = told } : null;
        var session = Unknown(said) with { Request = new(RequestKind.Reconciliation) };

        Assert.Equal(closed, Step(session, new PersonResolved(person, "Anna", "seen")).State.Conclusion!.PeriodClosed);
    }

    [Fact]
    public void A_person_s_word_is_written_with_name_and_note_before_the_outcome()
    {
        var (next, effects) = Step(Unknown(null), new PersonResolved(Outcome.Declined, "Anna", "slip found"));

        var action = AssertAction("resolve", "Anna", effects);
        Assert.Equal("slip found", Read(action.Body, "note"));
        Assert.Equal([RecordKind.Action, RecordKind.Concluded], effects.OfType<WriteDown>().Select(write => write.Kind));
        Assert.Equal(("Anna", "slip found"), (next.ResolvedBy, next.ResolveNote));
        Assert.True(action.State.IsUnresolved);
    }

    [Fact]
    public void A_person_cannot_conclude_with_unknown()
    {
        var error = Assert.Throws<InvariantException>(
            () => Step(Unknown(null), new PersonResolved(Outcome.Unknown, "Anna", "")));

        Assert.Contains("definite outcome", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_happen_is_named_with_its_phase()
    {
        var error = Assert.Throws<InvariantException>(() => Step(In(SessionPhase.Closed), new SendStarted(null)));

        Assert.Contains("SendStarted cannot happen while Closed", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Reason.LinkLost, Reason.TerminalUnreachable)]
    [InlineData(Reason.Silence, Reason.TerminalUnreachable)]
    [InlineData(Reason.OtherProtocol, Reason.OtherProtocol)]
    [InlineData(Reason.ProtocolViolation, Reason.ProtocolViolation)]
    [InlineData(Reason.JournalFailed, Reason.JournalFailed)]
    [InlineData(Reason.InternalError, Reason.InternalError)]
    public void Before_the_send_a_lost_line_and_silence_are_an_unreachable_terminal_and_nothing_else_is(string reason, string said)
    {
        var conclusion = Step(In(SessionPhase.Prepared), new LinkFailed(reason, "words")).State.Conclusion!;

        Assert.Equal((Outcome.Failed, said, "words"), (conclusion.Outcome, conclusion.Reason, conclusion.TerminalText));
    }

    [Fact]
    public void An_unknown_keeps_the_references_that_were_announced()
    {
        var gaveUp = new RecoveryGaveUp(Reason.CannotTell, "no word");

        var known = Step(In(SessionPhase.Recovering) with { Announced = Announced }, gaveUp).State.Conclusion!;
        var nothing = Step(In(SessionPhase.Recovering), gaveUp).State.Conclusion!;

        Assert.Equal((Outcome.Unknown, Reason.CannotTell, "no word"), (known.Outcome, known.Reason, known.TerminalText));
        Assert.Equal(Announced.References, known.References);
        Assert.Null(known.ApprovedAmount);
        Assert.Equal(References.None, nothing.References);
    }

    [Fact]
    public void A_restart_in_flight_is_written_as_one()
    {
        var (next, effects) = Step(In(SessionPhase.InFlight), new Restarted());

        var write = Assert.IsType<WriteDown>(Assert.Single(effects));
        Assert.Equal((SessionPhase.Recovering, "restarted"), (next.Phase, next.BrokenBy));
        Assert.Contains("restarted", Read(write.Body, "text"), StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_and_receipts_are_written_and_nothing_waits_for_them()
    {
        SessionInput[] inputs =
            [new ProgressHeard("zvt.status.0A", null), new ReceiptHeard(new(ReceiptAudience.Merchant, [new("PAID")]))];

        foreach (var input in inputs)
            Assert.False(Assert.IsType<WriteDown>(Assert.Single(Step(In(SessionPhase.InFlight), input).Effects)).Durable);
        Assert.True(Assert.IsType<WriteDown>(Step(In(SessionPhase.InFlight), new IncidentHeard("odd", "seen")).Effects[0]).Durable);
    }

    [Fact]
    public void The_fiftieth_receipt_is_kept_and_the_next_is_not()
    {
        var receipt = new Receipt(ReceiptAudience.Merchant, [new("PAID")]);
        var session = In(SessionPhase.InFlight) with { Receipts = [.. Enumerable.Repeat(receipt, 49)] };

        var full = Step(session, new ReceiptHeard(receipt)).State;
        var (after, effects) = Step(full, new ReceiptHeard(receipt));

        Assert.Equal((50, 50), (full.Receipts.Count, after.Receipts.Count));
        Assert.Empty(effects);
    }

    [Fact]
    public void The_hundredth_incident_is_kept_and_the_next_is_not()
    {
        var session = In(SessionPhase.InFlight) with { Incidents = [.. Enumerable.Repeat(new Incident("odd", "seen", Now), 99)] };

        var full = Step(session, new IncidentHeard("odd", "seen")).State;
        var (after, effects) = Step(full, new IncidentHeard("odd", "seen"));

        Assert.Equal((100, 100), (full.Incidents.Count, after.Incidents.Count));
        Assert.Empty(effects);
    }

    [Fact]
    public void A_contradiction_names_what_was_said_before_and_what_is_said_now()
    {
        var closed = In(SessionPhase.Closed);
        var late = Assert.Single(Step(closed, new TerminalConcluded(Declined)).State.Incidents);
        var bare = Step(closed, new TerminalConcluded(new(Outcome.Failed, Reason.TerminalFailed))).State.Incidents[0];

        Assert.Equal(
            "Approved 9.00 EUR (receipt 0042, code 00) was said before, Declined  (receipt 0043, code 05) now.", late.Text);
        Assert.EndsWith("Failed  (receipt -, code -) now.", bare.Text, StringComparison.Ordinal);
        Assert.Equal((Reason.LateContradiction, Now), (late.Code, late.At));
    }

    [Fact]
    public void A_withdrawn_announcement_is_written_before_the_outcome_and_what_was_not_confirmed_is_none()
    {
        var announced = In(SessionPhase.InFlight) with { Announced = Announced };

        var (withdrawn, effects) = Step(announced, new TerminalConcluded(Declined));
        var notConfirmed = Step(announced, new TerminalConcluded(new(Outcome.Declined, Reason.NotConfirmed))).State;
        var unknown = Step(announced, new TerminalConcluded(new(Outcome.Unknown, Reason.CannotTell))).State;

        Assert.Equal([RecordKind.Incident, RecordKind.Concluded], effects.Cast<WriteDown>().Select(write => write.Kind));
        Assert.Equal(Outcome.Declined, withdrawn.Outcome);
        Assert.Empty(notConfirmed.Incidents);
        Assert.Empty(unknown.Incidents);
    }

    private static Transition Step(Session session, SessionInput input) => SessionMachine.Next(session, input, Now);

    private static WriteDown AssertAction(string action, string by, IEnumerable<SessionEffect> effects)
    {
        var write = Assert.IsType<WriteDown>(effects.First());
        Assert.Equal((RecordKind.Action, true), (write.Kind, write.Durable));
        Assert.Equal((action, by), (Read(write.Body, "action"), Read(write.Body, "by")));
        return write;
    }

    private static string? Read(string body, string name)
    {
        using var document = JsonDocument.Parse(body);
        return document.RootElement.GetProperty(name).GetString();
    }

    private static Session Unknown(Conclusion? announced) => In(SessionPhase.Recovering) with
    {
        Phase = SessionPhase.Closed, Announced = announced, Conclusion = new(Outcome.Unknown, Reason.RecoveryExhausted),
    };

    private static Session In(SessionPhase phase) => new(
        new(new string('a', 32)), "till-1", new(RequestKind.Sale) { Amount = Money.Euro(1250) }, Now)
    {
        Key = "k",
        Phase = phase,
        Announced = phase is SessionPhase.AwaitingConfirmation ? Announced : null,
        Conclusion = phase is SessionPhase.Closed ? Announced : null,
    };
}
