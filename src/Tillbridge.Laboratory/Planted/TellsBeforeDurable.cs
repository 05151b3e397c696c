using Tillbridge.Domain;
using Tillbridge.Journal;

namespace Tillbridge.Laboratory.Planted;

/// <summary>The journal says that it is done while the write is still on its way.</summary>
internal sealed class TellsBeforeDurable() : Bug("result told before it is durable")
{
    public override IJournal Plant(IJournal journal) => new Hasty(journal);

    private sealed class Hasty(IJournal inner) : TamperedJournal(inner)
    {
        private readonly Dictionary<SessionId, Session> fresh = [];
        private readonly Signal moved = new();
        private Task last = Task.CompletedTask;

        public override async Task<Accepted> Accept(Session intent, string body, CancellationToken shutdown)
        {
            await last;
            return await base.Accept(intent, body, shutdown);
        }

        public override Task<long> Append(JournalEntry entry, CancellationToken shutdown)
        {
            last = base.Append(entry, shutdown);
            if (entry.Session is { } session) fresh[entry.Id] = session;
            moved.Raise();
            return Task.FromResult(1L);
        }

        public override async Task<Session?> Find(SessionId id, CancellationToken shutdown) =>
            fresh.TryGetValue(id, out var session) ? session : await base.Find(id, shutdown);

        public override Task WaitBeyond(long sequence, CancellationToken stop) => moved.Beyond(moved.Times, stop);

        public override Task WaitBeyond(long sequence, SessionId session, CancellationToken stop) => WaitBeyond(sequence, stop);
    }
}
