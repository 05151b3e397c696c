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
        var net = Recovery.ExpectedNet(period, session, currency);
        var (taken, given) = Recovery.Gross(period, session, currency);
        return new RecoveryEntry(session)
        {
            TakenByOthers = [.. later.Where(other => other.Conclusion is not null).Select(other => other.Conclusion!.References)],
            ExpectedNet = net,
            MostTaken = net is null ? null : taken,
            MostGiven = net is null ? null : given,
        };
    }
}
