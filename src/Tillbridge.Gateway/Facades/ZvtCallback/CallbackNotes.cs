using Tillbridge.Domain;
using Tillbridge.Journal;

namespace Tillbridge.Gateway.Facades.ZvtCallback;

/// <summary>
/// The notes of the face, one change at a time. Notes of sessions that are being talked about are kept here besides, so that
/// a change that is on its way to the disk is not forgotten by the next one.
/// </summary>
internal sealed class CallbackNotes(IJournal journal, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<SessionId, CallbackNote> live = [];
    private readonly Signal free = new();
    private bool isTaken;

    /// <summary>The note of a session that is being talked about.</summary>
    public CallbackNote Of(SessionId id)
    {
        lock (gate) return live.GetValueOrDefault(id, CallbackNote.None);
    }

    /// <summary>A talk about a session begins.</summary>
    public void Adopt(SessionId id, CallbackNote note)
    {
        lock (gate) live[id] = note;
    }

    /// <summary>The talk is over; everything is in the journal.</summary>
    public void Release(SessionId id)
    {
        lock (gate) live.Remove(id);
    }

    /// <summary>Changes a note and makes that durable.</summary>
    /// <exception cref="JournalException">It did not become durable, and nothing changed.</exception>
    public Task<CallbackNote> Change(SessionId id, Func<CallbackNote, CallbackNote> change, CancellationToken stop) =>
        Alone(id, change, isBinding: true, stop);

    /// <summary>
    /// Changes a note of which nothing hangs if it is lost in a crash: then something is told twice. Also where the journal
    /// cannot be read or written, the change holds while the process lives.
    /// </summary>
    public Task<CallbackNote> Remember(SessionId id, Func<CallbackNote, CallbackNote> change, CancellationToken stop) =>
        Alone(id, change, isBinding: false, stop);

    private async Task<CallbackNote> Alone(
        SessionId id, Func<CallbackNote, CallbackNote> change, bool isBinding, CancellationToken stop)
    {
        await Enter(stop);
        try
        {
            CallbackNote? before;
            lock (gate) before = live.GetValueOrDefault(id);
            var isLive = before is not null;
            before ??= CallbackNote.Of(await journal.NoteOf(id, CallbackOrigin.Face, stop));
            var after = change(before);
            if (after == before) return after;
            await Write(id, after, isBinding, stop);
            lock (gate)
            {
                if (isLive) live[id] = after;
            }

            return after;
        }
        finally
        {
            lock (gate) isTaken = false;
            free.Raise();
        }
    }

    private async Task Write(SessionId id, CallbackNote note, bool isBinding, CancellationToken stop)
    {
        try
        {
            var session = await journal.Find(id, stop) ?? throw new InvariantException("a note is about a session of the journal");
            var listed = note.IsSettled && EntryKind.Of(session, note, clock.GetUtcNow()) is not null;
            await journal.Append(JournalEntry.Of(session, note.ToFace(listed)), stop);
        }
        catch (JournalException) when (!isBinding)
        {
            // Told again after a crash; until then this process knows it.
        }
    }

    private async Task Enter(CancellationToken stop)
    {
        while (true)
        {
            var seen = free.Times;
            lock (gate)
            {
                if (!isTaken)
                {
                    isTaken = true;
                    return;
                }
            }

            await free.Beyond(seen, stop);
        }
    }
}
