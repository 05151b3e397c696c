using System.Runtime.InteropServices;
using System.Text;

namespace Tillbridge.Journal.Sqlite;

/// <summary>A prepared statement, borrowed from its connection: bind, step, read, dispose to give it back.</summary>
internal sealed class SqliteStatement(SqliteConnection owner, SqliteStatementHandle handle) : IDisposable
{
    private const int IntegerType = 1, BlobType = 4, NullType = 5;

    // A null pointer would bind NULL, so that empty texts and blobs point at this byte with length 0.
    private static readonly byte[] Nothing = [0];

    private bool isBorrowed;

    /// <summary>Steps of SQLite's machine so far: a measure of work that no load of the computer changes.</summary>
    public long Work => SqliteNative.Status(handle, SqliteNative.StepsOfMachine, reset: 0);

    public void Borrow()
    {
        Invariant.Holds(!isBorrowed, "a statement is used by one reader at a time");
        isBorrowed = true;
    }

    public SqliteStatement Bind(int index, long value)
    {
        owner.Check(SqliteNative.BindLong(handle, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, string? text)
    {
        if (text is null)
        {
            owner.Check(SqliteNative.BindNull(handle, index));
            return this;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        var span = bytes.Length == 0 ? Nothing : bytes;
        owner.Check(SqliteNative.BindText(handle, index, span, bytes.Length, SqliteNative.Transient));
        return this;
    }

    public SqliteStatement Bind(int index, ReadOnlySpan<byte> blob)
    {
        var span = blob.IsEmpty ? Nothing : blob;
        owner.Check(SqliteNative.BindBlob(handle, index, span, blob.Length, SqliteNative.Transient));
        return this;
    }

    /// <summary>Goes to the next row; false when there is none.</summary>
    public bool Step()
    {
        Invariant.Holds(isBorrowed, "a statement is stepped only while it is borrowed");
        var code = SqliteNative.Step(handle);
        if (code == SqliteNative.Row) return true;
        if (code != SqliteNative.Done) owner.Check(code);
        return false;
    }

    /// <summary>Runs a statement that returns no row.</summary>
    public void Run()
    {
        using (this) Invariant.Holds(!Step(), "a statement that writes returns no row");
    }

    public bool IsNull(int column) => SqliteNative.ColumnType(handle, column) == NullType;

    /// <summary>A whole number; 0 for none.</summary>
    /// <exception cref="JournalException">The file has something else there.</exception>
    public long Long(int column) => SqliteNative.ColumnType(handle, column) is IntegerType or NullType
        ? SqliteNative.ColumnLong(handle, column)
        : throw JournalSql.Damaged("The journal has no number where one belongs.");

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(SqliteNative.ColumnText(handle, column), column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    /// <summary>Binds hexadecimal digits as the bytes that they are, and any other text as it is.</summary>
    public SqliteStatement BindHex(int index, string text)
    {
        var isHex = text.Length > 0 && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigitLower);
        return isHex ? Bind(index, Convert.FromHexString(text)) : Bind(index, text);
    }

    /// <summary>Binds an instant as its ticks, and what is none as it is.</summary>
    public SqliteStatement BindTime(int index, string? text) =>
        text is not null && JournalTime.CanRead(text) ? Bind(index, JournalTime.Read(text).UtcTicks) : Bind(index, text);

    /// <summary>What <see cref="BindTime"/> has bound.</summary>
    public string? TimeOrNull(int column) => SqliteNative.ColumnType(handle, column) == IntegerType && JournalTime.IsTicks(Long(column))
        ? JournalTime.Write(JournalTime.OfTicks(Long(column)))
        : TextOrNull(column);

    /// <summary>What <see cref="BindHex"/> has bound.</summary>
    public string HexText(int column) =>
        SqliteNative.ColumnType(handle, column) == BlobType ? Convert.ToHexStringLower(Blob(column)) : Text(column);

    /// <summary>A text that may have been folded (<see cref="FoldedText"/>).</summary>
    public string UnfoldedText(int column) =>
        SqliteNative.ColumnType(handle, column) == BlobType ? FoldedText.Read(Blob(column)) : Text(column);

    public byte[] Blob(int column) => Bytes(SqliteNative.ColumnBlob(handle, column), column).ToArray();

    public byte[]? BlobOrNull(int column) => IsNull(column) ? null : Blob(column);

    /// <summary>Gives the statement back to its connection, without bindings.</summary>
    public void Dispose()
    {
        if (!isBorrowed) return;
        isBorrowed = false;

        // Both repeat the last step's error, which was thrown then.
        _ = SqliteNative.Reset(handle);
        _ = SqliteNative.ClearBindings(handle);
    }

    /// <summary>Ends the statement for good; only its connection does that.</summary>
    public void Close() => handle.Dispose();

    private unsafe ReadOnlySpan<byte> Bytes(nint pointer, int column)
    {
        // The length must be asked for after the pointer, because the first call may convert the value.
        var length = SqliteNative.ColumnBytes(handle, column);
        return pointer == 0 ? default : new ReadOnlySpan<byte>((void*)pointer, length);
    }
}
