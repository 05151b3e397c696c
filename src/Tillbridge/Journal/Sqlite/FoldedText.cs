using System.IO.Compression;
using System.Text;

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

    private static byte[] Write(string text, CompressionLevel level)
    {
        using var folded = new MemoryStream(text.Length / 2);
        using (var deflate = new DeflateStream(folded, level, leaveOpen: true)) deflate.Write(Encoding.UTF8.GetBytes(text));
        return folded.ToArray();
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="JournalException">It is none.</exception>
    public static string Read(byte[] folded)
    {
        try
        {
            using var inflate = new DeflateStream(new MemoryStream(folded), CompressionMode.Decompress);
            using var text = new MemoryStream();
            var buffer = new byte[4096];
            while (inflate.Read(buffer) is > 0 and var count)
            {
                if (text.Length + count > MostBytes) throw JournalSql.Damaged("A stored session is longer than any.");
                text.Write(buffer, 0, count);
            }

            return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
        }
        catch (InvalidDataException)
        {
            throw JournalSql.Damaged("A stored session cannot be unfolded.");
        }
    }
}
