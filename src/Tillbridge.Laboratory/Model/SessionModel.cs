using Tillbridge.Domain;
using Tillbridge.Sessions;

namespace Tillbridge.Laboratory.Model;

/// <summary>One thing that can happen next.</summary>
internal sealed record ModelStep(string What, ModelState Next);

/// <summary>
/// What can happen around one money session. Every move of the session is the real machine's; driver, loop, terminal and disk
/// are abstractions of ZvtDriver, TerminalLoop, ZvtVirtualPayment and the journal, with the moments between their steps kept.
/// </summary>
internal sealed class SessionModel(ModelBug bug, bool confirm)
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly Money Asked = Money.Euro(1250);
    private static readonly Conclusion Yes = new(Outcome.Approved, Reason.Approved) { ApprovedAmount = Asked };
    private static readonly Conclusion No = new(Outcome.Declined, Reason.DeclinedByIssuer);

    public ModelState Begin()
    {
        var request = new TerminalRequest(RequestKind.Sale) { Amount = Asked, Confirm = confirm };
        var intent = new Session(new SessionId(new string('0', SessionId.Length)), "t", request, At) { Key = "k", Fingerprint = "f" };
        return new ModelState(intent, intent);
    }

    /// <summary>Everything that can happen from here.</summary>
    public IEnumerable<ModelStep> Steps(ModelState now)
    {
        foreach (var step in Terminal(now)) yield return step;
        if (!now.HostIsUp)
        {
            yield return new("the host starts again", Restart(now));
            yield break;
        }

        foreach (var step in Driver(now).Concat(People(now)).Concat(Trouble(now))) yield return step;
        var seen = bug is ModelBug.TellsBeforeDurable ? now.Loop : now.Disk;
        if (seen is { Phase: SessionPhase.Closed, Outcome: { } outcome } && now.Told != outcome)
        {
            var otherwise = now.Told is { } told && told is not Outcome.Unknown;
            yield return new($"the till is told {outcome}", now with { Told = outcome, ToldOtherwise = now.ToldOtherwise || otherwise });
        }
    }

    /// <summary>What must be true at every moment: a sentence when it is not.</summary>
    public static string? Broken(ModelState now)
    {
        var stands = now.Desk is Desk.Stands;
        if (now.Arrivals > 1) return $"I1, I5: the money command arrived {now.Arrivals} times";
        if (now.Arrivals > 0 && now.Disk.SentAt is null) return "I6: the command arrived before its intent to send was durable";
        if (now.CommittedTooSoon) return "I6: the commit left before the announced result was durable";
        foreach (var session in new[] { now.Disk, now.Loop })
        {
            if (session is { Phase: SessionPhase.Closed, Outcome: Outcome.Approved }
                && !stands) return "I3: approved, and no booking stands";
            if (session is { Phase: SessionPhase.Closed, Outcome: Outcome.Declined or Outcome.Cancelled or Outcome.Failed } && stands)
                return $"I4: {session.Outcome}, and the booking stands";
        }

        if (now.Told is { } told && now.Disk.Outcome != told && !(told is Outcome.Unknown && now.Disk.Phase is SessionPhase.Closed))
            return $"I6: the till was told {told}, durable is {now.Disk.Phase} {now.Disk.Outcome}";
        return now.ToldOtherwise ? "I4: the till was told two definite outcomes" : null;
    }

    /// <summary>Everybody knows how it ended, or a person has it on a list.</summary>
    public static bool IsAtRest(ModelState now) =>
        now is { HostIsUp: true, Disk.Phase: SessionPhase.Closed } && now.Told == now.Disk.Outcome
            && now.Desk is not (Desk.Asked or Desk.Announced);

    // Without a line the terminal ends by itself what it began: it took nothing, it took it back, or it stands (zvt.md §7.3, §9.8).
    private static IEnumerable<ModelStep> Terminal(ModelState now)
    {
        var heard = now is { LineIsUp: true, HostIsUp: true };
        switch (now.Desk)
        {
            case Desk.Asked when heard:
                yield return new("the terminal books and announces it", now with { Desk = Desk.Announced });
                yield return new("the terminal refuses", now with { Desk = Desk.Refused });
                break;
            case Desk.Asked:
                yield return new("the terminal gives up what it began", now with { Desk = Desk.Idle });
                yield return new("the terminal books although nobody listens", now with { Desk = Desk.Stands });
                break;
            case Desk.Announced when !heard:
                yield return new("the terminal takes the booking back", now with { Desk = Desk.TookBack });
                yield return new("the terminal lets the booking stand", now with { Desk = Desk.Stands });
                break;
        }

        if (now is { Remembers: true, LineIsUp: false, Desk: not (Desk.Asked or Desk.Announced) })
            yield return new("the terminal goes away and forgets", now with { Remembers = false, StayedReachable = false });
    }

    private IEnumerable<ModelStep> Driver(ModelState now)
    {
        switch (now.Turn)
        {
            case Turn.Before when now.LineIsUp:
                foreach (var step in Do(now, "about to send", new SendStarted(Baseline.Nothing), after =>
                    after with { Turn = Turn.MaySend })) yield return step;
                break;
            case Turn.MaySend when now is { LineIsUp: true, Loop.Phase: SessionPhase.InFlight }:
                yield return new("the command leaves", now with { Turn = Turn.Sent, Desk = Desk.Asked, Arrivals = now.Arrivals + 1 });
                break;
            case Turn.Sent when now is { LineIsUp: true, Desk: Desk.Announced }:
                var asks = confirm;
                SessionInput heard = asks ? new ConfirmationAsked(Yes) : new ResultHeard(Yes);
                var next = asks ? Turn.Asking : Turn.MayCommit;
                if (bug is ModelBug.CommitsTooSoon && !asks)
                    yield return new("the commit leaves", now with { Turn = Turn.Committed, Desk = Desk.Stands,
                        CommittedTooSoon = now.Disk.Announced is null });
                foreach (var step in Do(now, "the result is heard", heard, after => after with { Turn = next })) yield return step;
                break;
            case Turn.Sent when now is { LineIsUp: true, Desk: Desk.Refused }:
                foreach (var step in Do(now, "the refusal is heard", new TerminalConcluded(No), Over)) yield return step;
                break;
            case Turn.MayCommit when now is { LineIsUp: true, Desk: Desk.Announced }:
                yield return new("the commit leaves", now with { Turn = Turn.Committed, Desk = Desk.Stands });
                yield return new("the commit is lost", now with { Turn = Turn.Committed, LineIsUp = false });
                break;
            case Turn.Committed when now is { LineIsUp: true, Desk: Desk.Stands }:
                foreach (var step in Do(now, "the completion is heard", new TerminalConcluded(Yes), Over)) yield return step;
                break;
            case Turn.Recovering when now.Attempts > 0:
                foreach (var step in Recover(now with { Attempts = now.Attempts - 1 })) yield return step;
                break;
            case Turn.Recovering:
                foreach (var step in Do(now, "recovery gives up", new RecoveryGaveUp(Reason.RecoveryExhausted, ""),
                    Over)) yield return step;
                break;
        }

        if (!now.LineIsUp && now.Turn is Turn.Before or Turn.MaySend or Turn.Sent or Turn.MayCommit or Turn.Asking or Turn.Committed)
            foreach (var step in Lose(now)) yield return step;
    }

    private IEnumerable<ModelStep> Lose(ModelState now)
    {
        if (bug is ModelBug.RetriesOnTimeOut && now.Turn is Turn.Sent && now.Losses > 0)
            yield return new("the line is up and the command is sent again", now with { LineIsUp = true, Turn = Turn.MaySend });
        foreach (var step in Do(now, "the loss is noticed", new LinkFailed(Reason.LinkLost, ""), after => after with
        {
            Turn = after.Loop.Phase is SessionPhase.Recovering ? Turn.Recovering : Turn.Over,
        })) yield return step;
    }

    // ZvtRecovery.Ask, by the rules of the protocols README §5.
    private IEnumerable<ModelStep> Recover(ModelState now)
    {
        yield return new("the terminal cannot be reached", now with { StayedReachable = false });
        var answer = now with { LineIsUp = true };
        var busy = now.Desk is Desk.Asked or Desk.Announced;
        if (busy)
        {
            yield return new("the terminal is still busy", now);
            yield break;
        }

        var approvedBefore = now.Loop.Announced is { Outcome: Outcome.Approved };
        if (now is { Desk: Desk.Stands, Remembers: true })
        {
            foreach (var step in Do(answer, "the terminal repeats our booking", new TerminalConcluded(Yes), Over)) yield return step;
            yield break;
        }

        if (bug is ModelBug.BelievesNotFound)
            foreach (var step in Do(answer, "not found, believed", new TerminalConcluded(No), Over)) yield return step;
        var unclear = new RecoveryGaveUp(Reason.CannotTell, "");
        // Totals may not be had, or another session of the period is not settled.
        foreach (var step in Do(answer, "the terminal cannot tell", unclear, Over)) yield return step;
        var booked = now.Desk is Desk.Stands;
        var provesByReach = now is { StayedReachable: true, Remembers: true } && !approvedBefore;
        if (booked || !(provesByReach || now.Desk is Desk.Idle or Desk.TookBack or Desk.Refused)) yield break;
        var nothing = approvedBefore
            ? new Conclusion(Outcome.Declined, Reason.ReversedByTerminal)
            : new Conclusion(Outcome.Failed, Reason.NotBooked);
        foreach (var step in Do(answer, "the terminal did not book", new TerminalConcluded(nothing), Over)) yield return step;
    }

    private IEnumerable<ModelStep> People(ModelState now)
    {
        if (now is { Aborts: > 0, Loop.Phase: SessionPhase.Prepared or SessionPhase.InFlight })
        {
            var asked = now with { Aborts = 0 };
            foreach (var step in Do(asked, "the till asks to stop", new AbortAsked("till"), after => after with
            {
                Turn = after.Loop.Phase is SessionPhase.Closed ? Turn.Over : after.Turn,
                // The terminal may still stop, or not.
                Desk = after.Desk,
            })) yield return step;
        }

        if (now.Turn is Turn.Asking && now is { Loop.Phase: SessionPhase.AwaitingConfirmation, LineIsUp: true, Desk: Desk.Announced })
        {
            foreach (var step in Do(now, "the till confirms", new ConfirmationGiven(true, "till"), after =>
                after with { Turn = Turn.MayCommit })) yield return step;
            foreach (var step in Do(now, "the till rejects", new ConfirmationGiven(false, "till"), after => after with
            {
                Turn = Turn.Sent, Desk = Desk.Refused,
            })) yield return step;
        }

        if (now.Loop.IsUnresolved && now.Turn is Turn.Over && now.Desk is not (Desk.Asked or Desk.Announced))
        {
            var truth = now.Desk is Desk.Stands ? Outcome.Approved : Outcome.Failed;
            foreach (var step in Do(now, "a person resolves it", new PersonResolved(truth, "p", ""), same => same)) yield return step;
            if (now.Remembers && now.Desk is Desk.Stands)
                foreach (var step in Do(now with { LineIsUp = true }, "the terminal answers late", new TerminalConcluded(Yes),
                    Over)) yield return step;
        }
    }

    private static IEnumerable<ModelStep> Trouble(ModelState now)
    {
        if (now.Crashes > 0) yield return new("the host dies", Dead(now));
        if (now is { Losses: > 0, LineIsUp: true } && now.Turn is not Turn.Over)
        {
            yield return new("the line breaks", now with { LineIsUp = false, Losses = now.Losses - 1 });
            yield return new("the terminal is reset", now with { LineIsUp = false, StayedReachable = false, Losses = now.Losses - 1 });
        }
    }

    // TerminalLoop.Apply: the machine decides, the disk takes it, and only then anything goes on.
    private IEnumerable<ModelStep> Do(ModelState now, string what, SessionInput input, Func<ModelState, ModelState> then)
    {
        var next = Calm(SessionMachine.Next(now.Loop, input, At).State);
        var durable = now with { Loop = next, Disk = next };
        yield return new(what, then(durable));
        if (bug is ModelBug.TellsBeforeDurable) yield return new($"{what}, not durable yet", then(now with { Loop = next }));
        if (now.Crashes > 0)
        {
            yield return new($"{what}; the host dies before it is durable", Dead(now));
            yield return new($"{what}; the host dies when it is durable", Dead(durable));
        }

        // The conversation ends, the line is closed, and the session is taken up again as the disk has it (TerminalLoop.TakeUpAgain).
        if (now.DiskFaults > 0)
        {
            var failed = now with { DiskFaults = now.DiskFaults - 1, LineIsUp = false };
            yield return new($"{what}; the disk refuses it", Restart(failed with { HostIsUp = false }));
            yield return new($"{what}; the disk says no and has it", Restart(failed with { HostIsUp = false, Disk = next }));
        }
    }

    private ModelState Restart(ModelState now)
    {
        var up = now with { HostIsUp = true, LineIsUp = false, Loop = now.Disk, StayedReachable = false };
        if (now.Disk.Phase is SessionPhase.Closed) return up with { Turn = Turn.Over };
        var next = bug is ModelBug.RestartForgetsTheSend && now.Disk.Phase is SessionPhase.InFlight
            ? SessionMachine.Next(now.Disk with { Phase = SessionPhase.Prepared }, new Restarted(), At).State
            : SessionMachine.Next(now.Disk, new Restarted(), At).State;
        next = Calm(next);
        return up with { Loop = next, Disk = next, Turn = next.Phase is SessionPhase.Recovering ? Turn.Recovering : Turn.Over };
    }

    private static ModelState Dead(ModelState now) => now with { HostIsUp = false, LineIsUp = false, Crashes = now.Crashes - 1,
        Loop = now.Disk };

    private static ModelState Over(ModelState now) => now with { Turn = Turn.Over };

    // Incidents and receipts move no phase; without them equal moments are equal.
    private static Session Calm(Session session) => session with { Incidents = [], Receipts = [] };
}
