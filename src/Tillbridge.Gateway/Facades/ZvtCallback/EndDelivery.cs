using Tillbridge.Domain;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Gateway.Reading;
using Tillbridge.Journal;

namespace Tillbridge.Gateway.Facades.ZvtCallback;

/// <summary>
/// The end message of one session, from the moment in which its outcome is durable until it is delivered, given up or
/// acknowledged (reference §6, §7.1). What is to be sent is made out of the session each time, so that the newest truth goes out.
/// </summary>
internal sealed class EndDelivery(
    CallbackParts parts, CallbackSettings settings, CallbackPost post, CallbackNotes notes, CallbackMessage messages,
    OrphanReversal orphan, Session session, CallbackOrigin origin, Signal stirred)
{
    private static readonly TimeSpan JournalRetry = TimeSpan.FromSeconds(5);

    private readonly CallbackSubject subject = new(origin.Command, session.Id.Value, session.Terminal);
    private DateTimeOffset? agedFrom;
    private TimeSpan ageThen;
    private long agedAt;
    private long? triedAt;
    private int? heardRound;

    /// <summary>Delivers until nothing is left to deliver.</summary>
    public async Task Run(Func<CancellationToken, Task<int>> nextSequence, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await Number(nextSequence, stop);
                while (!notes.Of(session.Id).IsSettled) await Step(stop);
                return;
            }
            catch (JournalException failure)
            {
                Log.JournalFailed(parts.Logger, failure.Message);
                await parts.Pause(JournalRetry, stop);
            }
        }
    }

    // The number is durable before the first attempt: a repeat after a crash is known by it.
    private async Task Number(Func<CancellationToken, Task<int>> next, CancellationToken stop)
    {
        if (notes.Of(session.Id).EndSequence > 0) return;
        var number = await next(stop);
        await notes.Change(session.Id, note => note with { EndSequence = number, EndAt = parts.Clock.GetUtcNow() }, stop);
    }

    private async Task Step(CancellationToken stop)
    {
        var (seen, written) = (stirred.Times, parts.Journal.LastSequence);
        var note = notes.Of(session.Id);
        // A client that asked again is there now: neither the old address' pauses nor a reversal for a client that is gone are due.
        var isBack = note.Round != (heardRound ??= note.Round);
        var now = await parts.Journal.Find(session.Id, stop) ?? throw new InvariantException("a session stays in the journal");
        if (note is { RemovedAt: not null, IsAskedAgain: false }) await Settle(note, stop);
        else if (note.IsWithdrawn) await orphan.Go(now, stop);
        else if (note.IsDelivered || note.GaveUp) await AfterDelivery(now, note, written, stop);
        else if (isBack) await Try(now, stop);
        else if (await orphan.IsDue(now, note, Age(note), stop)) await orphan.Go(now, stop);
        else await TryWhenDue(now, note, seen, stop);
    }

    private async Task TryWhenDue(Session now, CallbackNote note, long seen, CancellationToken stop)
    {
        var age = Age(note);
        if (age >= settings.EndGiveUp)
        {
            await notes.Change(session.Id, before => before with { GaveUp = true }, stop);
            return;
        }

        var wait = CallbackPost.EndOffset(note.Attempts) - age;
        var pause = CallbackPost.EndPause(note.Attempts);
        // After a long absence many attempts are due at once; the receiver gets them one by one all the same.
        if (triedAt is { } last && pause - parts.Clock.GetElapsedTime(last) is { } left && left > wait) wait = left;
        if (wait > CallbackPost.LongestPause) wait = CallbackPost.LongestPause;
        if (orphan.DueIn(now, notes.Of(session.Id), age) is { } untilReversal)
        {
            // Due and not possible now: the terminal is busy, and is looked at again after a while.
            var look = untilReversal > TimeSpan.Zero ? untilReversal : OrphanReversal.TryAgain;
            if (look < wait) wait = look;
        }

        if (wait > TimeSpan.Zero)
        {
            await Stirred(seen, wait, stop);
            return;
        }

        await Try(now, stop);
    }

    // For how long the end was tried. The wall clock may be set at any time, by months, and a process that starts may find it
    // anywhere; so only what is certain counts: the attempts that were made took their time, and this process has a stopwatch.
    private TimeSpan Age(CallbackNote note)
    {
        if (agedFrom != note.EndAt)
        {
            ageThen = CallbackPost.EndOffset(Math.Max(0, note.Attempts - 1));
            (agedFrom, agedAt) = (note.EndAt, parts.Clock.GetTimestamp());
        }

        return ageThen + parts.Clock.GetElapsedTime(agedAt);
    }

    private async Task Try(Session now, CancellationToken stop)
    {
        // Before the first byte: a crash in the middle must not make a seen approval look unseen.
        if (orphan.Guards(now)) await notes.Change(session.Id, before => before with { IsBeingTried = true }, stop);
        var note = notes.Of(session.Id);
        heardRound = note.Round;
        var url = new Uri(note.NewestUrl ?? origin.CallbackUrl);
        var envelope = messages.End(subject, now, note, origin.Language, late: false);
        triedAt = parts.Clock.GetTimestamp();
        var result = await post.Once(url, envelope, note.Attempts + 1, stop);
        var told = Words<Outcome>.Of(now.Outcome ?? Outcome.Unknown);
        await notes.Remember(session.Id, before => before with
        {
            Attempts = before.Attempts + 1,
            LastError = result.IsDelivered ? before.LastError : result.Error,
            DeliveredAt = result.IsDelivered && before.Round == note.Round ? parts.Clock.GetUtcNow() : null,
            Told = result.IsDelivered ? told : before.Told,
            GaveUp = !result.IsDelivered && !result.MayRetry && before.Round == note.Round,
            MayHaveBeenSeen = before.MayHaveBeenSeen || result.MayHaveBeenSeen,
            IsBeingTried = false,
        }, stop);
        if (!result.IsDelivered) Log.CallbackFailed(parts.Logger, session.Terminal, session.Id.Value, note.Attempts + 1, result.Error);
    }

    // An unknown that was told may still become known: then a second end message follows, where that is wanted.
    private async Task AfterDelivery(Session now, CallbackNote note, long written, CancellationToken stop)
    {
        if (!settings.LateResult || note.LateTold || note.Told != Words<Outcome>.Of(Outcome.Unknown))
        {
            await Settle(note, stop);
            return;
        }

        if (now.IsUnresolved)
        {
            await parts.Journal.WaitBeyond(written, session.Id, stop);
            return;
        }

        var url = new Uri(note.NewestUrl ?? origin.CallbackUrl);
        for (var attempt = 0; !notes.Of(session.Id).LateTold; attempt++)
        {
            await parts.Pause(CallbackPost.EndPause(attempt), stop);
            var result = await post.Once(url, messages.End(subject, now, note, origin.Language, late: true), attempt + 1, stop);
            if (result.IsDelivered || !result.MayRetry || CallbackPost.EndOffset(attempt) >= settings.EndGiveUp)
                await notes.Remember(session.Id, before => before with { LateTold = true }, stop);
        }
    }

    // Unless the client asked again in between.
    private Task<CallbackNote> Settle(CallbackNote seen, CancellationToken stop) => notes.Change(
        session.Id, note => note.Round == seen.Round ? note with { IsSettled = true, IsAskedAgain = false } : note, stop);

    private async Task Stirred(long seen, TimeSpan wait, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(wait, parts.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        try
        {
            await stirred.Beyond(seen, either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The next attempt is due.
        }
    }
}
