using Tillbridge.Domain;
using Tillbridge.Journal;

namespace Tillbridge.Tests.Scenarios;

/// <summary>A journal that once keeps a write and reports that it failed, as a disk does whose last acknowledge is lost.</summary>
internal sealed class DoubtfulJournal(IJournal inner, RecordKind doubted) : KeptJournal(inner)
{
    private bool isOver;

    /// <summary>The session whose write was in doubt.</summary>
    public SessionId? Doubted { get; private set; }

    public override async Task<Accepted> Accept(Session intent, string body, CancellationToken shutdown)
    {
        var accepted = await base.Accept(intent, body, shutdown);
        Doubt(RecordKind.Intent, intent.Id);
        return accepted;
    }

    public override async Task<long> Append(JournalEntry entry, CancellationToken shutdown)
    {
        var sequence = await base.Append(entry, shutdown);
        Doubt(entry.Kind, entry.Id);
        return sequence;
    }

    private void Doubt(RecordKind kind, SessionId id)
    {
        if (isOver || kind != doubted) return;
        (isOver, Doubted) = (true, id);
        throw new JournalException("The acknowledge of the disk was lost.");
    }
}
