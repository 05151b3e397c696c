using Microsoft.Extensions.Logging;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;

namespace Tillbridge.Sessions;

/// <summary>Puts the masked frames of a terminal's conversations into the journal and the debug log.</summary>
internal sealed class SessionWireLog(string terminal, IJournal journal, ILogger logger) : IWireLog
{
    private const int MostDumpCharacters = 100_000;

    private volatile string? current;

    /// <summary>The session that frames belong to; null outside of one.</summary>
    public SessionId? Current
    {
        get => current is { } id ? new SessionId(id) : null;
        set => current = value?.Value;
    }

    public void Saw(Sender sender, Func<string> dump)
    {
        if (Current is not { } session) return;
        var text = dump();
        if (text.Length > MostDumpCharacters) text = text[..MostDumpCharacters] + "…";
        var fromTerminal = sender is Sender.Terminal;
        journal.Note(new JournalEntry(session, terminal, RecordKind.Frame, RecordBodies.Frame(fromTerminal, text)));
        if (logger.IsEnabled(LogLevel.Debug)) logger.Wire(terminal, session.Value, fromTerminal ? "<" : ">", text);
    }
}
