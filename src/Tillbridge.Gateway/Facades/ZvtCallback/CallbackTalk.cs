using System.Text.Json;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Domain.Messages;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Gateway.Facades.ZvtCallback.Receivers;
using Tillbridge.Journal;
using Tillbridge.Sessions;

namespace Tillbridge.Gateway.Facades.ZvtCallback;

/// <summary>
/// Everything that is told about one session while it runs (reference §5.2, §7): the probe, its progress, and what a receiver
/// that takes no messages does to it. Follows the journal, so that nothing is told that is not durable.
/// </summary>
internal sealed class CallbackTalk(
    CallbackParts parts, CallbackSettings settings, CallbackPost post, CallbackNotes notes, CallbackMessage messages,
    Session session, CallbackOrigin origin)
{
    private const int PageSize = 500;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);        // Reference §6: while recovery runs.
    private static readonly TimeSpan SameCodeWithin = TimeSpan.FromSeconds(1); // Reference §5.2.
    private static readonly TimeSpan StatusLimit = TimeSpan.FromSeconds(60);   // Reference §5.1.

    private readonly CallbackSubject subject = new(origin.Command, session.Id.Value, session.Terminal);
    private long position;
    private int sequence;
    private long startedAt;
    private string? lastCode;
    private long lastAt;
    private bool isTroubled;
    private bool isSilent;
    private bool isRecovering;
    private bool isPrinting;
    private bool abortSent;

    private bool MayAbort => origin.Command is nameof(CommandName.Authorisation) or nameof(CommandName.Reversal);

    private Uri Url => new(notes.Of(session.Id).NewestUrl ?? origin.CallbackUrl);

    /// <summary>
    /// A session that was just accepted and is held: tells that it is taken, and lets it begin when that was delivered.
    /// </summary>
    /// <param name="answered">True when the client has its answer.</param>
    /// <param name="lastLook">Asked right before the session begins; a reason lets it fail instead.</param>
    /// <param name="stop">The process is going down.</param>
    public async Task Begin(Task<bool> answered, Func<Task<(HeldBack? Because, string? Words)>> lastLook, CancellationToken stop)
    {
        startedAt = parts.Clock.GetTimestamp();
        HeldBack? because = null;
        if (!await answered)
        {
            await notes.Remember(session.Id, note => note with { ClientGone = true }, stop);
            because = new(Reason.ClientGone, "The client was gone before it could be answered.");
            isSilent = true;
        }
        else
        {
            (because, var words) = await lastLook();
            var isProbed = because is null && MayAbort && settings.Probe;
            if (isProbed && await Tell(ProgressCode.Accepted, words, stop) is { IsDelivered: false } lost)
            {
                because = new(Reason.CallbackUndeliverable, $"No message could be delivered to {Url.Authority}: {lost.Error}.");
                await notes.Remember(session.Id, note => note with { LostBecause = lost.Error }, stop);
                isSilent = true;
            }
        }

        // Held back is ended already; an abort besides would only blur why.
        abortSent = because is not null;
        await parts.Terminals.Release(session.Id, because, stop);
    }

    /// <summary>
    /// A session of an earlier process: its progress is not resumed (reference §9), so that its end gets a number above all that
    /// was told before.
    /// </summary>
    public void Resume()
    {
        startedAt = parts.Clock.GetTimestamp();
        isSilent = true;
    }

    /// <summary>Tells how the session goes until it is closed.</summary>
    public async Task<Session> Follow(CancellationToken stop)
    {
        (string Code, string? Words)? news = null;
        while (true)
        {
            var seen = parts.Journal.LastSequence;
            var records = await parts.Journal.RecordsAfter(position, session.Id, PageSize, withFrames: false, stop);
            foreach (var record in records) news = Read(record) ?? news;
            if (records.Count == PageSize) continue;
            var now = await parts.Journal.Find(session.Id, stop) ?? throw new InvariantException("a session stays in the journal");
            if (now.Phase is SessionPhase.Closed) return now;
            await Steer(now, stop);
            if (news is { } fresh && !isSilent)
            {
                news = null;
                if (!IsRepeat(fresh.Code)) await Progress(fresh.Code, fresh.Words, stop);
                continue;
            }

            if (!await Wait(seen, stop) && isRecovering && !isSilent) news = (ProgressCode.Recovering, null);
        }
    }

    /// <summary>A number that is above every one that was told before, also before a restart.</summary>
    public async Task<int> NextSequence(CancellationToken stop)
    {
        if (sequence > 0) return ++sequence;
        // Each message told a record or a beat of the recovery; both can be counted without remembering each.
        var records = 0;
        for (long after = 0; ;)
        {
            var page = await parts.Journal.RecordsAfter(after, session.Id, PageSize, withFrames: false, stop);
            records += page.Count;
            if (page.Count < PageSize) break;
            after = page[^1].Sequence;
        }

        var beats = (int)Math.Min(1_000_000, (parts.Clock.GetUtcNow() - session.CreatedAt) / Beat);
        return sequence = records + Math.Max(0, beats) + 1;
    }

    private (string Code, string? Words)? Read(JournalRecord record)
    {
        position = record.Sequence;
        using var body = JsonDocument.Parse(record.Body);
        switch (record.Kind)
        {
            case RecordKind.Progress:
                var key = body.RootElement.GetProperty("key").GetString() ?? "";
                var protocol = ProgressWords.Of(parts.Protocols.Values, key);
                var words = body.RootElement.TryGetProperty("text", out var own) ? own.GetString() : null;
                return (protocol?.ProgressCode(key) ?? ProgressCode.Other, words ?? protocol?.ProgressText(key, origin.Language));
            case RecordKind.Receipt when !isPrinting:
                isPrinting = true;
                return (ProgressCode.Printing, null);
            case RecordKind.Action when body.RootElement.GetProperty("action").GetString() == "abort":
                isTroubled = true;
                return (ProgressCode.AbortRequested, null);
            case RecordKind.State when body.RootElement.TryGetProperty("phase", out var phase) && phase.GetString() == "recovering":
                (isTroubled, isRecovering) = (true, true);
                return (ProgressCode.LinkLost, null);
            default:
                return null;
        }
    }

    private bool IsRepeat(string code) =>
        code == lastCode && code != ProgressCode.Recovering && parts.Clock.GetElapsedTime(lastAt) < SameCodeWithin;

    private async Task Progress(string code, string? words, CancellationToken stop)
    {
        if (await Tell(code, words, stop) is not { IsDelivered: false } lost) return;
        await notes.Remember(session.Id, note => note with { LostBecause = lost.Error }, stop);
        // Who takes no messages is not bothered with more of them, save where the shop wants to go on all the same.
        if (settings.OnUndeliverable is OnUndeliverable.Abort && MayAbort) isSilent = true;
    }

    // Null when the session ended while the message was tried: its end is told instead.
    private async Task<Attempt?> Tell(string code, string? words, CancellationToken stop)
    {
        (lastCode, lastAt) = (code, parts.Clock.GetTimestamp());
        words ??= Messages.ForReason($"progress-{code}", origin.Language);
        var envelope = messages.Progress(subject, ++sequence, code, words, !isTroubled);
        return await post.Briefly(
            Url, envelope, settings,
            async () => await parts.Journal.Find(session.Id, stop) is { Phase: SessionPhase.Closed },
            failed => notes.Remember(
                session.Id, note => note with { FailedAttempts = note.FailedAttempts + 1, LastError = failed.Error }, stop),
            stop);
    }

    // What the state of things asks of us: stop a payment that nobody hears of, answer for a client that cannot.
    private async Task Steer(Session now, CancellationToken stop)
    {
        var isLost = notes.Of(session.Id).LostBecause is not null && settings.OnUndeliverable is OnUndeliverable.Abort && MayAbort;
        if (isLost && !abortSent && now.Phase is not SessionPhase.Recovering)
        {
            abortSent = true;
            await notes.Remember(session.Id, note => note with { AbortAt = note.AbortAt ?? parts.Clock.GetUtcNow() }, stop);
            if (await parts.Terminals.Abort(session.Id, "callback undeliverable", stop) is { } refusal)
                Log.AbortRefused(parts.Logger, session.Terminal, session.Id.Value, refusal.Text);
        }
        else if (now.Phase is SessionPhase.AwaitingConfirmation)
        {
            // No client of this face knows a second step; without one the terminal would undo every payment.
            await parts.Terminals.Confirm(session.Id, commit: !isLost && !now.AbortAsked, origin.By, stop);
        }

        if (origin.Command == nameof(CommandName.DiagnosisSimple) && !abortSent && parts.Clock.GetElapsedTime(startedAt) >= StatusLimit)
        {
            abortSent = true;
            await parts.Terminals.Abort(session.Id, "time-out", stop);
        }
    }

    // False when nothing happened for a while.
    private async Task<bool> Wait(long seen, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(Beat, parts.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        try
        {
            await parts.Journal.WaitBeyond(seen, session.Id, either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }
    }
}
