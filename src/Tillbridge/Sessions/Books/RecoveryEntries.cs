using Tillbridge.Domain;
using Tillbridge.Domain.Books;
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
        var currency = (session.Request.Total ?? session.Request.Original?.Amount)?.Currency ?? Currency.Of(settings.Driver.Currency);
        var (net, heard) = await journal.Look(
            session.Terminal, period => (Recovery.Books(period, session, currency)?.Net, period.NewestHeard()), shutdown);
        return new RecoveryEntry(session)
        {
            TakenByOthers = [.. later.Where(other => other.Conclusion is not null).Select(other => other.Conclusion!.References)],
            ClockOffset = heard is null ? null : OffsetOf(heard),
            Books = net is { } sum ? new RecoveryBooks(sum, thought => Show(session, currency, thought)) : null,
        };
    }

    // Looked up when they are needed: of a long period nobody reads all to ask one thing.
    private async Task<bool> Show(Session session, Currency currency, Func<PeriodBooks, bool> thought)
    {
        try
        {
            return await journal.Look(
                session.Terminal, period => Recovery.Books(period, session, currency) is { } books && thought(books), shutdown);
        }
        catch (JournalException damaged) when (damaged.Fault is JournalFault.Corrupt)
        {
            return false; // What cannot be read proves nothing.
        }
    }

    // By the newest booking before ours that was heard when it was made: a recovered one may be older than its end.
    private TimeSpan OffsetOf(Session heard) =>
        heard.Conclusion!.TerminalTime!.Value - TimeZoneInfo.ConvertTime(heard.ClosedAt!.Value, clock.LocalTimeZone).DateTime;
}
