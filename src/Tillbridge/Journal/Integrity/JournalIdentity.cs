using Microsoft.Extensions.Logging;
using Tillbridge.Journal.Sqlite;

namespace Tillbridge.Journal.Integrity;

/// <summary>Which journal a file is, and whether that agrees with what is kept outside of its directory.</summary>
internal static class JournalIdentity
{
    // Before it files had no identity, and nothing was kept outside.
    private const int FirstSchema = 4;

    /// <summary>Refuses a journal that is not the expected one. Changes nothing.</summary>
    /// <exception cref="JournalException">It is another one, or older.</exception>
    public static void Require(SqliteConnection connection, JournalWitness? expected)
    {
        if (expected is null) return;
        var schema = JournalSchema.Check(connection);
        var id = schema < FirstSchema ? "of an earlier version" : IdOf(connection);
        var tip = schema > 0 ? JournalSql.Tip(connection) : ChainTip.Start;
        expected.RequireAgreement(id, tip, mark => Has(connection, mark));
    }

    /// <summary>Keeps the newest record outside from now on.</summary>
    public static WitnessKeeper? Keep(SqliteConnection connection, JournalWitness? expected, TimeProvider clock, ILogger logger)
    {
        if (expected is null) return null;
        var keeper = new WitnessKeeper(expected, IdOf(connection), JournalSql.Tip(connection), clock, logger);
        connection.Prepare("UPDATE identity SET kept = ?1 WHERE kept IS NOT ?1").Bind(1, keeper.Path).Run();
        return keeper;
    }

    /// <summary>The journal's id.</summary>
    public static string IdOf(SqliteConnection connection) =>
        connection.Scalar("SELECT id FROM identity") ?? throw JournalSql.Damaged("The journal has lost its identity.");

    // A journal that was moved over has other hashes than before, and knows the newest of those that it had. What was archived is not
    // here any more; that the journal goes on behind it is all that can be said.
    private static bool Has(SqliteConnection connection, ChainTip record)
    {
        if (JournalSql.TipOf(connection, record.Sequence) == record) return true;
        var origin = ChainOrigin.OfAny(connection);
        if (record.Sequence < origin.Start.Sequence) return true;
        if (record.Sequence > origin.MovedTo) return false;
        using var row = connection.Prepare("SELECT hash FROM moved_tips WHERE sequence = ?1").Bind(1, record.Sequence);
        return !row.Step() || Convert.ToHexStringLower(row.Blob(0)) == record.Hash;
    }

    /// <summary>What is kept outside of the directory, beside what the journal says.</summary>
    /// <returns>In words, null when nothing was ever kept there; and whether something is wrong.</returns>
    public static (string? Says, bool IsFault) Compare(SqliteConnection connection)
    {
        var id = IdOf(connection);
        if (connection.Scalar("SELECT kept FROM identity") is not { } kept) return (null, false);
        // A backup or a copy speaks of the place where it was made.
        if (Path.GetFileName(kept) != JournalWitness.NameOf(Path.GetDirectoryName(connection.File)!))
            return ("a copy of a journal that lives elsewhere, so that nothing says how it should end", false);
        try
        {
            if (WitnessFile.Read(kept) is not { } mark) return ($"'{kept}', where the journal's identity was kept, is missing", true);
            var why = JournalWitness.Difference(
                mark, id, JournalSql.Tip(connection), record => Has(connection, record));
            return why is null ? ($"agrees with '{kept}'", false) : ($"The journal {why}, says '{kept}'.", true);
        }
        catch (JournalException unreadable) when (unreadable.Fault is JournalFault.Unexpected)
        {
            return (unreadable.Message, true);
        }
    }
}
