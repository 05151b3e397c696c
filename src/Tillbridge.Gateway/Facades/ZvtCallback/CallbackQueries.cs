using Tillbridge.Domain;
using Tillbridge.Domain.Messages;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Gateway.Reading;
using Tillbridge.Journal;
using Tillbridge.Sessions;

namespace Tillbridge.Gateway.Facades.ZvtCallback;

/// <summary>What a command without a session of its own has to say at its end.</summary>
internal sealed record QueryResult(bool Success, string Words, string Code, bool More = false);

/// <summary>
/// The four commands without a session of their own (reference §5.1). Their messages live in this process only: an answer that
/// comes after a restart would tell of a state that is no more.
/// </summary>
internal sealed class CallbackQueries(
    CallbackParts parts, CallbackSettings settings, CallbackPost post, CallbackNotes notes, CallbackMessage messages,
    AbortedSessions store)
{
    private const int MostAttempts = 7; // Up to 30 s, as an end message is tried before it counts as undelivered.
    private static readonly TimeSpan CancelLimit = TimeSpan.FromSeconds(200); // Reference §5.1.

    /// <summary>Examines a command that needs a look at the state of things before it is taken; null takes it.</summary>
    public async Task<(SessionId? Running, CallbackRefusal? Refusal)> Examine(CallbackCommand command, CancellationToken stop)
    {
        if (command.Name is CommandName.RemoveAbortedSession && command.Parameter.Trim().Length == 0)
            return (null, new(422, "invalid-parameter", "Parameter must be the SessionId of the entry that is to be removed."));
        if (command.Name is not CommandName.CancelTransaction) return (null, null);
        var running = await Running(command.Terminal, stop);
        if (running is null) return (null, new(409, "nothing-to-cancel", $"Nothing runs at {command.Terminal}."));
        return command.Parameter.Length > 0 && command.Parameter != running.Value.Value
            ? (null, new(409, "nothing-to-cancel", $"Session {running} runs at {command.Terminal}, not the named one; send "
                + "CancelTransaction with that id, or without Parameter.") { Session = running })
            : (running, null);
    }

    /// <summary>Carries a command out and tells its end.</summary>
    public async Task Run(CallbackCommand command, string id, SessionId? running, Task<bool> answered, CancellationToken stop)
    {
        if (!await answered) return;
        QueryResult result;
        try
        {
            result = await Answer(command, running, stop);
        }
        catch (JournalException failure)
        {
            // It was taken, so its client waits for an end.
            Log.JournalFailed(parts.Logger, failure.Message);
            result = new(false, failure.Message, "journal-full");
        }

        await Tell(command, new CallbackSubject(command.Name.ToString(), id, command.Terminal), result, stop);
    }

    private async Task<QueryResult> Answer(CallbackCommand command, SessionId? running, CancellationToken stop) => command.Name switch
    {
        CommandName.IsIdle => await IsIdle(command.Terminal, stop),
        CommandName.CancelTransaction => await Cancel(command, running!.Value, stop),
        CommandName.GetAbortedSessions => await List(command.Parameter, stop),
        _ => await Remove(command, stop),
    };

    private async Task<SessionId?> Running(string terminal, CancellationToken stop)
    {
        var current = parts.Terminals.States.FirstOrDefault(state => state.Name == terminal)?.Current;
        // One that has ended is only letting go of the line.
        return current is { } id && await parts.Journal.Find(id, stop) is { Phase: not SessionPhase.Closed } ? id : null;
    }

    private async Task<QueryResult> IsIdle(string terminal, CancellationToken stop)
    {
        var isOpen = await Running(terminal, stop) is not null;
        var isBlocked = (parts.Find(terminal)?.StrictUnknown ?? true)
            && parts.Terminals.States.FirstOrDefault(state => state.Name == terminal) is { Unresolved: > 0 };
        return new(!isOpen && !isBlocked, "", isOpen ? "terminal-busy" : isBlocked ? "unresolved-session" : "idle");
    }

    private async Task<QueryResult> List(string parameter, CancellationToken stop)
    {
        var (json, more) = await store.List(parameter.Length == 0 ? null : parameter, stop);
        return new(true, json, "listed", more);
    }

    private async Task<QueryResult> Remove(CallbackCommand command, CancellationToken stop)
    {
        var removal = await store.Remove(command.Parameter, command.By, stop);
        return new(removal.Success, removal.Words, removal.Code);
    }

    private async Task<QueryResult> Cancel(CallbackCommand command, SessionId running, CancellationToken stop)
    {
        var isOurs = await parts.Journal.Find(running, stop) is { } session && CallbackOrigin.Of(session) is not null;
        if (isOurs) await notes.Remember(running, note => note with { AbortAt = note.AbortAt ?? parts.Clock.GetUtcNow() }, stop);
        if (await parts.Terminals.Abort(running, command.By, stop) is { Code: not RefusalCode.WrongState } refusal)
        {
            var refused = await CallbackCures.Of(refusal, command, parts, settings, stop);
            return new(false, refused.Message, refused.Code);
        }


        var began = parts.Clock.GetTimestamp();
        var end = await parts.Terminals.WaitForEnd(running, CancelLimit, stop);
        if (end is not { Phase: SessionPhase.Closed, Outcome: { } outcome }) return new(false, "", "still-running");
        // Its own end message goes first.
        while (isOurs && parts.Clock.GetElapsedTime(began) < CancelLimit)
        {
            var seen = parts.Journal.LastSequence;
            var note = CallbackNote.Of(await parts.Journal.NoteOf(running, CallbackOrigin.Face, stop));
            if (note is { Attempts: > 0 } or { IsSettled: true }) break;
            await Beyond(seen, running, CancelLimit - parts.Clock.GetElapsedTime(began), stop);
        }

        var language = command.Language ?? settings.Language;
        var words = outcome is Outcome.Unknown
            ? Messages.ForReason("callback-outcome-unknown", language)
            : Messages.ForConclusion(end.Conclusion!, end.Request.Kind, language);
        return new(outcome is Outcome.Cancelled or Outcome.Declined or Outcome.Failed, words, Words<Outcome>.Of(outcome));
    }

    private async Task Beyond(long seen, SessionId session, TimeSpan most, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(most, parts.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        try
        {
            await parts.Journal.WaitBeyond(seen, session, either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Long enough.
        }
    }

    private async Task Tell(CallbackCommand command, CallbackSubject about, QueryResult result, CancellationToken stop)
    {
        var sequence = 1;
        if (settings.QueryInPairs)
        {
            var first = messages.Answer(about, sequence++, result.Success, result.Words, result.Code, isIntermediate: true, result.More);
            await post.Briefly(
                command.CallbackUrl, first, settings, () => Task.FromResult(false), _ => Task.CompletedTask, stop);
        }

        var envelope = messages.Answer(about, sequence, result.Success, result.Words, result.Code, more: result.More);
        var made = parts.Clock.GetTimestamp();
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            await parts.Pause(CallbackPost.EndOffset(attempt) - parts.Clock.GetElapsedTime(made), stop);
            var sent = await post.Once(command.CallbackUrl, envelope, attempt + 1, stop);
            if (sent.IsDelivered || !sent.MayRetry) return;
        }
    }
}
