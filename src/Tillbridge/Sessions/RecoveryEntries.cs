using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;

namespace Tillbridge.Sessions;

/// <summary>Makes what recovery has to know out of what the journal knows.</summary>
internal sealed class RecoveryEntries(IJournal journal, TerminalSettings settings, CancellationToken shutdown)
{
    public async Task<RecoveryEntry> Make(Session session)
    {
        var later = await journal.SentAfter(session, shutdown);
        var period = await journal.CurrentPeriod(session.Terminal, shutdown);
        var currency = (session.Request.Total ?? session.Request.Original?.Amount)?.Currency ?? Currency.Of(settings.Driver.Currency);
        return new RecoveryEntry(session)
        {
            TakenByOthers = [.. later.Where(other => other.Conclusion is not null).Select(other => other.Conclusion!.References)],
            ExpectedNet = Recovery.ExpectedNet(period, session, currency),
        };
    }
}
