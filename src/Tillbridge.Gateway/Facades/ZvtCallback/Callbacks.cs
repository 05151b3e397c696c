using Tillbridge.Domain;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Gateway.Facades.ZvtCallback.Receivers;
using Tillbridge.Journal;

namespace Tillbridge.Gateway.Facades.ZvtCallback;

/// <summary>An answer, and what has to be told when it is written or cannot be.</summary>
/// <param name="Answer">The immediate answer.</param>
/// <param name="Answered">Takes true when the answer was handed to the client; must be called in any case.</param>
internal sealed record CallbackReply(CallbackAnswer Answer, Action<bool> Answered);

/// <summary>
/// The callback face without its listener: takes commands, owns what is told about them, and takes up after a restart what an
/// earlier process left. Everything that must survive stands in the journal.
/// </summary>
internal sealed class Callbacks : IAsyncDisposable
{
    private const int MostWaiting = 10_000; // Reference §11.
    private static readonly TimeSpan JournalRetry = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Dictionary<SessionId, Signal> talks = [];
    private readonly HashSet<Task> running = [];
    private readonly CancellationTokenSource shutdown = new();
    private readonly CallbackParts parts;
    private readonly CallbackSettings settings;
    private readonly CallbackNotes notes;
    private readonly CallbackPost post;
    private readonly CallbackMessage messages;
    private readonly CallbackOrders orders;
    private readonly CallbackQueries queries;
    private readonly OrphanReversal orphan;

    /// <summary>A face that has not begun yet.</summary>
    public Callbacks(CallbackParts parts, CallbackSettings settings, ICallbackSender sender)
    {
        (this.parts, this.settings) = (parts, settings);
        Text = new CallbackText(settings.Charset);
        notes = new CallbackNotes(parts.Journal, parts.Clock);
        post = new CallbackPost(sender, parts);
        messages = new CallbackMessage(settings, Text);
        orders = new CallbackOrders(parts, settings);
        orphan = new OrphanReversal(parts, settings, notes);
        queries = new CallbackQueries(parts, settings, post, notes, messages, new AbortedSessions(parts, settings, notes, Stir));
    }

    /// <summary>How texts are encoded; counts what could not be.</summary>
    public CallbackText Text { get; }

    /// <summary>Attempts that were delivered, and that were not.</summary>
    public (long Delivered, long Failed) Deliveries => post.Counts;

    /// <summary>How many sessions still have something to be told.</summary>
    public int Waiting
    {
        get { lock (gate) return talks.Count; }
    }

    /// <summary>
    /// Before the engine takes open sessions up: notes which ones it found open, since that is what their entries tell.
    /// </summary>
    public static async Task NoteOpen(IJournal journal, TimeProvider clock, CancellationToken stop)
    {
        var notes = new CallbackNotes(journal, clock);
        foreach (var (session, stored) in await journal.OfFace(CallbackOrigin.Face, 2 * MostWaiting, stop))
        {
            var isOpen = session.Phase is not SessionPhase.Closed;
            var isInDoubt = CallbackNote.Of(stored).IsBeingTried;
            if (!isOpen && !isInDoubt) continue;
            await notes.Change(session.Id, note => note with
            {
                FoundOpen = note.FoundOpen || isOpen,
                IsBeingTried = false,
                MayHaveBeenSeen = note.MayHaveBeenSeen || isInDoubt,
            }, stop);
        }
    }

    /// <summary>Takes up what an earlier process left to be told.</summary>
    public async Task Start()
    {
        foreach (var (session, stored) in await parts.Journal.OfFace(CallbackOrigin.Face, 2 * MostWaiting, shutdown.Token))
        {
            var note = CallbackNote.Of(stored);
            if (!note.IsSettled && CallbackOrigin.Of(session) is { } origin) Launch(session, origin, note, begin: null);
        }
    }

    /// <summary>Takes a command. It is carried out once the reply's <see cref="CallbackReply.Answered"/> was told.</summary>
    public async Task<CallbackReply> Take(CallbackCommand command, CancellationToken stop)
    {
        if (parts.Find(command.Terminal) is null)
            return Refuse(CallbackCures.NoTerminal(command.Terminal));
        if (command.Name is CommandName.IsIdle or CommandName.CancelTransaction or CommandName.GetAbortedSessions
            or CommandName.RemoveAbortedSession)
        {
            var (current, refused) = await queries.Examine(command, stop);
            if (refused is not null) return Refuse(refused);
            var id = parts.Ids.NewSession().Value;
            var answered = Pending();
            Own(Guarded(queries.Run(command, id, current, answered.Task, shutdown.Token), command.Terminal, id));
            return new(new(200, "accepted", "", id), written => answered.TrySetResult(written));
        }

        if (Waiting >= MostWaiting)
            return Refuse(new(503, "outbox-full", $"{MostWaiting} end messages wait to be delivered; look at the callback addresses."));
        var (order, refusal) = await orders.Place(command, stop);
        if (order is null) return Refuse(refusal!);
        return order.IsReplay ? await Replay(order, command, stop) : Begin(order);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        shutdown.Cancel();
        while (true)
        {
            Task[] left;
            lock (gate) left = [.. running];
            if (left.Length == 0) break;
            foreach (var task in left) await task;
            lock (gate) running.ExceptWith(left);
        }

        shutdown.Dispose();
    }

    private static CallbackReply Refuse(CallbackRefusal refusal) => new(CallbackAnswer.Of(refusal), _ => { });

    private static TaskCompletionSource<bool> Pending() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CallbackReply Begin(CallbackOrder order)
    {
        var answered = Pending();
        Launch(order.Session, order.Origin, CallbackNote.None, talk =>
            talk.Begin(answered.Task, () => orders.LastLook(order.Session, shutdown.Token), shutdown.Token));
        return new(new(200, "accepted", "", order.Session.Id.Value), written => answered.TrySetResult(written));
    }

    // Nothing is sent to the terminal; the client is told the end again, at its newest address.
    private async Task<CallbackReply> Replay(CallbackOrder order, CallbackCommand command, CancellationToken stop)
    {
        var session = order.Session;
        var url = command.CallbackUrl.OriginalString;
        var note = await notes.Change(session.Id, before => before with
        {
            NewestUrl = url,
            Round = before.Round + 1,
            IsAskedAgain = before.EndSequence > 0,
            EndAt = before.IsSettled ? parts.Clock.GetUtcNow() : before.EndAt,
            Attempts = before.IsSettled ? 0 : before.Attempts,
            DeliveredAt = before.IsWithdrawn ? before.DeliveredAt : null,
            GaveUp = false,
            IsSettled = false,
        }, stop);
        bool isLive;
        lock (gate) isLive = talks.ContainsKey(session.Id);
        if (!isLive) Launch(session, order.Origin, note, begin: null);
        else Stir(session.Id);
        return new(new(200, "replayed", "", session.Id.Value) { IsReplay = true }, _ => { });
    }

    private void Stir(SessionId id)
    {
        Signal? talk;
        lock (gate) talk = talks.GetValueOrDefault(id);
        talk?.Raise();
    }

    private void Launch(Session session, CallbackOrigin origin, CallbackNote note, Func<CallbackTalk, Task>? begin)
    {
        var stirred = new Signal();
        lock (gate)
        {
            if (!talks.TryAdd(session.Id, stirred)) return;
            notes.Adopt(session.Id, note);
        }

        Own(Guarded(Talk(session, origin, stirred, begin), session.Terminal, session.Id.Value));
    }

    private async Task Talk(Session session, CallbackOrigin origin, Signal stirred, Func<CallbackTalk, Task>? begin)
    {
        var isOver = false;
        try
        {
            var talk = new CallbackTalk(parts, settings, post, notes, messages, session, origin);
            if (begin is not null) await Persist(() => begin(talk));
            else talk.Resume();
            await Persist(() => talk.Follow(shutdown.Token));
            var delivery = new EndDelivery(parts, settings, post, notes, messages, orphan, session, origin, stirred);
            while (!isOver)
            {
                await delivery.Run(talk.NextSequence, shutdown.Token);
                isOver = IsOver(session.Id);
            }
        }
        finally
        {
            // Once it is over, a newer talk about the same session may stand in its place.
            if (!isOver) Forget(session.Id);
        }
    }

    // In one step with the look at the note: a client that asks again either finds the talk or begins a new one.
    private bool IsOver(SessionId id)
    {
        lock (gate)
        {
            if (!notes.Of(id).IsSettled) return false;
            Forget(id);
            return true;
        }
    }

    private void Forget(SessionId id)
    {
        lock (gate)
        {
            talks.Remove(id);
            notes.Release(id);
        }
    }

    // A journal that cannot be read for a while must not leave a session untold.
    private async Task Persist(Func<Task> step)
    {
        while (true)
        {
            try
            {
                await step();
                return;
            }
            catch (JournalException failure)
            {
                Log.JournalFailed(parts.Logger, failure.Message);
                await parts.Pause(JournalRetry, shutdown.Token);
            }
        }
    }

    private void Own(Task task)
    {
        lock (gate)
        {
            running.RemoveWhere(one => one.IsCompleted);
            running.Add(task);
        }
    }

    // Owns a talk's task: whatever happens in it, the others go on, and what it had to tell stands in the journal.
    private async Task Guarded(Task talk, string terminal, string id)
    {
        try
        {
            await talk;
        }
        catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
        {
            // The next start takes it up.
        }
        catch (Exception defect)
        {
            Log.CallbackDefect(parts.Logger, terminal, id, defect);
        }
    }
}
