using Tillbridge.Gateway.Settings;
using Tillbridge.Journal;
using Tillbridge.Journal.Upkeep;

namespace Tillbridge.Cli.Commands;

/// <summary>Keeps a journal small, and a copy of it.</summary>
internal static class JournalUpkeepCommands
{
    private const int MostDays = 36_500;

    /// <summary>Drops frames that are older than so many days.</summary>
    public static async Task<int> Prune(JournalChoice choice, int? days, CancellationToken stop)
    {
        if (days is < 1 or > MostDays) throw CliException.Usage($"--older-than takes 1 to {MostDays} days.");
        var clock = CommonOptions.Clock;
        var kept = days is { } given ? TimeSpan.FromDays(given)
            : choice.Config is { } config ? ConfigCommand.Read(config).FramesAreKept
            : GatewaySettings.FramesAreUsuallyKept;
        try
        {
            await using var journal = await choice.Open(clock, stop);
            var progress = new UpkeepProgress(clock);
            var dropped = await journal.PruneFrames(
                clock.GetUtcNow() - kept, records => progress.Tell($"{records} records have lost their frames"), stop);
            Console.WriteLine($"{choice.Data}: {dropped} records have lost their frames, which were older than {kept.TotalDays:0} days");
            return ExitCodes.Ok;
        }
        catch (JournalException failure) when (failure.Fault is JournalFault.InUse)
        {
            throw new CliException(
                ExitCodes.Failed,
                $"{failure.Message} A running gateway drops old frames by itself once a day (retention.frames).", failure);
        }
    }

    /// <summary>Copies the journal.</summary>
    public static async Task<int> Backup(JournalChoice choice, string to, CancellationToken stop)
    {
        var progress = new UpkeepProgress(CommonOptions.Clock);
        var records = await JournalBackup.Copy(
            choice.Data, to, CommonOptions.Clock,
            (bytes, of) => progress.Tell($"copying: {bytes >> 20} MB of about {of >> 20} MB"), stop);
        Console.WriteLine($"{Path.GetFullPath(to)}: {records} records, whole; 'tillbridge journal restore FILE' brings it back");
        return ExitCodes.Ok;
    }
}
