using Tillbridge.Journal;

namespace Tillbridge.Laboratory.Planted.Faces;

/// <summary>What is not tried any more is taken from the list as well.</summary>
internal sealed class ForgetsTheEntry() : Bug("the entry of a session that is not told any more is forgotten")
{
    public override IJournal PlantFace(IJournal journal) => new Forgetful(journal);

    private sealed class Forgetful(IJournal inner) : TamperedJournal(inner)
    {
        public override Task<long> Append(JournalEntry entry, CancellationToken shutdown) =>
            base.Append(entry.Note is { } note ? entry with { Note = note with { Listed = false } } : entry, shutdown);
    }
}
