using Microsoft.Extensions.Logging;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions.Books;

namespace Tillbridge.Sessions;

/// <summary>
/// The one owner of a terminal. Everything that happens to its sessions passes through one bounded inbox and is dealt
/// with in order; there are no locks. Conversations run beside it and report through the same inbox.
/// </summary>
internal sealed class TerminalLoop : IAsyncDisposable
{
    private static readonly TimeSpan JournalRetry = TimeSpan.FromSeconds(5);

    private readonly Inbox inbox;
    private readonly IJournal journal;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly SessionWireLog wireLog;
    private readonly OwnBookings own;
    private readonly Conversation conversations;
    private readonly Conversation reminders;
    private readonly CancellationTokenSource shutdown;
    private readonly Dictionary<SessionId, Session> unresolved = [];
    private readonly Queue<(Session Left, bool HostDied)> toRecover = new();
    private CancellationTokenSource stopConversation;
    private CancellationTokenSource cutConversation = new();
    private Session? current;
    private Hold? held;
    private Task conversation = Task.CompletedTask;
    private Task? running;
    private Task? asking;
    private volatile bool journalFailed;
    private bool closing;
    private DateTimeOffset? lastHeard;
    private Snapshot published;

    public TerminalLoop(
        TerminalSettings settings, IProtocol protocol, Transports.ITransport transport, IJournal journal, TimeProvider clock,
        ILogger logger, CancellationToken shutdown)
    {
        (Settings, this.journal, this.clock, this.logger) = (settings, journal, clock, logger);
        this.shutdown = CancellationTokenSource.CreateLinkedTokenSource(shutdown);
        stopConversation = CancellationTokenSource.CreateLinkedTokenSource(this.shutdown.Token);
        published = Look();
        inbox = new Inbox(settings.Name, Publish, logger, this.shutdown.Token);
        wireLog = new SessionWireLog(settings.Name, protocol.Name, journal, clock, logger);
        Driver = protocol.MakeDriver(settings.DriverAtAddress with { WireLog = wireLog }, transport, clock);
        var entries = new RecoveryEntries(journal, settings, clock, this.shutdown.Token);
        own = new OwnBookings(settings.Name, journal, this.shutdown.Token);
        var limit = settings.RecoveryLimit ?? Driver.DefaultRecoveryLimit;
        conversations = new Conversation(Driver, Tell, entries.Make, own, limit, clock, logger);
        // A question about an old unknown must not keep customers waiting.
        var brief = limit < Recovery.AskUnknownFor ? limit : Recovery.AskUnknownFor;
        reminders = new Conversation(Driver, Tell, entries.Make, own, brief, clock, logger);
    }

    public TerminalSettings Settings { get; }

    public TerminalDriver Driver { get; }

    /// <summary>How it stands, as the owner last published it: others read it while the owner works.</summary>
    public TerminalState State => Volatile.Read(ref published).State;

    /// <summary>
    /// True while the last session is closed and its conversation has not let go of the line. A till that sends its next
    /// order the moment it hears the end waits for <see cref="Settled"/> instead of being refused.
    /// </summary>
    public bool IsSettling => Volatile.Read(ref published).IsSettling;

    /// <summary>True when it was taken away, or the process goes down.</summary>
    public bool IsGone => shutdown.IsCancellationRequested;

    /// <summary>Raised when a conversation has let go of the terminal's line, or there is none any more.</summary>
    public Signal Settled { get; } = new();

    /// <summary>Takes up what an earlier run left open, then begins to work.</summary>
    public async Task Start()
    {
        foreach (var left in await journal.Unsettled(Settings.Name, shutdown.Token))
        {
            if (left.IsUnresolved) unresolved[left.Id] = left;
            else toRecover.Enqueue((left, true));
        }

        await TakeUpNext();
        await AskUnknown();
        Publish();
        running = inbox.Run();
        asking = AskUnknownFromTimeToTime();
    }

    /// <summary>Puts work into the inbox and waits for its answer; null when the inbox is full.</summary>
    public Task<TAnswer?> Ask<TAnswer>(Func<Task<TAnswer>> work)
        where TAnswer : class => inbox.Ask(work);

    /// <summary>Only inside <see cref="Ask"/>: why the terminal takes nothing new now; null when it does.</summary>
    public Refusal? RefuseNow(TerminalRequest request)
    {
        if (journalFailed) return Refusal.JournalFailed(Settings.Name);
        if (Settings.StrictUnknown && request.Kind.NeedsProof() && unresolved.Count > 0)
            return Refusal.Unresolved(Settings.Name, unresolved.Keys.First());
        return current is null && toRecover.Count == 0 && !closing ? null : Busy();
    }

    /// <summary>Only inside <see cref="Ask"/>: takes no more orders, unless a session is open.</summary>
    public Refusal? CloseIfIdle()
    {
        if (current is { Phase: not SessionPhase.Closed } || toRecover.Count > 0) return Busy();
        closing = true;
        return null;
    }

    /// <summary>Only inside <see cref="Ask"/>: begins a session whose intent is durable.</summary>
    public void Begin(Session session, Baseline? baseline, TimeSpan? holdFor)
    {
        Invariant.Holds(current is null, "a terminal has one session at a time");
        TakeUp(session);
        SessionTrail.Begin(logger, session);
        held = holdFor is { } limit ? new(limit, clock) : null;
        conversation = Converse(session, () => conversations.Run(session, baseline, held, cutConversation.Token, stopConversation.Token));
    }

    /// <summary>Only inside <see cref="Ask"/>: the caller's word about a held session.</summary>
    public Refusal? Release(SessionId id, HeldBack? because) =>
        current is { Phase: SessionPhase.Prepared } && current.Id == id && held?.Decide(because) == true
            ? null
            : new(RefusalCode.WrongState, $"Session {id} is not held, or its time is up.");

    /// <summary>Only inside <see cref="Ask"/>: something that a caller or person does to a session of this terminal.</summary>
    public async Task<Refusal?> Act(SessionId id, SessionInput input)
    {
        var session = current?.Id == id ? current : unresolved.GetValueOrDefault(id);
        if (input is PersonResolved && session is { IsUnresolved: true } && current is not null) return Busy();
        if (session is null || ActionRules.Refuse(session, input) is not null) return ActionRules.Refuse(session, input);
        if (input is AbortAsked && session.Phase is SessionPhase.InFlight && !Driver.Capabilities.CanAbort)
            return new(RefusalCode.UnsupportedByTerminal, $"{Settings.Name} takes no abort while a payment runs; stop it at the terminal.");
        try
        {
            await Apply(session, input);
            return null;
        }
        catch (JournalException) when (session.Phase is SessionPhase.Prepared or SessionPhase.Closed)
        {
            // Stopped before the send, or resolved: whether it was written down decides what may still be said and sent.
            stopConversation.Cancel();
            if (session.Phase is SessionPhase.Closed) Doubt(session);
            throw;
        }
    }

    /// <summary>
    /// Only inside <see cref="Ask"/>: a write for this session was reported as failed and may stand all the same. The terminal takes
    /// nothing until the journal has told what it holds.
    /// </summary>
    public void Doubt(Session session)
    {
        TakeUp(session);
        journalFailed = true;
        conversation = RetryWhenJournalWrites(session);
    }

    public async ValueTask DisposeAsync()
    {
        shutdown.Cancel();
        Release();
        // The loop first: what it began last is then the conversation to wait for.
        foreach (var task in new[] { () => running, () => asking, () => conversation }.Select(owned => owned()))
        {
            if (task is null) continue;
            await task.ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Current);
        }

        await Driver.CloseAsync();
        foreach (var source in new[] { stopConversation, cutConversation, shutdown }) source.Dispose();
    }

    // What is published first is seen by everybody who is woken.
    private void Release()
    {
        Publish();
        Settled.Raise();
    }

    private void Publish() => Volatile.Write(ref published, Look());

    private Snapshot Look() => new(
        new(Settings.Name, Settings.Address.ToString(), current?.Id, unresolved.Count, lastHeard, journalFailed),
        current is { Phase: SessionPhase.Closed } && !shutdown.IsCancellationRequested);

    // Hands an input of the running conversation to the loop; null when nothing more may be sent.
    private Task<Session?> Tell(SessionInput input) => inbox.Tell(() => Hear(input));

    private Refusal Busy() =>
        Refusal.Busy(Settings.Name, current?.Id ?? (toRecover.TryPeek(out var next) ? next.Left.Id : null));

    private async Task<Session?> Hear(SessionInput input)
    {
        var session = current ?? throw new InvariantException($"{input.GetType().Name} without a session.");
        // Before the send only our own attempts are told of; what comes later the terminal said.
        if (input is not (LinkFailed or RecoveryGaveUp) && (session.Phase is not SessionPhase.Prepared || input is not ProgressHeard))
            lastHeard = clock.GetUtcNow();
        // The caller stopped it before the first byte: now not one may leave.
        if (session.Phase is SessionPhase.Closed && input is SendStarted or ResultHeard or ConfirmationAsked) return null;
        // He stopped it, and nobody knows whether that is durable.
        if (input is SendStarted && stopConversation.IsCancellationRequested) return null;
        return await Apply(session, input);
    }

    private async Task<Session> Apply(Session session, SessionInput input)
    {
        var (next, effects) = SessionMachine.Next(session, input, clock.GetUtcNow());
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case WriteDown write:
                    await WriteDown(write);
                    break;
                case SendAbort:
                    Driver.Abort();
                    break;
                case SendConfirmation confirmation:
                    Driver.Confirm(confirmation.Commit);
                    break;
                case StopConversation:
                    stopConversation.Cancel();
                    break;
                case CutConversation:
                    cutConversation.Cancel();
                    break;
            }
        }

        Keep(session, next, input);
        return next;
    }

    private Task WriteDown(WriteDown write)
    {
        if (write.Durable) return wireLog.Append(write.Entry, shutdown.Token).Timed(clock);
        wireLog.Note(write.Entry);
        return Task.CompletedTask;
    }

    private void Keep(Session before, Session next, SessionInput input)
    {
        if (current?.Id == next.Id) current = next;
        if (next.IsUnresolved) unresolved[next.Id] = next;
        else unresolved.Remove(next.Id);
        if (next.Conclusion is not null && !ReferenceEquals(next.Conclusion, before.Conclusion)) own.Remember(next);
        SessionTrail.Write(logger, before, next, input);
    }

    // Owns a conversation's task: whatever happens in it, the session is closed, or stays open in the journal for recovery.
    private async Task Converse(Session session, Func<Task> talk)
    {
        try
        {
            await talk();
            await inbox.Post(ConversationOver);
        }
        catch (JournalException failure)
        {
            logger.JournalFailed(session.Terminal, session.Id.Value, failure.Message);
            journalFailed = true;
            await RetryWhenJournalWrites(session);
        }
        catch (OperationCanceledException)
        {
            // Shutdown, or stopped before the first byte: in the second case the session is closed.
            if (!shutdown.IsCancellationRequested) await inbox.Post(ConversationOver);
        }
        catch (Exception defect)
        {
            logger.Defect(session.Terminal, session.Id.Value, defect);
            await RetryWhenJournalWrites(session);
        }
    }

    // The link is closed without a commit, so the terminal undoes by itself; when the journal writes again it is asked.
    private async Task RetryWhenJournalWrites(Session session)
    {
        try
        {
            await Task.Delay(JournalRetry, clock, shutdown.Token);
            await inbox.Post(() => TakeUpAgain(session));
        }
        catch (OperationCanceledException)
        {
            // Going down; the next start takes it up.
        }
    }

    private async Task TakeUpAgain(Session session)
    {
        try
        {
            // What the journal has is what is known; what was only on its way to it never happened, an intent included.
            var stored = await journal.Find(session.Id, shutdown.Token);
            current = null;
            Release();
            // A write that was reported as failed may stand all the same: an unknown then blocks as any other.
            if (stored is { IsUnresolved: true }) unresolved[stored.Id] = stored;
            else unresolved.Remove(session.Id);
            if (stored is { Phase: not SessionPhase.Closed }) toRecover.Enqueue((stored, false));
            else (journalFailed, wireLog.Current) = (false, null);
            await TakeUpNext();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            logger.JournalFailed(session.Terminal, session.Id.Value, failure.Message);
            conversation = RetryWhenJournalWrites(session);
        }
    }

    private async Task ConversationOver()
    {
        if (current is { Phase: not SessionPhase.Closed } open)
        {
            // Should not happen; if it does, the terminal is asked instead of being busy for ever.
            conversation = RetryWhenJournalWrites(open);
            return;
        }

        (journalFailed, current, wireLog.Current) = (false, null, null);
        Release();
        await TakeUpNext();
    }

    private async Task TakeUpNext()
    {
        while (current is null && toRecover.TryDequeue(out var next))
        {
            var (left, hostDied) = next;
            TakeUp(left);
            try
            {
                var session = await Apply(left, new Restarted(hostDied));
                (current, journalFailed) = (session.Phase is SessionPhase.Closed ? null : session, false);
                if (current is null) Release();
                else conversation = Converse(session, () => conversations.Recover(session, null, stopConversation.Token));
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                logger.JournalFailed(left.Terminal, left.Id.Value, failure.Message);
                journalFailed = true;
                conversation = RetryWhenJournalWrites(left);
            }
        }
    }

    private void TakeUp(Session session)
    {
        if (!shutdown.IsCancellationRequested) Renew(ref stopConversation, shutdown.Token);
        Renew(ref cutConversation, CancellationToken.None);
        (current, wireLog.Current) = (session, session.Id);
    }

    private static void Renew(ref CancellationTokenSource used, CancellationToken above)
    {
        if (!used.IsCancellationRequested) return;
        used.Dispose();
        used = CancellationTokenSource.CreateLinkedTokenSource(above);
    }

    private async Task AskUnknownFromTimeToTime()
    {
        try
        {
            while (true)
            {
                await Task.Delay(Recovery.AskUnknownEvery, clock, shutdown.Token);
                await inbox.Post(AskUnknown);
            }
        }
        catch (OperationCanceledException)
        {
            // Going down.
        }
    }

    // Only the newest session can be recognised by the terminal's last booking, so only it is asked about.
    private async Task AskUnknown()
    {
        if (current is not null || unresolved.Count == 0 || journalFailed) return;
        var last = unresolved.Values.MaxBy(session => session.CreatedAt)!;
        // One that could not tell will not learn it by waiting: a person decides (protocols README §5.3).
        if (last.Conclusion!.Reason is not Reason.RecoveryExhausted) return;
        if ((await journal.SentAfter(last, shutdown.Token)).Count > 0) return;
        TakeUp(last);
        conversation = Converse(last, () => reminders.AskAgain(last, stopConversation.Token));
    }

    private sealed record Snapshot(TerminalState State, bool IsSettling);
}
