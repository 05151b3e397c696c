using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;

namespace Tillbridge.Sessions.Books;

/// <summary>Makes what recovery has to know out of what the journal knows.</summary>
internal sealed class RecoveryEntries(
    IJournal journal, TerminalSettings settings, TimeProvider clock, CancellationToken shutdown)
{
    public async Task<RecoveryEntry> Make(Session session)
    {
        var later = await journal.SentAfter(session, shutdown);
        var period = await journal.CurrentPeriod(session.Terminal, shutdown);
        var currency = (session.Request.Total ?? session.Request.Original?.Amount)?.Currency ?? Currency.Of(settings.Driver.Currency);
        return new RecoveryEntry(session)
        {
            TakenByOthers = [.. later.Where(other => other.Conclusion is not null).Select(other => other.Conclusion!.References)],
            ClockOffset = OffsetOf(period, session),
            Books = Recovery.Books(period, session, currency),
        };
    }

    // By the newest booking before ours that was heard when it was made: a recovered one may be older than its end.
    private TimeSpan? OffsetOf(IReadOnlyList<Session> period, Session without) => period
        .Where(session => session.Id != without.Id && session is { ClosedAt: not null, Outcome: Outcome.Approved, ResolvedBy: null }
            && session is { BrokenBy: null, Conclusion.TerminalTime: not null })
        .Select(session => (TimeSpan?)(session.Conclusion!.TerminalTime!.Value
            - TimeZoneInfo.ConvertTime(session.ClosedAt!.Value, clock.LocalTimeZone).DateTime))
        .LastOrDefault();
}
