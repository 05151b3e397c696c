using Microsoft.Extensions.Logging;

namespace Tillbridge.Journal.Integrity;

/// <summary>
/// Keeps the newest record outside of the data directory while the journal runs. Written after each commit without waiting for
/// the disk, flushed every second and at the end: what stands there is never ahead of the journal, and after a power cut a
/// little behind it. Used by the writer's thread only, once the journal is open.
/// </summary>
internal sealed class WitnessKeeper : IDisposable
{
    private static readonly TimeSpan FlushEvery = TimeSpan.FromSeconds(1);

    private readonly JournalWitness witness;
    private readonly string journal;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private WitnessFile? file;
    private ChainTip last;
    private long flushedAt;
    private bool hasFailed;

    public WitnessKeeper(JournalWitness witness, string journal, ChainTip tip, TimeProvider clock, ILogger logger)
    {
        (this.witness, this.journal, last, this.clock, this.logger) = (witness, journal, tip, clock, logger);
        flushedAt = clock.GetTimestamp();
        Open();
    }

    /// <summary>Where it is kept; null when no place can be written.</summary>
    public string? Path => file?.Path;

    /// <summary>A record became durable.</summary>
    public void Note(ChainTip tip)
    {
        last = tip;
        Try(() =>
        {
            file?.Write(new WitnessMark(journal, tip));
            if (clock.GetElapsedTime(flushedAt) < FlushEvery) return;
            flushedAt = clock.GetTimestamp();
            if (file is { IsInPlace: true }) file.Flush();
            else Open();
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (file is not { IsInPlace: true }) Open();
        Try(() => file?.Flush());
        file?.Dispose();
    }

    // The first place that can be written. None is no reason to take no money: what is kept there is a second safety.
    private void Open()
    {
        file?.Dispose();
        file = null;
        foreach (var path in witness.Files)
        {
            try
            {
                file = WitnessFile.Open(path, witness.Data, new WitnessMark(journal, last));
                hasFailed = false;
                return;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                JournalLog.PlaceNotWritable(logger, path, error.Message);
            }
        }

        if (!hasFailed) JournalLog.NotKeptOutside(logger, witness.Data, string.Join(", ", witness.Files));
        hasFailed = true;
    }

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (!hasFailed) JournalLog.WitnessFailed(logger, error, file?.Path ?? witness.Data);
            hasFailed = true;
        }
    }
}
