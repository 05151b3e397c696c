using Microsoft.Extensions.Logging;
using Tillbridge.Journal;

namespace Tillbridge.Gateway;

/// <summary>Once a day, and a while after the start, drops the frames whose time is over.</summary>
internal sealed class JournalUpkeep : IAsyncDisposable
{
    private static readonly TimeSpan Begins = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Every = TimeSpan.FromDays(1);

    private readonly CancellationTokenSource shutdown = new();
    private readonly Task working;

    private JournalUpkeep(SqliteJournal journal, TimeSpan kept, TimeProvider clock, ILogger logger) =>
        working = Work(journal, kept, clock, logger);

    public static JournalUpkeep Begin(SqliteJournal journal, TimeSpan kept, TimeProvider clock, ILogger logger) =>
        new(journal, kept, clock, logger);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await shutdown.CancelAsync();
        await working;
        shutdown.Dispose();
    }

    private async Task Work(SqliteJournal journal, TimeSpan kept, TimeProvider clock, ILogger logger)
    {
        try
        {
            for (var pause = Begins; ; pause = Every)
            {
                await Task.Delay(pause, clock, shutdown.Token);
                await Prune(journal, clock.GetUtcNow() - kept, logger);
            }
        }
        catch (OperationCanceledException)
        {
            // Going down.
        }
    }

    private async Task Prune(SqliteJournal journal, DateTimeOffset before, ILogger logger)
    {
        try
        {
            var dropped = await journal.PruneFrames(before, null, shutdown.Token);
            if (dropped > 0) Log.FramesPruned(logger, dropped, before.UtcDateTime);
        }
        catch (JournalException failure)
        {
            // Tomorrow again; that the journal cannot be written is told by others.
            Log.FramesNotPruned(logger, failure.Message);
        }
    }
}
