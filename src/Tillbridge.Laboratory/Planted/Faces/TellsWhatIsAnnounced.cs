using Tillbridge.Domain;
using Tillbridge.Journal;

namespace Tillbridge.Laboratory.Planted.Faces;

/// <summary>The result that the terminal announced is told as the end, before it is one and before it is durable.</summary>
internal sealed class TellsWhatIsAnnounced() : Bug("end told before it is durable")
{
    public override IJournal PlantFace(IJournal journal) => new Eager(journal);

    private sealed class Eager(IJournal inner) : TamperedJournal(inner)
    {
        public override async Task<Session?> Find(SessionId id, CancellationToken shutdown) =>
            await base.Find(id, shutdown) is { Phase: SessionPhase.InFlight, Announced: { } announced } session
                ? session with { Phase = SessionPhase.Closed, Conclusion = announced, ClosedAt = session.SentAt }
                : await base.Find(id, shutdown);
    }
}
