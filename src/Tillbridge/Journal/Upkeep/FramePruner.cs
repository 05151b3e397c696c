using Tillbridge.Journal.Sqlite;

namespace Tillbridge.Journal.Upkeep;

/// <summary>
/// Drops frames whose time is over, a few at once, so that a payment never waits long for the writer. The chain holds their hashes and
/// stays whole; of a session whose outcome is not known they are kept, because somebody still has to look.
/// </summary>
internal sealed class FramePruner(DateTimeOffset before)
{
    private const int AtOnce = 500;

    // Frames stand in the order of time but for a clock that was set back; the first that is too young ends the search.
    private static readonly string Select =
        "SELECT f.record, r.at, s.intent IS NOT NULL AND (" + Unsettled + ") FROM frames f JOIN records r ON r.sequence = f.record "
        + "LEFT JOIN sessions s ON s.intent = r.subject WHERE f.record > ?1 ORDER BY f.record LIMIT ?2";

    private const string Unsettled = "s.phase <> 'closed' OR s.outcome IS NULL OR s.outcome = 'unknown'";

    private (long Looked, long Dropped, bool IsDone) now;
    private (long Looked, long Dropped, bool IsDone) next;

    /// <summary>How many records have lost their frames so far.</summary>
    public long Dropped => now.Dropped;

    /// <summary>True when nothing is left to drop.</summary>
    public bool IsDone => now.IsDone;

    /// <summary>Drops the next ones, inside of a transaction, which may be undone and tried again.</summary>
    public void Step(SqliteConnection connection)
    {
        next = now;
        var found = new List<long>();
        var rows = 0;
        using (var frames = connection.Prepare(Select).Bind(1, now.Looked).Bind(2, AtOnce))
        {
            while (!next.IsDone && frames.Step())
            {
                rows++;
                next.IsDone = JournalTime.OfTicks(frames.Long(1)) >= before;
                if (next.IsDone) break;
                next.Looked = frames.Long(0);
                if (frames.Long(2) == 0) found.Add(next.Looked);
            }
        }

        next.IsDone |= rows < AtOnce;
        foreach (var record in found) connection.Prepare("DELETE FROM frames WHERE record = ?1").Bind(1, record).Run();
        if (found.Count > 0)
            connection.Prepare("UPDATE origin SET frames_to = max(frames_to, ?1)").Bind(1, found[^1]).Run();
        next.Dropped += found.Count;
    }

    /// <summary>The last step is durable.</summary>
    public void Commit() => now = next;
}
