using System.IO.Compression;
using System.Text;
using Tillbridge.Journal.Frames;

namespace Tillbridge.Journal.Sqlite;

/// <summary>A long text that is hardly ever read, made short for the file: what a closed session's row says.</summary>
internal static class FoldedText
{
    // Far above any session: receipts are bounded, and so is all that a terminal says.
    private const int MostBytes = 64 << 20;

    // Below it a row is as short as it gets.
    private const int FewestToFold = 600;

    /// <summary>Binds a session's state, folded where that makes it shorter; with care only when it is the last.</summary>
    public static void Bind(SqliteStatement statement, int index, string state, bool isClosed)
    {
        if (state.Length < FewestToFold) statement.Bind(index, state);
        else statement.Bind(index, Write(state, isClosed ? CompressionLevel.Optimal : CompressionLevel.Fastest));
    }

    private static byte[] Write(string text, CompressionLevel level) => Folding.Fold(Encoding.UTF8.GetBytes(text), level);

    /// <summary>Reads it.</summary>
    /// <exception cref="JournalException">It is none.</exception>
    public static string Read(byte[] folded)
    {
        try
        {
            return Encoding.UTF8.GetString(Folding.Unfold(folded, MostBytes));
        }
        catch (InvalidDataException)
        {
            throw JournalSql.Damaged("A stored session cannot be unfolded.");
        }
    }
}
