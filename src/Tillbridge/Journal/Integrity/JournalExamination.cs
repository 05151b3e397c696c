using System.Globalization;
using Microsoft.Extensions.Logging;
using Tillbridge.Journal.Sqlite;

namespace Tillbridge.Journal.Integrity;

/// <summary>
/// What is looked at when a journal is opened. A small file whole; of a large one the newest records and everything that is
/// open, and the rest on a thread of its own behind the start.
/// </summary>
internal sealed class JournalExamination : IAsyncDisposable
{
    // Checked in some 50 ms.
    private const long WholeUpToBytes = 4 << 20;
    private const int NewestRecords = 1000;
    private const int MostTold = 20;

    private readonly ILogger logger;
    private readonly CancellationTokenSource shutdown = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool isWhole;
    private volatile IReadOnlyList<string> faults = [];
    private volatile string? stops;
    private bool isRunning;
    private IReadOnlyList<DisagreeingSums> found = [];
    private Action<string>? mend;

    private JournalExamination(bool isWhole, ILogger logger) => (this.isWhole, this.logger) = (isWhole, logger);

    /// <summary>Damage that was found, in words.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>Why no new session may begin: pages, indexes or chain are damaged. Null as long as nothing says so.</summary>
    public string? Stops => stops;

    /// <summary>Looks at a journal that is about to be opened.</summary>
    /// <exception cref="JournalException">
    /// A page, an index, the chain, or the row of an open or unknown session is damaged. The row of a settled session costs itself only.
    /// </exception>
    public static JournalExamination AtStart(SqliteConnection connection, ILogger logger, CancellationToken shutdown)
    {
        var isWhole = Number(connection, "PRAGMA page_count") * Number(connection, "PRAGMA page_size") <= WholeUpToBytes;
        var examination = new JournalExamination(isWhole, logger);
        var check = isWhole ? ChainVerifier.Everything(connection, shutdown) : Newest(connection, shutdown);
        RequireUnsettled(connection, check.Damaged);
        if (check is { BrokenAt: { } at, CostsSessionsOnly: false })
        {
            throw new JournalException(
                JournalFault.Corrupt,
                $"'{connection.File}' is damaged{Place(at)}: {check.Why} {JournalDirectory.CorruptCure}");
        }

        examination.Tell(check);
        return examination;
    }

    /// <summary>Looks at the rest, if there is one, on a thread and a connection of its own.</summary>
    /// <param name="file">The journal's file.</param>
    /// <param name="mends">Makes the sums of a terminal anew that disagree with its sessions.</param>
    public void GoOn(string file, Action<string> mends)
    {
        mend = mends;
        foreach (var sums in found) mend(sums.Terminal);
        if (isWhole) return;
        isRunning = true;
        var thread = new Thread(() => Rest(file)) { IsBackground = true, Name = "tillbridge-journal-check" };
        thread.Priority = ThreadPriority.BelowNormal;
        thread.Start();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        shutdown.Cancel();
        if (isRunning) await ended.Task;
        shutdown.Dispose();
    }

    private static ChainCheck Newest(SqliteConnection connection, CancellationToken shutdown)
    {
        var from = Math.Max(0, JournalSql.Tip(connection).Sequence - NewestRecords);
        var chain = ChainVerifier.Chain(connection, from, shutdown);
        if (chain.BrokenAt is not null) return chain;
        var damaged = new List<(long Sequence, DamagedSession Session)>();
        if (ChainVerifier.RowsFault(connection, from, damaged, shutdown) is var (at, why))
            return chain with { BrokenAt = at, Why = why };
        return ChainVerifier.Add(chain, damaged);
    }

    // Nobody may say how an open session stands but its row; and money may hang on it.
    private static void RequireUnsettled(SqliteConnection connection, IReadOnlyList<DamagedSession> damaged)
    {
        foreach (var intent in JournalSql.Unsettled(connection))
        {
            var row = JournalSql.OpenRow(connection, intent);
            _ = row.ToSession();
            if (damaged.FirstOrDefault(one => one.Id == row.Id) is { } found)
                throw JournalSql.Damaged($"{found.Why} It is open or unknown.");
        }
    }

    private static string Place(long record) => record > 0 ? $" at record {record}" : "";

    private static long Number(SqliteConnection connection, string sql) =>
        long.Parse(connection.Scalar(sql) ?? "0", CultureInfo.InvariantCulture);

    private void Rest(string file)
    {
        try
        {
            using var connection = SqliteConnection.Open(file, SqliteAccess.ReadOnly);
            var check = ChainVerifier.Everything(connection, shutdown.Token);
            if (check is { BrokenAt: { } at, CostsSessionsOnly: false })
                stops = $"'{file}' is damaged{Place(at)}: {check.Why} No new sessions are taken. {JournalDirectory.CorruptCure}";
            Tell(check);
            JournalLog.Checked(logger, check.Records, faults.Count);
        }
        catch (OperationCanceledException)
        {
            // Closed before the end; the next start begins again.
        }
        catch (JournalException error)
        {
            faults = [.. faults, $"The check of the whole journal came to no end: {error.Message}"];
            JournalLog.CheckFailed(logger, error);
        }
        finally
        {
            ended.SetResult();
        }
    }

    private void Tell(ChainCheck check)
    {
        TellSums(check.Sums);
        if (check.BrokenAt is not { } at) return;
        var told = check.Damaged.Select(one => $"Session {one.Id} cannot be told. {one.Why}");
        if (!check.CostsSessionsOnly)
            told = told.Prepend($"The journal is damaged{Place(at)}: {check.Why} No new sessions are taken.");
        faults = [.. faults.Union(told.Take(MostTold))];
        foreach (var fault in faults) JournalLog.Damaged(logger, fault);
    }

    private void TellSums(IReadOnlyList<DisagreeingSums> sums)
    {
        found = sums;
        foreach (var one in sums)
        {
            var text = $"The sums of terminal '{one.Terminal}' disagree with its sessions and are made anew out of them: {one.Why}";
            // Who hears of it may write at once, and that comes behind the mending.
            mend?.Invoke(one.Terminal);
            faults = [.. faults, text];
            JournalLog.Damaged(logger, text);
        }
    }
}
