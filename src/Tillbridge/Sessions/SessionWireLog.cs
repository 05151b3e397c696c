using System.Globalization;
using Microsoft.Extensions.Logging;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;

namespace Tillbridge.Sessions;

/// <summary>
/// Puts the masked frames and steps of a terminal's conversations into the journal and the debug log. A terminal that talks without end
/// fills no disk: behind a bound they are counted and not kept. What decides an outcome does not pass here.
/// </summary>
internal sealed class SessionWireLog(string terminal, IJournal journal, ILogger logger) : IWireLog
{
    private const int MostDumpCharacters = 100_000;
    private const int MostRecords = 4_000;
    private const long MostCharacters = 2_000_000;
    private const int MostLeft = 64;

    private readonly Lock gate = new();
    private readonly Dictionary<SessionId, (int Records, long Characters)> left = [];
    private readonly Queue<SessionId> leftInOrder = new();
    private SessionId? current;
    private int records;
    private long characters;
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
                if (current is { } before) Leave(before);
                // An unknown session is asked about every minute: its bound is one for all of them.
                var (had, length) = value is { } now ? left.GetValueOrDefault(now) : default;
                (current, records, characters, dropped) = (value, had, length, 0);
            }
        }
    }

    public void Saw(Sender sender, Func<string> dump)
    {
        if (Current is not { } session) return;
        // Nobody needs the text of what is not kept.
        if (!logger.IsEnabled(LogLevel.Debug) && !HasRoom()) return;
        var text = dump();
        if (text.Length > MostDumpCharacters) text = text[..MostDumpCharacters] + "…";
        var fromTerminal = sender is Sender.Terminal;
        Note(Frame(session, fromTerminal, text));
        if (logger.IsEnabled(LogLevel.Debug)) logger.Wire(terminal, session.Value, fromTerminal ? "<" : ">", text);
    }

    /// <summary>Keeps a record that decides nothing, as long as the session has room for it.</summary>
    public void Note(JournalEntry entry)
    {
        lock (gate)
        {
            // Receipts have a bound of their own, and are wanted whatever came before them.
            if (entry.Kind is not RecordKind.Receipt && entry.Id == current)
            {
                if (records >= MostRecords || characters >= MostCharacters)
                {
                    dropped++;
                    return;
                }

                records++;
                characters += entry.Body.Length;
            }

            journal.Note(entry);
        }
    }

    private void Leave(SessionId session)
    {
        if (dropped > 0) journal.Note(Frame(session, fromTerminal: true, Count(dropped)));
        if (left.TryAdd(session, default)) leftInOrder.Enqueue(session);
        left[session] = (records, characters);
        if (leftInOrder.Count > MostLeft) left.Remove(leftInOrder.Dequeue());
    }

    private bool HasRoom()
    {
        lock (gate)
        {
            if (records < MostRecords && characters < MostCharacters) return true;
            dropped++;
            return false;
        }
    }

    private JournalEntry Frame(SessionId session, bool fromTerminal, string text) =>
        new(session, terminal, RecordKind.Frame, RecordBodies.Frame(fromTerminal, text));

    private static string Count(long dropped) => string.Create(
        CultureInfo.InvariantCulture, $"… {dropped} further frames and steps were counted and not kept.");
}
