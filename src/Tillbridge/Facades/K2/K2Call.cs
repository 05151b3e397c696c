using Tillbridge.Domain;
using Tillbridge.Facades.K2.Links;
using Tillbridge.Facades.K2.Texts;

namespace Tillbridge.Facades.K2;

/// <summary>One request of a client object from its order to what its caller is told (k2-client.md §3, §4).</summary>
internal sealed class K2Call(K2Terminals terminals, K2Seat seat, TimeSpan? waitLimit, bool compatible)
{
    private static readonly TimeSpan CompatibleLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BusyLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Forever = TimeSpan.FromHours(24);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(200);

    private readonly IK2Link link = terminals.Link;
    private readonly TimeProvider clock = terminals.Clock;
    private readonly long begun = terminals.Clock.GetTimestamp();

    private readonly TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? accepted;
    private volatile bool isUnderWay;

    /// <summary>What may be said of a request that is left in the middle; null while it is certain that nothing was handed over.</summary>
    public K2End? Left => !isUnderWay ? null : accepted is { } session ? K2End.Open(K2Reasons.Unknown, session) : K2End.Lost();

    private TimeSpan Elapsed => clock.GetElapsedTime(begun);

    private TimeSpan? Limit => waitLimit ?? (compatible ? CompatibleLimit : null);

    private TimeSpan Patience => Limit is { } limit && limit < BusyLimit ? limit : BusyLimit;

    private bool IsStopped => seat.Displaced.IsCompleted || seat.Freed.IsCompleted || aborted.Task.IsCompleted;

    // A stop, or the end of what is waited for.
    private Task<Task> Stopped(Task orEnd) => Task.WhenAny(orEnd, seat.Displaced, seat.Freed, aborted.Task);

    public async Task<K2End> Run(K2Order order, CancellationToken shutdown)
    {
        using var running = seat.Run();
        // The older client's session is cut and asked about before ours may begin.
        if (!seat.Before.IsCompleted) await WaitForBefore(shutdown);
        if (!seat.Before.IsCompleted && !IsStopped) return K2End.NotSent(K2Reasons.Of(K2RefusalKind.Busy));
        var (session, refused) = await Submit(order, shutdown);
        if (session is null) return refused!;
        accepted = session;
        if (aborted.Task.IsCompleted) await link.Abort(session, shutdown);
        return await Follow(session, shutdown);
    }

    /// <summary>Asks the terminal to stop; an order that is not taken yet never begins.</summary>
    public async Task Abort(CancellationToken shutdown)
    {
        aborted.TrySetResult();
        if (accepted is { } session) await link.Abort(session, shutdown);
    }

    private async Task WaitForBefore(CancellationToken shutdown)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(shutdown);
        await Stopped(Task.WhenAny(seat.Before, Task.Delay(Patience, clock, enough.Token))).WaitAsync(shutdown);
        await enough.CancelAsync();
    }

    // An order that finds the terminal busy waits for the session in its way, up to 120 s.
    private async Task<(string? Session, K2End? Refused)> Submit(K2Order order, CancellationToken shutdown)
    {
        var isUncertain = false;
        var patience = Patience;
        while (!IsStopped || isUncertain)
        {
            if (seat.Freed.IsCompleted) return (null, K2End.Lost());
            // Who stopped wants nothing handed in any more; what may have been taken is looked for.
            var isLookedFor = IsStopped;
            isUnderWay = true;
            var started = isLookedFor ? await link.Look(order, shutdown) : await link.Start(order, shutdown);
            if (started.Session is { } session) return (session, null);
            if (started.Refusal is not { } refusal) return (null, K2End.Lost());
            isUncertain |= refusal.Kind is K2RefusalKind.Uncertain;
            isUnderWay = isUncertain;
            var mayWait = refusal.Kind is K2RefusalKind.Busy or K2RefusalKind.Uncertain
                || (isUncertain && refusal.Kind is K2RefusalKind.Unreachable or K2RefusalKind.JournalFull);
            if (!mayWait || Elapsed >= patience)
            {
                if (!isUncertain) return (null, Refused(refusal));
                // An earlier attempt may be under way: no refusal of a later one says anything about it.
                var found = isLookedFor ? null : (await link.Look(order, shutdown)).Session;
                return found is null ? (null, K2End.Lost(refusal.Text)) : (found, null);
            }

            if (refusal.Session is { } other && !IsStopped) await LetGo(other, patience, shutdown);
            var pause = Task.Delay(Again, clock, shutdown);
            await (isUncertain ? pause : Stopped(pause));
            shutdown.ThrowIfCancellationRequested();
        }

        return (null, seat.Displaced.IsCompleted ? K2End.NotSent(K2Reasons.Displaced) : K2End.Stopped());
    }

    private static K2End Refused(K2Refusal refusal) => refusal.Kind is K2RefusalKind.Invalid
        ? throw new ArgumentException(refusal.Text)
        : K2End.NotSent(K2Reasons.Of(refusal.Kind), refusal.Text);

    // Another process's client object holds the terminal: it is displaced. Our own are known by their seats; everybody else is waited for.
    private async Task LetGo(string other, TimeSpan patience, CancellationToken shutdown)
    {
        var held = await link.Await(other, TimeSpan.Zero, shutdown);
        if (held is null or { IsClosed: true }) return;
        if (held.Client is { } client && !terminals.IsOurs(client) && terminals.Options.Displacement is K2Displacement.TakeOver)
        {
            terminals.Log.Outcome(held.Terminal, other, "displaced by a newer client");
            await link.Displace(other, shutdown);
        }

        var left = patience - Elapsed;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(shutdown);
        var wait = link.Await(other, left > TimeSpan.Zero ? left : TimeSpan.Zero, enough.Token);
        await Stopped(wait);
        await enough.CancelAsync();
        await Settle(wait, shutdown);
    }

    private async Task<K2End> Follow(string session, CancellationToken shutdown)
    {
        var left = Limit is { } limit ? limit - Elapsed : Forever;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(shutdown);
        var wait = link.Await(session, left > TimeSpan.Zero ? left : TimeSpan.Zero, enough.Token);
        await Task.WhenAny(wait, seat.Displaced, seat.Freed);
        if (!wait.IsCompleted) await enough.CancelAsync();
        var seen = await Settle(wait, shutdown);
        if (seen is { IsClosed: true }) return K2End.Of(seen);
        if (seat.Displaced.IsCompleted)
        {
            await link.Displace(session, shutdown);
            // Not a byte had left, or its end came at that moment: then the truth is known already.
            return await link.Await(session, TimeSpan.Zero, shutdown) is { IsClosed: true } ended
                ? K2End.Of(ended)
                : K2End.Open(K2Reasons.Displaced, session);
        }

        if (seat.Freed.IsCompleted) return K2End.Open(K2Reasons.Unknown, session);
        // Nobody could tell how it stands, which is no end of patience.
        if (seen is null && (Limit is not { } most || Elapsed < most)) return K2End.Open(K2Reasons.Unknown, session);
        if (compatible) await link.Abort(session, shutdown);
        return K2End.Open(K2Reasons.NoAnswerInTime, session, (int)Math.Round(Elapsed.TotalSeconds));
    }

    // The wait was given up by us, or came to its end; the process going down is the caller's to hear.
    private static async Task<K2Result?> Settle(Task<K2Result?> wait, CancellationToken shutdown)
    {
        try
        {
            return await wait;
        }
        catch (OperationCanceledException) when (!shutdown.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>The text of a request for the log: no card data is in it.</summary>
    public static string Describe(TerminalRequest request)
    {
        var cash = request.Cashback is { } taken ? $" + {taken}" : "";
        return $"{request.Kind} {request.Amount}{cash} {request.Reference}";
    }
}
