using Tillbridge.Gateway.Facades.ZvtCallback;
using Tillbridge.Journal;

namespace Tillbridge.Laboratory.Planted.Faces;

/// <summary>The end leaves while its number is still on the way to the disk: after a crash it comes under another one.</summary>
internal sealed class TellsBeforeItsNumber() : Bug("end told before its number is durable")
{
    public override IJournal PlantFace(IJournal journal) => new Hasty(journal);

    private sealed class Hasty(IJournal inner) : TamperedJournal(inner)
    {
        public override Task<long> Append(JournalEntry entry, CancellationToken shutdown)
        {
            var writing = base.Append(entry, shutdown);
            return CallbackNote.Of(entry.Note) is { EndSequence: > 0, Attempts: 0 } ? Task.FromResult(1L) : writing;
        }
    }
}
