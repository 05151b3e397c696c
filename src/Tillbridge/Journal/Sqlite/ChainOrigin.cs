namespace Tillbridge.Journal.Sqlite;

/// <summary>Where the chain of a file begins.</summary>
/// <param name="Start">
/// What its first record follows on: nothing, the end of a journal that was moved over, or the last that was archived.
/// </param>
/// <param name="MovedTo">The last number of a journal that was moved over: up to it numbers are missing.</param>
/// <param name="FramesTo">Up to this record frames are not kept any more.</param>
internal sealed record ChainOrigin(ChainTip Start, long MovedTo, long FramesTo)
{
    private static readonly ChainOrigin Beginning = new(ChainTip.Start, 0, 0);

    /// <summary>Reads it; a file of an earlier schema begins at the beginning.</summary>
    public static ChainOrigin OfAny(SqliteConnection connection) =>
        JournalSchema.Check(connection) < JournalSchema.FirstWithOrigin ? Beginning : Of(connection);

    /// <summary>Reads it.</summary>
    public static ChainOrigin Of(SqliteConnection connection)
    {
        using var row = connection.Prepare("SELECT sequence, hash, moved_to, frames_to FROM origin");
        return row.Step()
            ? new(new(row.Long(0), Convert.ToHexStringLower(row.Blob(1))), row.Long(2), row.Long(3))
            : throw JournalSql.Damaged("The journal has lost where its chain begins.");
    }

    /// <summary>Writes it, inside of a transaction.</summary>
    public void Write(SqliteConnection connection) =>
        connection.Prepare("INSERT OR REPLACE INTO origin (only, sequence, hash, moved_to, frames_to) VALUES (1, ?1, ?2, ?3, ?4)")
            .Bind(1, Start.Sequence).Bind(2, Convert.FromHexString(Start.Hash)).Bind(3, MovedTo).Bind(4, FramesTo).Run();
}
