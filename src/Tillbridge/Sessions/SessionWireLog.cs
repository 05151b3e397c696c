using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Journal.Frames;
using Tillbridge.Protocols;

namespace Tillbridge.Sessions;

/// <summary>
/// Keeps the masked frames of a terminal's conversations until the next record of their session takes them along, and tells them to the
/// debug log. A terminal that talks without end fills no disk: behind a bound frames and steps are counted and not kept. What decides an
/// outcome does not pass here.
/// </summary>
internal sealed class SessionWireLog(string terminal, string protocol, IJournal journal, TimeProvider clock, ILogger logger) : IWireLog
{
    private const int MostFrameBytes = 20_000;
    private const int MostDumpCharacters = 100_000;
    private const int MostRecords = 4_000;
    private const long MostBytes = 1_000_000;
    private const int MostPendingBytes = 200_000;
    private const int MostLeft = 64;

    // Records that decide nothing take frames along only when they have waited this long: a payment without pauses is kept in few pieces.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Dictionary<SessionId, (int Records, long Bytes)> left = [];
    private readonly Queue<SessionId> leftInOrder = new();
    private List<JournalFrame> pending = [];
    private int pendingBytes;
    private SessionId? current;
    private int records;
    private long bytes;
    private long dropped;

    /// <summary>The session that frames belong to; null outside of one.</summary>
    public SessionId? Current
    {
        get { lock (gate) return current; }
        set
        {
            lock (gate)
            {
                if (current == value) return;
                if (current is { } before) Leave_NeedsLock(before);
                // An unknown session is asked about every minute: its bound is one for all of them.
                var (had, length) = value is { } now ? left.GetValueOrDefault(now) : default;
                (current, records, bytes, dropped) = (value, had, length, 0);
            }
        }
    }

    public void Saw(SeenFrame frame)
    {
        if (Current is not { } session) return;
        if (HasRoom()) Keep(session, frame);
        if (logger.IsEnabled(LogLevel.Debug)) logger.Wire(terminal, session.Value, frame.From is Sender.Terminal ? "<" : ">", frame.Dump());
    }

    /// <summary>Writes a record with the frames that passed before it; durable when the task completes.</summary>
    public async Task Append(JournalEntry entry, CancellationToken shutdown)
    {
        lock (gate)
        {
            if (entry.Id == current && pending.Count > 0) entry = entry with { Frames = Take_NeedsLock() };
        }

        try
        {
            await journal.Append(entry, shutdown);
        }
        catch (JournalException)
        {
            GiveBack(entry);
            throw;
        }
    }

    /// <summary>Keeps a record that decides nothing, as long as the session has room for it.</summary>
    public void Note(JournalEntry entry)
    {
        lock (gate)
        {
            // Receipts have a bound of their own, and are wanted whatever came before them.
            if (entry.Kind is not RecordKind.Receipt && entry.Id == current)
            {
                if (!HasRoom_NeedsLock()) return;
                records++;
                bytes += entry.Body.Length;
            }

            journal.Note(entry.Id == current && HaveWaited_NeedsLock() ? entry with { Frames = Take_NeedsLock() } : entry);
        }
    }

    private void Keep(SessionId session, SeenFrame frame)
    {
        var at = clock.GetUtcNow();
        var fromTerminal = frame.From is Sender.Terminal;
        var masked = frame.Masked();
        var kept = masked.Length <= MostFrameBytes
            ? new JournalFrame(at, fromTerminal, $"{protocol}/{frame.Form}", masked)
            : Text(at, fromTerminal, frame.Dump());
        lock (gate)
        {
            if (current != session) return;
            pending.Add(kept);
            pendingBytes += kept.Bytes.Length;
            records++;
            bytes += kept.Bytes.Length;
            if (pendingBytes > MostPendingBytes) journal.Note(Carrier_NeedsLock(session));
        }
    }

    private void Leave_NeedsLock(SessionId session)
    {
        if (dropped > 0) pending.Add(Text(clock.GetUtcNow(), fromTerminal: true, Count(dropped)));
        if (pending.Count > 0) journal.Note(Carrier_NeedsLock(session));
        if (left.TryAdd(session, default)) leftInOrder.Enqueue(session);
        left[session] = (records, bytes);
        if (leftInOrder.Count > MostLeft) left.Remove(leftInOrder.Dequeue());
    }

    private JournalEntry Carrier_NeedsLock(SessionId session) =>
        new(session, terminal, RecordKind.Frame, RecordBodies.Empty) { Frames = Take_NeedsLock() };

    private void GiveBack(JournalEntry entry)
    {
        lock (gate)
        {
            if (entry.Id != current || entry.Frames.Count == 0) return;
            pending = [.. entry.Frames, .. pending];
            pendingBytes += entry.Frames.Sum(frame => frame.Bytes.Length);
        }
    }

    private bool HaveWaited_NeedsLock() => pending.Count > 0 && clock.GetUtcNow() - pending[0].At >= Patience;

    private List<JournalFrame> Take_NeedsLock()
    {
        var taken = pending;
        (pending, pendingBytes) = ([], 0);
        return taken;
    }

    private bool HasRoom()
    {
        lock (gate) return HasRoom_NeedsLock();
    }

    private bool HasRoom_NeedsLock()
    {
        if (records < MostRecords && bytes < MostBytes) return true;
        dropped++;
        return false;
    }

    // A longer message is files or images; its dump says what it is.
    private static JournalFrame Text(DateTimeOffset at, bool fromTerminal, string text) => new(
        at, fromTerminal, "",
        Encoding.UTF8.GetBytes(text.Length > MostDumpCharacters ? text[..MostDumpCharacters] + "…" : text));

    private static string Count(long dropped) => string.Create(
        CultureInfo.InvariantCulture, $"… {dropped} further frames and steps were counted and not kept.");
}
