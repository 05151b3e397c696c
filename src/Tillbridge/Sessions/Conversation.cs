using Microsoft.Extensions.Logging;
using Tillbridge.Domain;
using Tillbridge.Domain.Cards;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions.Books;
using Tillbridge.Transports;

namespace Tillbridge.Sessions;

/// <summary>
/// Carries one session through its driver: hands every event to the loop, which makes it durable, and only then asks the
/// driver to go on. When the conversation breaks it recovers, with bounded patience.
/// </summary>
/// <param name="driver">The terminal's driver.</param>
/// <param name="tell">Hands an input to the owner loop; the session as it then is, or null when nothing more may be sent.</param>
/// <param name="entry">Makes a recovery entry out of the session and what the journal knows.</param>
/// <param name="own">Our own books of the terminal, against which its answers are held.</param>
/// <param name="limit">How long recovery asks.</param>
/// <param name="clock">Measures pauses.</param>
/// <param name="logger">One line per step.</param>
internal sealed class Conversation(
    TerminalDriver driver,
    Func<SessionInput, Task<Session?>> tell,
    Func<Session, Task<RecoveryEntry>> entry,
    OwnBookings own,
    TimeSpan limit,
    TimeProvider clock,
    ILogger logger)
{
    private FirstLook? firstLook;

    /// <summary>A new session, from the first byte on; a held one begins when its caller says so.</summary>
    /// <param name="session">The session.</param>
    /// <param name="baseline">The terminal's last booking as the journal knows it.</param>
    /// <param name="hold">Keeps it from beginning; null begins at once.</param>
    /// <param name="cut">Cuts the conversation as a broken line would; recovery then asks.</param>
    /// <param name="stop">Ends everything.</param>
    public async Task Run(Session session, Baseline? baseline, Hold? hold, CancellationToken cut, CancellationToken stop)
    {
        if (hold is not null && await hold.Wait(stop) is { } because)
        {
            await tell(new LinkFailed(because.Reason, because.Text));
            return;
        }

        var failure = await TalkUntilCut(session, baseline, cut, stop);
        if (failure is not { } broke) return;
        // A terminal that may have been off in between counts as one that was seen away.
        long? lostAt = broke.PeerWasAway ? null : clock.GetTimestamp();
        logger.ConversationBroke(session.Terminal, session.Id.Value, broke.Reason, broke.Text);
        if (await tell(broke) is { Phase: SessionPhase.Recovering } lost) await Recover(lost, lostAt, stop);
    }

    private async Task<LinkFailed?> TalkUntilCut(Session session, Baseline? baseline, CancellationToken cut, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cut, stop);
        try
        {
            return await Talk(driver.Converse(session.Request, baseline, either.Token), session, null, either.Token);
        }
        catch (OperationCanceledException) when (cut.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return new LinkFailed(Reason.Displaced, "A newer client took the terminal over.");
        }
    }

    /// <summary>A session whose conversation broke. <paramref name="lostAt"/> is null when nobody knows since when.</summary>
    public async Task Recover(Session session, long? lostAt, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        var (reason, text) = (Reason.RecoveryExhausted, "The terminal did not answer.");
        var reachable = lostAt is not null;
        for (var attempt = 0; !patience.IsCancellationRequested; attempt++)
        {
            StillUnclear? unclear;
            try
            {
                await Task.Delay(UntilSecondLook(session) ?? Recovery.DelayBefore(attempt), clock, either.Token);
                (unclear, reachable) = await Ask(session, attempt, reachable, lostAt, either.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                break; // Our patience ended, not the terminal's answer.
            }

            if (unclear is null) return;
            (reason, text) = (unclear.AskAgain ? Reason.RecoveryExhausted : unclear.Reason, unclear.Text);
            logger.RecoveryAsked(session.Terminal, session.Id.Value, attempt, $"{unclear.Reason} {unclear.Text}");
            if (!unclear.AskAgain) break;
        }

        await tell(new RecoveryGaveUp(reason, text));
    }

    /// <summary>Asks once about a session that ended unknown; the answer may still conclude it.</summary>
    public async Task AskAgain(Session session, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        try
        {
            await Ask(session, 0, reachable: false, lostAt: null, either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            logger.RecoveryAsked(session.Terminal, session.Id.Value, 0, "no answer in time");
        }
    }

    private async Task<(StillUnclear? Unclear, bool Reachable)> Ask(
        Session session, int attempt, bool reachable, long? lostAt, CancellationToken stop)
    {
        RecoveryEntry question;
        try
        {
            question = await entry(session);
        }
        catch (JournalException damaged) when (damaged.Fault is JournalFault.Corrupt)
        {
            // Without our own books nothing that the terminal says can be judged; a person decides.
            return (new StillUnclear(Reason.JournalFailed, damaged.Message, AskAgain: false), false);
        }

        question.StayedReachable = reachable;
        question.FirstSeen = firstLook is { } before && before.Id == session.Id && UntilSecondLook(session) is null ? before.Seen : null;
        var (reached, looked) = (false, false);
        StillUnclear? unclear = null;
        void Watch(TerminalEvent said)
        {
            if (said is StillUnclear ended) unclear = ended;
            if (said is SecondLookNeeded look)
            {
                looked = true;
                unclear = new(Reason.CannotTell, look.Text, AskAgain: true);
                // Another sight begins it anew.
                if (firstLook?.Id != session.Id || firstLook.Seen != look.Text)
                    firstLook = new(session.Id, clock.GetTimestamp(), look.After, look.Text);
            }

            if (said is not Reached) return;
            reached = true;
            // The first reconnect has to come soon; a terminal that was away in between may have forgotten.
            if (attempt == 0 && (lostAt is null || clock.GetElapsedTime(lostAt.Value) > Recovery.ReachWithin))
                question.StayedReachable = false;
        }

        var failure = await Talk(driver.Recover(question, stop), session, Watch, stop);
        if (failure is not null) unclear = new StillUnclear(failure.Reason, failure.Text, AskAgain: true);
        // Only the same answers twice are believed; what came in between begins it anew.
        if (!looked) firstLook = null;
        // A line that broke while we asked is a terminal that was seen away, too.
        return (unclear, failure is null && reached && question.StayedReachable);
    }

    // What is left until the terminal may be believed that it booked nothing; null when nothing has to be waited for.
    private TimeSpan? UntilSecondLook(Session session)
    {
        if (firstLook is not { } look || look.Id != session.Id) return null;
        var left = look.After - clock.GetElapsedTime(look.At);
        return left > TimeSpan.Zero ? left : null;
    }

    // Null when the stream came to its proper end or may not go on, else how it broke.
    private async Task<LinkFailed?> Talk(
        IAsyncEnumerable<TerminalEvent> stream, Session session, Action<TerminalEvent>? watch, CancellationToken stop)
    {
        try
        {
            await foreach (var spoken in stream.WithCancellation(stop))
            {
                var said = TerminalWords.Safe(spoken);
                watch?.Invoke(said);
                if (said is StillUnclear or SecondLookNeeded) return null;
                if (said is Reached) continue;
                if (ApprovalOf(said) is { } approval && await own.ToldAgain(session, approval) is { } earlier)
                {
                    // Not answered and not announced: the link is let go, and recovery asks.
                    return new LinkFailed(
                        Reason.ProtocolViolation, $"The terminal told the booking of session {earlier.Id} again in place of a result.");
                }

                if (said is Concluded { Conclusion: var end } && await own.Another(session, end) is { } incident)
                {
                    // Asked again, it is the same as before.
                    var isNews = !session.Incidents.Any(seen => (seen.Code, seen.Text) == (incident.Code, incident.Text));
                    if (isNews && await tell(ToInput(incident)) is null) return null;
                    var doubt = end with { Outcome = Outcome.Unknown, Reason = incident.Code, ApprovedAmount = null };
                    await tell(new TerminalConcluded(doubt));
                    return null;
                }

                if (said is Concluded { Conclusion: var last } && await own.Closes.SeenIn(session, last) is { } close)
                    await tell(ToInput(close));
                if (said is Concluded { Conclusion: var sums } && await own.Sums.DifferenceIn(session, sums) is { } difference)
                    await tell(ToInput(difference));
                if (await tell(ToInput(said)) is not { } now) return null;
                if (said is Concluded) return null;
                session = now;
            }

            return new LinkFailed(Reason.InternalError, "The driver ended without a conclusion.");
        }
        catch (LinkLostException lost)
        {
            return new LinkFailed(lost.IsSilence ? Reason.Silence : Reason.LinkLost, TerminalWords.Text(lost.Message))
            {
                PeerWasAway = lost.PeerWasAway,
            };
        }
        catch (ProtocolViolationException violation)
        {
            return new LinkFailed(violation.Reason, TerminalWords.Text(violation.Message));
        }
        catch (Exception defect) when (defect is not (OperationCanceledException or JournalException))
        {
            // Whatever we did wrong, the terminal still knows the truth: recovery asks it.
            logger.Defect(session.Terminal, session.Id.Value, defect);
            return new LinkFailed(Reason.InternalError, "A defect of Tillbridge broke the conversation; the log has the details.");
        }
    }

    private static Conclusion? ApprovalOf(TerminalEvent said) => said switch
    {
        ResultAnnounced announced => announced.Conclusion,
        Concluded concluded => concluded.Conclusion,
        _ => null,
    };

    private static SessionInput ToInput(TerminalEvent said) => said switch
    {
        Progress progress => new ProgressHeard(progress.Key, progress.Text),
        AboutToSend send => new SendStarted(send.Baseline),
        ResultAnnounced announced => new ResultHeard(announced.Conclusion),
        ConfirmationNeeded needed => new ConfirmationAsked(needed.Conclusion),
        ReceiptPrinted printed => new ReceiptHeard(printed.Receipt),
        IncidentSeen incident => new IncidentHeard(incident.Code, incident.Text),
        Concluded concluded => new TerminalConcluded(concluded.Conclusion),
        _ => throw new InvariantException($"{said.GetType().Name} is no event of a conversation."),
    };

    // When a terminal first said what means "not booked".
    private sealed record FirstLook(SessionId Id, long At, TimeSpan After, string Seen);
}
