using Tillbridge.Domain;
using Tillbridge.Journal;

namespace Tillbridge.Sessions.Books;

/// <summary>Sessions of a terminal that is not configured any more, or not here: a person can still conclude an unknown of it.</summary>
internal sealed class OrphanSessions(IJournal journal, TimeProvider clock)
{
    /// <summary>What a person says of it; anything else needs its terminal.</summary>
    public async Task<Refusal?> Act(Session session, SessionInput input, CancellationToken stop)
    {
        if (input is not PersonResolved) return Refusal.NoTerminal(session.Terminal);
        if (!session.IsUnresolved) return new(RefusalCode.WrongState, "Only a closed session with an unknown outcome can be resolved.");
        var (next, effects) = SessionMachine.Next(session, input, clock.GetUtcNow());
        try
        {
            foreach (var write in effects.OfType<WriteDown>())
                await journal.Append(write.Entry, stop);
            return null;
        }
        catch (JournalException failure)
        {
            return new(RefusalCode.JournalFull, failure.Message);
        }
    }
}
