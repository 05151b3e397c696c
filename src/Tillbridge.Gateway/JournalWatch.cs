using Microsoft.Extensions.Logging;
using Tillbridge.Journal;

namespace Tillbridge.Gateway;

/// <summary>
/// Asks the journal's writer every other second whether it lives and its files are still those in the directory. Orders are
/// refused by the writer itself; this is for who looks before there is one.
/// </summary>
internal sealed class JournalWatch : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private readonly SqliteJournal journal;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly CancellationTokenSource shutdown = new();
    private readonly Task watching;
    private volatile string? fault;

    private JournalWatch(SqliteJournal journal, TimeProvider clock, ILogger logger)
    {
        (this.journal, this.clock, this.logger) = (journal, clock, logger);
        watching = Watch();
    }

    /// <summary>How the journal is.</summary>
    public JournalHealth Health => new(
        TakesSessions: fault is null && !journal.IsStopped, fault is { } now ? [now, .. journal.Faults] : journal.Faults);

    public static JournalWatch Begin(SqliteJournal journal, TimeProvider clock, ILogger logger) => new(journal, clock, logger);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await shutdown.CancelAsync();
        await watching;
        shutdown.Dispose();
    }

    private async Task Watch()
    {
        try
        {
            while (true)
            {
                var before = fault;
                fault = await Ask();
                if (fault is { } now && now != before) Log.JournalFailed(logger, now);
                await Task.Delay(Every, clock, shutdown.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Going down.
        }
    }

    private async Task<string?> Ask()
    {
        var asked = journal.Prove(shutdown.Token);
        if (await Task.WhenAny(asked, Task.Delay(AnswerLimit, clock, shutdown.Token)) != asked)
        {
            shutdown.Token.ThrowIfCancellationRequested();
            fault = $"The journal's writer does not answer within {AnswerLimit.TotalSeconds:0} s; look at the disk.";
        }

        try
        {
            await asked;
            return null;
        }
        catch (JournalException failure)
        {
            return failure.Message;
        }
    }
}
