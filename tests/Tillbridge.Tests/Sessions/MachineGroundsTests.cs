using Tillbridge.Domain;
using Tillbridge.Domain.Proof;
using Tillbridge.Sessions;

namespace Tillbridge.Tests.Sessions;

/// <summary>What the engine itself says an outcome rests on.</summary>
public sealed class MachineGroundsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 10, 0, 0, TimeSpan.Zero);

    private static readonly Conclusion Approved = new(Outcome.Approved, Reason.Approved)
    {
        ApprovedAmount = Money.Euro(1250), References = new("0001"),
        Grounds = Grounds.Of(Ground.ResultOnTheLine, Ground.ResultIsTrue),
    };

    private static readonly Conclusion Refused = new(Outcome.Failed, Reason.TerminalBusy)
    {
        Grounds = Grounds.Of(Ground.RefusedAtOnce, Ground.ResultIsTrue),
    };

    public static IEnumerable<TheoryDataRow<string>> EndsBeforeTheSend() =>
        [new("lost"), new("restarted"), new("stopped"), new("displaced"), new("refused")];

    [Theory]
    [MemberData(nameof(EndsBeforeTheSend))]
    public void What_ends_before_the_first_byte_rests_on_that_alone(string name)
    {
        SessionInput input = name switch
        {
            "lost" => new LinkFailed(Reason.LinkLost, "refused"),
            "restarted" => new Restarted(),
            "stopped" => new AbortAsked("till"),
            "displaced" => new Displaced("till-2"),
            _ => new TerminalConcluded(Refused),
        };

        Assert.Equal([Ground.BeforeFirstByte], After(SessionPhase.Prepared, input).Conclusion!.Grounds);
    }

    [Fact]
    public void What_the_terminal_concludes_rests_on_what_the_driver_says() =>
        Assert.Equal(Approved.Grounds, After(SessionPhase.InFlight, new TerminalConcluded(Approved)).Conclusion!.Grounds);

    [Fact]
    public void An_unknown_rests_on_nothing()
    {
        var doubt = Approved with { Outcome = Outcome.Unknown, Reason = Reason.OtherBookingReversed };

        Assert.Empty(After(SessionPhase.InFlight, new TerminalConcluded(doubt)).Conclusion!.Grounds);
        Assert.Empty(After(SessionPhase.Recovering, new RecoveryGaveUp(Reason.RecoveryExhausted, "")).Conclusion!.Grounds);
    }

    [Fact]
    public void A_person_is_the_only_ground_of_what_he_says()
    {
        var unknown = After(SessionPhase.Recovering, new RecoveryGaveUp(Reason.CannotTell, "")) with { Announced = Approved };

        var resolved = SessionMachine.Next(unknown, new PersonResolved(Outcome.Approved, "Anna", "slip"), Now).State;

        Assert.Equal([Ground.ResolvedByPerson], resolved.Conclusion!.Grounds);
    }

    [Fact]
    public void A_question_without_money_fails_because_it_moves_none()
    {
        var diagnosis = In(SessionPhase.InFlight) with { Request = new(RequestKind.Diagnosis) };

        var next = SessionMachine.Next(diagnosis, new LinkFailed(Reason.Silence, ""), Now).State;

        Assert.Equal([Ground.MovesNoMoney], next.Conclusion!.Grounds);
    }

    [Fact]
    public void The_same_answer_on_other_grounds_changes_nothing_and_is_no_incident()
    {
        var closed = After(SessionPhase.InFlight, new TerminalConcluded(Approved));
        var again = new TerminalConcluded(Approved with { Grounds = Grounds.Of(Ground.RepeatsBooking, Ground.MemoryIsTrue) });

        var (next, effects) = SessionMachine.Next(closed, again, Now);

        Assert.Equal((Approved.Grounds, 0), (next.Conclusion!.Grounds, next.Incidents.Count));
        Assert.Empty(effects);
    }

    private static Session After(SessionPhase phase, SessionInput input) => SessionMachine.Next(In(phase), input, Now).State;

    private static Session In(SessionPhase phase) => new(
        new(new string('a', 32)), "till-1", new(RequestKind.Sale) { Amount = Money.Euro(1250) }, Now)
    {
        Key = "k", Phase = phase,
    };
}
